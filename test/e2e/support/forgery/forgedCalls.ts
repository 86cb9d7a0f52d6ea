import { makeLeaf, makeSubCa } from "../../../support/pki.ts";
import type { World } from "../world.ts";
import { startForger, type ShownIdentity } from "./forger.ts";
import { readMeshCa } from "./meshCa.ts";

/** A mesh with its trust domain. */
interface Domain {
  mesh: string;
  trustDomain: string;
}

/** An exported service whose workloads are shown certificates of another mesh's CA. */
export interface Victim extends Domain {
  host: string;
  /** A trust domain that is neither the victim's nor the attacker's. */
  third: string;
}

/** What a verifier that binds CAs to trust domains says: the first is the control. */
export const boundOutcomes = {
  honest: "answered",
  forged: "refused",
  "two URIs": "refused",
  "sub-CA": "refused",
  third: "refused",
  expired: "refused",
};

/**
 * Shows victims' workloads certificates that the attacker's CA has signed, one of them honest, in calls from the
 * attacker's cluster through the victims' gateways. Returns the outcomes by victim and certificate.
 */
export async function forgedCalls(
  world: World,
  attacker: Domain,
  victims: readonly Victim[],
): Promise<Record<string, Record<string, string>>> {
  const ca = await readMeshCa(world, attacker.mesh);
  const { above } = ca;
  const [yesterday, before] = [1, 2].map((days) => new Date(Date.now() - days * 86_400_000));
  const subCa = await makeSubCa({ ca, name: "a sub-CA", kind: "rsa" });
  const uri = (domain: string): string => `spiffe://${domain}/ns/apps/sa/caller`;
  const own = uri(attacker.trustDomain);
  const forger = await startForger(world, attacker.mesh);
  const found: Record<string, Record<string, string>> = {};
  try {
    for (const { mesh, trustDomain, host, third } of victims) {
      const shown: Record<keyof typeof boundOutcomes, ShownIdentity> = {
        honest: await makeLeaf({ ca, above, uris: [own] }),
        forged: await makeLeaf({ ca, above, uris: [uri(trustDomain)] }),
        "two URIs": await makeLeaf({ ca, above, uris: [own, uri(trustDomain)] }),
        "sub-CA": await makeLeaf({ ca: subCa, above: ca.certPem + above, uris: [own] }),
        third: await makeLeaf({ ca, above, uris: [uri(third)] }),
        expired: await makeLeaf({ ca, above, uris: [own], notBefore: before!, notAfter: yesterday! }),
      };
      const [gateway] = (await world.outputs(mesh)).federation.gateways;
      const outcomes: Record<string, string> = {};
      for (const [what, identity] of Object.entries(shown))
        outcomes[what] = (await forger.call({ gateway: gateway!, host, port: 8000, identity })).outcome;
      found[mesh] = outcomes;
    }
  } finally {
    await forger.remove();
  }
  return found;
}
