import { signRequests } from "../../../federation/trust/signRequests.ts";
import { makeRequest, makeRoot } from "../../support/pki.ts";

/** What a trust stack has made for meshes, and the states of the resources behind it. */
export interface TrustMocks {
  /** Outputs of the trust stack. */
  trust: { roots: { number: number; pem: string }[]; certificates: Record<string, string[]> };
  /** Outputs of a mesh's stack by which the trust stack signs. */
  requestsOf(mesh: string): { certificateRequests: { key: number; pem: string }[] };
  /** State of a resource of package tls in the stack of a mesh, or of a trust stack. */
  stateOf(type: string, mesh: string): Record<string, unknown>;
}

/**
 * Signs requests of meshes under one root, as the trust stack does. Keys are new in each process.
 * @param domains trust domains by mesh name
 */
export async function trustMocks(domains: Readonly<Record<string, string>>): Promise<TrustMocks> {
  const root = await makeRoot("Root CA");
  const made = await Promise.all(Object.keys(domains).map(async (mesh) => [mesh, await makeRequest(mesh)] as const));
  const requests = Object.fromEntries(made);
  const [since, until] = [-1, 80_000].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
  const certificates = await signRequests(
    Object.fromEntries(made.map(([mesh, r]) => [mesh, { trustDomain: domains[mesh]!, requests: [r.requestPem] }])),
    [{ ...root, since: since!, until: until! }],
    { validityHours: 17_520, earlyRenewalHours: 720 },
    new Date(),
  );
  return {
    trust: { roots: [{ number: 1, pem: root.certPem }], certificates },
    requestsOf: (mesh) => ({
      certificateRequests: requests[mesh] ? [{ key: 1, pem: requests[mesh].requestPem }] : [],
    }),
    stateOf(type, mesh) {
      const own = requests[mesh];
      if (type === "tls:index/privateKey:PrivateKey") return { privateKeyPem: own?.keyPem ?? root.keyPem };
      if (type === "tls:index/certRequest:CertRequest") return { certRequestPem: own?.requestPem };
      if (type === "tls:index/selfSignedCert:SelfSignedCert")
        return { certPem: root.certPem, validityStartTime: since, validityEndTime: until };
      return {};
    },
  };
}
