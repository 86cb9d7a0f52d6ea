import type { FederationContract } from "../contract/contract.ts";
import { minorOf, supportedIstioMinors, supportedSkew } from "../config/versions.ts";
import { Findings, type Finding } from "../errors/userError.ts";

/** A mesh's identity, as far as it is checked against its peers'. */
export type MeshIdentity = FederationContract["mesh"];

/** Why two meshes cannot be federated, from the importer's point of view; empty when they can. */
export function peerMismatches(peer: MeshIdentity, own: MeshIdentity): readonly Finding[] {
  const subject = `meshes "${own.name}" and "${peer.name}"`;
  const findings = new Findings();
  if (peer.name === own.name)
    findings.add("peer-name-conflict", {
      subject,
      problem: `mesh.name is "${own.name}" in both`,
      remedy: "Change mesh.name in one of them",
    });
  findings.addAll(istioMismatches(peer, own));
  return findings.all;
}

function istioMismatches(peer: MeshIdentity, own: MeshIdentity): readonly Finding[] {
  const findings = new Findings();
  const [ownMinor, peerMinor] = [own, peer].map((mesh) => mesh.istioMinor || minorOf(mesh.istioVersion));
  if (!peerMinor)
    findings.add("peer-istio-unsupported", {
      subject: `mesh "${peer.name}"`,
      problem: `it runs Istio ${peer.istioVersion}, whose minor is not supported (${supportedIstioMinors.join(", ")})`,
      remedy: "If it behaves like one of these, set istio.istioMinor in that mesh",
    });
  else if (ownMinor && Math.abs(position(ownMinor) - position(peerMinor)) > supportedSkew)
    findings.add("peer-istio-skew", {
      subject: `meshes "${own.name}" and "${peer.name}"`,
      problem:
        `Istio ${ownMinor} in "${own.name}" and ${peerMinor} in "${peer.name}" are more than ${supportedSkew} ` +
        `minors apart`,
      remedy: "Upgrade the older one",
    });
  return findings.all;
}

/** Why a peer's workloads reject all callers of this mesh that use an import; undefined when they accept them. */
export function trustMismatch(importName: string, peer: MeshIdentity, own: MeshIdentity): Finding | undefined {
  if (peer.trustDomain === own.trustDomain || peer.acceptedTrustDomains.includes(own.trustDomain)) return undefined;
  return {
    code: "trust-domain-not-accepted",
    subject: `import "${importName}"`,
    problem:
      `mesh "${peer.name}" (trust domain ${peer.trustDomain}) does not accept callers of trust domain ` +
      `${own.trustDomain}, which "${own.name}" has, and rejects them in the TLS handshake`,
    remedy:
      `If "${peer.name}" has a managed Istio, run \`pulumi up\` of its stack. If it has an existing Istio, add the ` +
      "trust domain to meshConfig.caCertificates[].trustDomains there, then to mesh.acceptedTrustDomains",
  };
}

/** Position of a minor such as `1.30`. */
function position(minor: string): number {
  return Number(minor.split(".")[1]);
}
