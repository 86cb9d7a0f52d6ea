import type { AccessMode } from "./access.ts";
import { edgesOf, pendingOf, type Uncalled } from "./edge.ts";
import { failed, type Failure } from "./evidence.ts";
import { shortly } from "../kube/cluster.ts";
import { gatewayIssuer } from "./gather/farSide.ts";
import type { Mesh } from "../workspace/meshes.ts";
import { onceMore } from "./retry.ts";
import type { Task } from "./verifyEdges.ts";

/** What to verify, what is not there to be verified yet, and what cannot be. */
export interface Plan {
  tasks: Task[];
  uncalled: Uncalled[];
  pending: string[];
  /** A sentence for each mesh that cannot be read or reached. */
  unreachable: string[];
  /** Meshes whose clusters were asked and did not answer. */
  silent: Set<string>;
}

/**
 * Plans what to verify. Each peer's cluster is asked once, all at the same time; one that does not answer costs a line,
 * and its hops are seen from whoever imports from it.
 * @param issuerOf tells the intermediate of a mesh's own gateway
 */
export async function planTasks(
  meshes: Mesh[],
  importing: Mesh[],
  mode: AccessMode,
  only: string | undefined,
  issuerOf: typeof gatewayIssuer = (cluster) => onceMore(() => gatewayIssuer(cluster)),
): Promise<Plan> {
  const contracts = new Map(meshes.flatMap((m) => (m.contract ? [[m.name, m.contract] as const] : [])));
  const unreachable = importing.flatMap((m) => (m.problem ? [`mesh "${m.name}" ${m.problem}`] : []));
  const edges = importing.flatMap((mesh) =>
    mesh.contract ? [{ mesh, ...edgesOf(mesh.contract, mesh.stack, contracts, mesh.fallbackClient, only) }] : [],
  );
  const callable = edges.filter(({ mesh, called }) => mesh.cluster && called.length > 0);
  for (const { mesh, called } of edges)
    if (!mesh.cluster && called.length > 0) unreachable.push(`mesh "${mesh.name}" has no credentials here`);
  const importersOf = (peer: Mesh): string[] =>
    (mode === "both" && peer.cluster
      ? callable.filter(({ mesh, called }) => mesh !== peer && called.some((e) => e.meshes.includes(peer.name)))
      : []
    ).map(({ mesh }) => mesh.name);
  const ask = async (peer: Mesh): Promise<[string, string | undefined | Failure]> => [
    peer.name,
    await issuerOf(peer.cluster!).catch((error: unknown) => ({ failure: shortly(error) })),
  ];
  const asked = new Map(await Promise.all(meshes.filter((m) => importersOf(m).length > 0).map(ask)));
  const silent = new Set<string>();
  for (const [name, issuer] of asked) {
    if (!failed(issuer)) continue;
    silent.add(name);
    unreachable.push(
      `mesh "${name}": ${issuer.failure}; its hops are seen from ${importersOf(meshes.find((m) => m.name === name)!).join(", ")}`,
    );
  }
  const issuers = Object.fromEntries(
    [...asked].flatMap(([name, issuer]) => (issuer && !failed(issuer) ? [[name, issuer]] : [])),
  );
  const tasks = callable.flatMap(({ mesh, called }) => {
    const peers = new Map(
      meshes.flatMap((m) =>
        mode === "both" && m !== mesh && m.cluster && !silent.has(m.name) ? [[m.name, m.cluster] as const] : [],
      ),
    );
    return called.map((edge) => ({ edge, access: { own: mesh.cluster!, peers, contracts, issuers } }));
  });
  return {
    tasks,
    uncalled: edges.flatMap((e) => e.uncalled),
    pending: importing.flatMap((m) => (m.contract ? pendingOf(m.contract, only) : [])),
    unreachable: [...new Set(unreachable)],
    silent,
  };
}
