import { errorLine } from "../kube/errors.ts";
import { retry } from "../kube/retry.ts";
import type { Mesh } from "../workspace/meshes.ts";
import type { AccessMode } from "./access.ts";
import { edgesOf, pendingImportsOf, type Contracts, type Edges, type EdgeWithoutClient } from "./edge.ts";
import { failed, type Failure } from "./evidence.ts";
import { gatewayIssuer } from "./gather/peerSide.ts";
import type { Task } from "./verifyEdges.ts";

/** The edges to verify, and what cannot be verified. */
export interface VerificationPlan {
  tasks: Task[];
  withoutClient: EdgeWithoutClient[];
  /** A sentence for each pending import. */
  pending: string[];
  /** A sentence for each mesh that cannot be read or reached. */
  unreachable: string[];
  /** Meshes whose clusters did not answer. */
  silent: Set<string>;
}

/** A mesh with the edges of its imports. */
interface ImportingMesh extends Edges {
  mesh: Mesh;
}

/**
 * Plans a verification. Each peer's cluster is read once, all in parallel; one that does not answer costs a line, and
 * its hops are observed from the meshes that import from it.
 * @param only name of the only import to verify; default: all
 * @param issuerOf reads the intermediate of a mesh's own gateway
 */
export async function planVerification(
  meshes: Mesh[],
  importing: Mesh[],
  mode: AccessMode,
  only: string | undefined,
  issuerOf: typeof gatewayIssuer = (cluster) => retry(() => gatewayIssuer(cluster)),
): Promise<VerificationPlan> {
  const contracts = new Map(meshes.flatMap((m) => (m.contract ? [[m.name, m.contract] as const] : [])));
  const importers = importing.flatMap((mesh): ImportingMesh[] =>
    mesh.contract ? [{ mesh, ...edgesOf(mesh.contract, mesh.stack, contracts, mesh.fallbackClient, only) }] : [],
  );
  const callable = importers.filter(({ mesh, withClient }) => mesh.cluster && withClient.length > 0);
  const importersOf = (peer: Mesh): string[] =>
    callable
      .filter(({ mesh, withClient }) => mesh !== peer && withClient.some((e) => e.meshes.includes(peer.name)))
      .map(({ mesh }) => mesh.name);
  const peers = mode === "both" ? meshes.filter((m) => m.cluster && importersOf(m).length > 0) : [];
  const { issuers, failures } = await readIssuers(peers, issuerOf);
  const unreachable = [
    ...importing.flatMap((m) => (m.problem ? [`mesh "${m.name}" ${m.problem}`] : [])),
    ...importers.flatMap(({ mesh, withClient }) =>
      !mesh.cluster && withClient.length > 0 ? [`mesh "${mesh.name}" has no credentials here`] : [],
    ),
    ...peers.flatMap((peer) => {
      const failure = failures.get(peer.name);
      return failure ? [`mesh "${peer.name}": ${failure}; its hops are seen from ${importersOf(peer).join(", ")}`] : [];
    }),
  ];
  const silent = new Set(failures.keys());
  const accessible = mode === "both" ? meshes.filter((m) => m.cluster && !silent.has(m.name)) : [];
  return {
    tasks: callable.flatMap((importer) => tasksOf(importer, accessible, contracts, issuers)),
    withoutClient: importers.flatMap((e) => e.withoutClient),
    pending: importing.flatMap((m) => (m.contract ? pendingImportsOf(m.contract, only) : [])),
    unreachable: [...new Set(unreachable)],
    silent,
  };
}

/** Reads the intermediate of each peer's gateway, by mesh, and the failures of those that do not answer. */
async function readIssuers(peers: Mesh[], issuerOf: typeof gatewayIssuer) {
  const read = async ({ name, cluster }: Mesh): Promise<[string, string | undefined | Failure]> => [
    name,
    await issuerOf(cluster!).catch((error: unknown) => ({ failure: errorLine(error) })),
  ];
  const issuers: Record<string, string> = {};
  const failures = new Map<string, string>();
  for (const [name, issuer] of await Promise.all(peers.map(read)))
    if (failed(issuer)) failures.set(name, issuer.failure);
    else if (issuer) issuers[name] = issuer;
  return { issuers, failures };
}

function tasksOf(
  { mesh, withClient }: ImportingMesh,
  accessible: Mesh[],
  contracts: Contracts,
  issuers: Record<string, string>,
): Task[] {
  const peers = new Map(accessible.filter((m) => m !== mesh).map((m) => [m.name, m.cluster!] as const));
  return withClient.map((edge) => ({ edge, access: { own: mesh.cluster!, peers, contracts, issuers } }));
}
