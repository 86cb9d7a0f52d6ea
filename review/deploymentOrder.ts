import type { FederationContract } from "../components/plan/contract.ts";
import { resolveImports } from "../components/plan/resolveImports.ts";
import { neighbourOf } from "../infra/stackFiles.ts";
import { checkMesh, peersOf, type PlannedFederation, type PlannedMesh } from "./planRevision.ts";
import type { Revision } from "./revision.ts";

/** Steps by which a revision gets deployed from what there is now. */
export interface DeploymentOrder {
  /** Stacks to bring up, one after the other; a stack comes twice where its imports wait for one in between. */
  steps: string[];
  /** Why the first stacks left over cannot be deployed after all others; empty when there is an order. */
  stuck: string[];
}

/**
 * Finds an order in which each stack's own checks pass against what is deployed at that moment: exporters before new
 * importers, importers that let go before exporters that take away.
 *
 * @param deployed contracts published now, by mesh name
 */
export function deploymentOrder(revision: Revision, federation: PlannedFederation, deployed: ReadonlyMap<string, FederationContract>): DeploymentOrder {
  const now = new Map(deployed);
  const steps: string[] = [];
  let left = federation.meshes;
  while (left.length > 0) {
    const states = left.map((mesh) => ({ mesh, ...stateOf(mesh, now, revision) }));
    // One that can be made whole goes first; else one that can at least let go of what it no longer imports.
    const next = states.find((s) => s.problems.length === 0 && s.pending.length === 0) ?? states.find((s) => s.problems.length === 0 && !isDeployed(s.mesh, s.contract, now));
    if (!next) {
      const stuck = states.flatMap((s) => [...s.problems, ...s.pending].map((p) => `${s.mesh.stack}: ${p}`));
      return { steps, stuck };
    }
    steps.push(next.mesh.stack);
    now.set(next.mesh.name, next.contract);
    if (next.pending.length === 0) left = left.filter((m) => m !== next.mesh);
  }
  return { steps, stuck: [] };
}

/** What keeps a mesh from being deployed as things are, what would stay pending, and what it would publish. */
export function stateOf(mesh: PlannedMesh, deployed: ReadonlyMap<string, FederationContract>, revision: Revision): { problems: string[]; pending: string[]; contract: FederationContract } {
  const neighbours = revision.stacks.filter((s) => s.role === "mesh").map((s) => neighbourOf(s.stack, s.raw));
  const peers = peersOf(mesh, deployed, revision);
  // What a peer's configuration declares may be ahead of what it published; then an import is pending, not wrong.
  for (const [name, peer] of peers) peers.set(name, { ...peer, declared: neighbours.find((n) => n.name === name)?.exports });
  const { problems } = checkMesh(mesh, peers, neighbours);
  if (problems.length > 0) return { problems, pending: [], contract: mesh.contract };
  const { imports, pending } = resolveImports(mesh.config.imports, peers, mesh.contract.mesh);
  const made = mesh.contract.imports.filter((i) => imports.some((other) => other.host === i.host));
  return { problems, pending: pending.map((p) => `import "${p.name}" from "${p.from}": ${p.reason}`), contract: { ...mesh.contract, imports: made } };
}

function isDeployed(mesh: PlannedMesh, contract: FederationContract, now: ReadonlyMap<string, FederationContract>): boolean {
  const names = (c: FederationContract | undefined): string => JSON.stringify(c?.imports.map((i) => i.host).sort());
  return now.get(mesh.name) !== undefined && names(now.get(mesh.name)) === names(contract) && JSON.stringify(now.get(mesh.name)!.exports) === JSON.stringify(contract.exports);
}
