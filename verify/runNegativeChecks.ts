import { outsider, tryOutsider } from "./foreignCaller.ts";
import { judgeCluster, judgeGateway, type GuardResult } from "./negativeChecks.ts";
import { shortly } from "../kube/cluster.ts";
import { hiddenService, lookAtCluster, tryGateway } from "./gather/negativeEvidence.ts";
import type { Mesh } from "../workspace/meshes.ts";
import { onceMore } from "./retry.ts";
import type { ProbePods } from "../kube/probePods.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import type { Task } from "./verifyEdges.ts";

/**
 * Tries what must fail, and looks for what must not exist: at each gateway that an import uses, and in the clusters of
 * `meshes`. With probe pods also a caller whom the export does not name.
 * @param wait milliseconds that such a caller may take to be refused
 */
export async function checkGuards(
  tasks: Task[],
  meshes: Mesh[],
  wait: number,
  pods?: ProbePods,
): Promise<{ results: GuardResult[]; unreachable: string[] }> {
  const unreachable: string[] = [];
  const guarded = async (mesh: string, look: () => Promise<GuardResult[]>): Promise<GuardResult[]> => {
    try {
      return await look();
    } catch (error) {
      unreachable.push(`mesh "${mesh}": ${shortly(error)}`);
      return [];
    }
  };
  const gateways = new Map(
    tasks.flatMap(({ edge, access }) =>
      edge.gateways.map(
        (gateway) =>
          [
            `${gateway.mesh} ${socketAddress(gateway)}`,
            { edge, gateway, peer: access.peers.get(gateway.mesh) },
          ] as const,
      ),
    ),
  );
  const results = await Promise.all([
    ...[...gateways.values()].map(({ edge, gateway, peer }) =>
      guarded(gateway.mesh, async () => {
        const hidden = peer && (await hiddenService(peer).catch(() => undefined));
        return onceMore(async () => judgeGateway(await tryGateway(edge, gateway, hidden)), tell);
      }),
    ),
    ...meshes.flatMap(({ name, cluster }) =>
      cluster
        ? [guarded(name, () => onceMore(async () => judgeCluster(await lookAtCluster(name, cluster)), tell))]
        : [],
    ),
    ...(pods
      ? tasks
          .filter(refusesOutsider)
          .map((task) =>
            guarded(task.edge.mesh, async () => [
              await tryOutsider(task, wait, (access, who) => pods.podFor(access.own, who)),
            ]),
          )
      : []),
  ]);
  return { results: results.flat(), unreachable };
}

/** Whether each was found good or bad, as far as one may look. */
function tell(results: GuardResult[]): boolean {
  return results.every(({ state, remedy }) => state !== "unknown" || remedy !== undefined);
}

/**
 * Whether whoever takes an edge's call must refuse the outsider: each of its exporters names callers, and not that one.
 * Of a blended host a workload of the client's own mesh may answer, which nobody restricts.
 */
export function refusesOutsider({ edge, access }: Task): boolean {
  const refuses = (mesh: string): boolean => {
    const callers = access.contracts.get(mesh)?.exports.find((e) => e.name === edge.name)?.callers ?? [];
    return callers.length > 0 && !callers.includes(`${edge.client.namespace}/${outsider}`);
  };
  return edge.declared && !edge.blended && edge.meshes.every(refuses);
}
