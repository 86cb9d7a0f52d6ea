import { isDeepStrictEqual } from "node:util";
import type { FederationContract } from "../../federation/contract/contract.ts";
import { publishedImport, resolveImports } from "../../federation/imports/resolveImports.ts";
import { neighbourOf } from "../../workspace/stackFiles.ts";
import {
  checkMesh,
  peersOf,
  type FailedCheck,
  type PlannedFederation,
  type PlannedMesh,
} from "../revision/planRevision.ts";
import type { Revision } from "../revision/revision.ts";

/** Steps by which a revision gets deployed from what there is now. */
export interface DeploymentOrder {
  /** Stacks to bring up, one after the other; a stack comes twice where its imports wait for one in between. */
  steps: string[];
  /** What still cannot be made after all of them, and why; empty when everything can. */
  stuck: string[];
  /** Stacks that cannot be deployed, in whatever order, and why; what only waits for a peer elsewhere is not among them. */
  blocked: FailedCheck[];
}

/**
 * Finds an order in which each stack's own checks pass against what is deployed at that moment: exporters before new
 * importers, importers that let go before exporters that take away.
 *
 * @param deployed contracts published now, by mesh name
 */
export function deploymentOrder(
  revision: Revision,
  federation: PlannedFederation,
  deployed: ReadonlyMap<string, FederationContract>,
): DeploymentOrder {
  const now = new Map(deployed);
  const steps: string[] = [];
  let left = federation.meshes;
  while (left.length > 0) {
    const states = left.map((mesh) => ({ mesh, ...stateOf(mesh, now, revision) }));
    // One that comes out as planned goes first; else one that can at least go a part of the way, and comes again.
    const next =
      states.find((s) => s.problems.length === 0 && sameContract(s.contract, s.mesh.contract)) ??
      states.find((s) => s.problems.length === 0 && !sameContract(s.contract, now.get(s.mesh.name)));
    if (!next) break;
    steps.push(next.mesh.stack);
    now.set(next.mesh.name, next.contract);
    if (sameContract(next.contract, next.mesh.contract)) left = left.filter((m) => m !== next.mesh);
  }
  const states = federation.meshes.map((mesh) => ({ stack: mesh.stack, ...stateOf(mesh, now, revision) }));
  return {
    steps,
    stuck: states.flatMap((s) => [...s.problems, ...s.pending].map((p) => `${s.stack}: ${p}`)),
    blocked: states.flatMap((s) => s.problems.map((message) => ({ stack: s.stack, message }))),
  };
}

/** What keeps a mesh from being deployed as things are, what would stay pending, and what it would publish. */
export function stateOf(
  mesh: PlannedMesh,
  deployed: ReadonlyMap<string, FederationContract>,
  revision: Revision,
): { problems: string[]; pending: string[]; contract: FederationContract } {
  const neighbours = revision.stacks.filter((s) => s.role === "mesh").map((s) => neighbourOf(s.stack, s.raw));
  const peers = peersOf(mesh, deployed, revision);
  // What a peer's configuration declares may be ahead of what it published; then an import is pending, not wrong.
  for (const [name, peer] of peers)
    peers.set(name, { ...peer, declared: neighbours.find((n) => n.name === name)?.exports });
  const { problems } = checkMesh(mesh, peers, neighbours);
  if (problems.length > 0) return { problems, pending: [], contract: mesh.contract };
  const { imports, pending } = resolveImports(mesh.config.imports, peers, mesh.contract.mesh);
  return {
    problems,
    pending: pending.map((p) => `import "${p.name}" from "${p.from}": ${p.reason}`),
    contract: { ...mesh.contract, imports: imports.map(publishedImport) },
  };
}

/** Whether two contracts say the same of exports, gateways and imports. */
export function sameContract(a: FederationContract, b: FederationContract | undefined): boolean {
  const plain = (contract: FederationContract | undefined): unknown =>
    contract && JSON.parse(JSON.stringify({ ...contract, pendingImports: [] }));
  return isDeepStrictEqual(plain(a), plain(b));
}
