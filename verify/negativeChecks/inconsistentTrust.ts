import { findingText } from "../../federation/errors/userError.ts";
import { meshTrustFindings } from "../../federation/trust/meshTrustFindings.ts";
import { trustContractsOf } from "../../federation/trust/trustContract.ts";
import { isUnread, type TrustContract, type TrustEvidence } from "../../federation/trust/trustEvidence.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import { readMeshTrust } from "../../kube/meshTrust.ts";
import type { Inspection, InspectedMesh } from "./clusterCheck.ts";

/** Proxies of a mesh that are asked; `npm run rotate` asks all. */
const maxProxies = 20;

/** Reads the trust of some proxies of a mesh, and compares it with what the mesh publishes. */
export async function inspectTrust(cluster: KubeClient, { mesh, contracts }: InspectedMesh): Promise<Inspection> {
  const evidence = await readMeshTrust(cluster, { mesh, proxies: maxProxies });
  return trustInspection(evidence, await trustContractsOf(contracts));
}

/** The inspection of what was read of a mesh. */
export function trustInspection(evidence: TrustEvidence, contracts: ReadonlyMap<string, TrustContract>): Inspection {
  const own = contracts.get(evidence.mesh);
  const findings = own ? meshTrustFindings(own, evidence, contracts) : [];
  const unread = evidence.proxies.filter(isUnread);
  const read = evidence.proxies.length - unread.length;
  const inconclusive = !own
    ? "its contract is unknown"
    : read === 0 && unread[0]
      ? `no proxy can be read: ${unread[0].pod}: ${unread[0].failure} (pods/exec is needed)`
      : undefined;
  return {
    control: `${read} of ${evidence.proxies.length + evidence.proxiesLeftOut} proxies read`,
    problem: findings.length > 0 ? findings.map(findingText).join(" ") : undefined,
    inconclusive,
    findings,
  };
}
