import { pathTo } from "../../federation/trust/chainPath.ts";
import { trustContractOf } from "../../federation/trust/trustContract.ts";
import type { TrustContract } from "../../federation/trust/trustEvidence.ts";
import { autoPassthroughSni } from "../../federation/objects/names.ts";
import { istiodRootsOf } from "../../kube/meshTrust.ts";
import type { Edge } from "../edge.ts";
import { failed, type EdgeTrust, type Evidence, type Failure } from "../evidence.ts";
import type { ClientPod } from "./clientPod.ts";
import type { Access } from "./edgeEvidence.ts";
import type { Reach } from "./reach.ts";

/**
 * Reads whom both sides of an edge trust. Where the call failed or a chain does not lead to the client's bundle, also
 * what each istiod holds and what the servers accept.
 */
export async function readEdgeTrust(
  edge: Edge,
  access: Pick<Access, "own" | "peers" | "contracts">,
  pod: ClientPod | Failure,
  evidence: Evidence,
  reach: Reach,
): Promise<EdgeTrust> {
  const client = failed(pod) ? undefined : await pod.trust;
  const trust: EdgeTrust = { client, contracts: await contractsOf(edge, access), istiodRoots: {}, servers: [] };
  const accepted = evidence.clientHellos.every(
    (h) =>
      h.outcome !== "certificate" ||
      !client ||
      h.certificate.chain.length === 0 ||
      "path" in pathTo(h.certificate.chain, client.bundle, evidence.now),
  );
  if (failed(pod) || (evidence.answer?.passed && accepted)) return trust;
  const clusters = [[edge.mesh, access.own] as const, ...edge.meshes.map((m) => [m, access.peers.get(m)] as const)];
  const [roots, servers] = await Promise.all([
    Promise.all(
      clusters.flatMap(([mesh, cluster]) =>
        cluster ? [istiodRootsOf(cluster).then((found) => [mesh, found] as const)] : [],
      ),
    ),
    serversOf(edge, evidence, reach),
  ]);
  return { ...trust, istiodRoots: Object.fromEntries(roots), servers };
}

/** What the serving side accepts: read in its cluster, otherwise from one handshake with each mesh. */
async function serversOf(edge: Edge, { peerSides }: Evidence, reach: Reach): Promise<EdgeTrust["servers"]> {
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  return Promise.all(
    edge.meshes.map(async (mesh) => {
      const side = peerSides.find((s) => s.mesh === mesh);
      if (side && !failed(side) && side.bundle) return { mesh, bundle: side.bundle };
      const gateway = edge.gateways.find((g) => g.mesh === mesh);
      const handshake = gateway && (await reach.handshake(gateway, sni));
      const names = handshake && !failed(handshake) ? handshake.authorities : undefined;
      return { mesh, ...(names ? { authorities: names.map((name) => name.toString("hex")) } : {}) };
    }),
  );
}

async function contractsOf(edge: Edge, { contracts }: Pick<Access, "contracts">): Promise<Map<string, TrustContract>> {
  const found = new Map<string, TrustContract>();
  for (const mesh of [edge.mesh, ...edge.meshes]) {
    const contract = contracts.get(mesh);
    const read = contract && (await trustContractOf(contract).catch(() => undefined));
    if (read) found.set(mesh, read);
  }
  return found;
}
