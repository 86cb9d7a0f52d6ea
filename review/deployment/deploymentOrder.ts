import { isDeepStrictEqual } from "node:util";
import { declaredMesh } from "../../federation/config/declaredMesh.ts";
import { quarantineCause, type FederationContract } from "../../federation/contract/contract.ts";
import { peerRules } from "../../federation/imports/peerRules.ts";
import { publishedImport, resolveImports } from "../../federation/imports/resolveImports.ts";
import type { Finding } from "../../federation/errors/userError.ts";
import { inStack, type StackFinding } from "../findings.ts";
import { checkMesh, peersOf, type PlannedFederation, type PlannedMesh } from "../revision/planRevision.ts";
import type { Revision } from "../revision/revision.ts";

/** How a revision is deployed onto what is deployed now. */
export interface DeploymentOrder {
  /** Stacks to deploy, one after the other. A stack occurs twice when some of its imports need another stack first. */
  steps: string[];
  /** What is not deployed after all steps: findings that block a stack, and pending imports and peers. */
  unfinished: StackFinding[];
  /** Findings that block a stack in any order. What is pending blocks no stack. */
  blocked: StackFinding[];
}

/**
 * Finds an order in which the checks of each stack pass against what is deployed at that step: an exporter before its
 * new importers, and an importer that removes an import before the exporter that removes the export.
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
    // First a stack that reaches its planned contract; else one that changes its contract, and is deployed again later.
    const next =
      states.find((s) => s.findings.length === 0 && sameContract(s.contract, s.mesh.contract)) ??
      states.find((s) => s.findings.length === 0 && !sameContract(s.contract, now.get(s.mesh.name)));
    if (!next) break;
    steps.push(next.mesh.stack);
    now.set(next.mesh.name, next.contract);
    if (sameContract(next.contract, next.mesh.contract)) left = left.filter((m) => m !== next.mesh);
  }
  const states = federation.meshes.map((mesh) => ({ stack: mesh.stack, ...stateOf(mesh, now, revision) }));
  return {
    steps,
    unfinished: states.flatMap((s) => inStack(s.stack, [...s.findings, ...s.pending])),
    blocked: states.flatMap((s) => inStack(s.stack, s.findings)),
  };
}

/** What an `up` of a mesh does now: the findings that block it, its pending imports, and the contract it publishes. */
export function stateOf(
  mesh: PlannedMesh,
  deployed: ReadonlyMap<string, FederationContract>,
  revision: Revision,
): { findings: Finding[]; pending: Finding[]; contract: FederationContract } {
  const siblings = revision.stacks.filter((s) => s.role === "mesh").map((s) => declaredMesh(s.stack, s.raw));
  const peers = peersOf(mesh, deployed, revision);
  // A peer can declare an export that it has not published yet. Then an import is pending, and not an error.
  for (const [name, peer] of peers)
    peers.set(name, { ...peer, declared: siblings.find((n) => n.name === name)?.exports });
  const others = siblings.filter(({ stack }) => stack !== mesh.stack);
  const { findings, trust } = checkMesh(mesh, peers, siblings);
  if (findings.length > 0) return { findings, pending: [], contract: mesh.contract };
  const { imports, pending } = resolveImports(
    mesh.config.imports,
    peers,
    mesh.contract.mesh,
    peerRules(mesh.config, others),
    trust.waiting,
    mesh.config.importRules,
  );
  // An import in quarantine is not waited for.
  const awaited = pending.filter(({ cause }) => cause !== quarantineCause);
  const { pendingTrust } = trust.contract;
  return {
    findings,
    pending: [
      ...pendingTrust.map(({ mesh: peer, reason }) => pendingOn("review-trust-pending", `mesh "${peer}"`, reason)),
      ...awaited.map((p) => pendingOn("review-import-pending", `import "${p.name}" from "${p.from}"`, p.reason)),
    ],
    contract: { ...trust.contract, imports: imports.map(publishedImport) },
  };
}

function pendingOn(code: Finding["code"], subject: string, problem: string): Finding {
  return { code, subject, problem, remedy: "" };
}

/** Whether two contracts are equal, apart from what is pending. */
export function sameContract(a: FederationContract, b: FederationContract | undefined): boolean {
  const plain = (contract: FederationContract | undefined): unknown =>
    contract && JSON.parse(JSON.stringify({ ...contract, pendingImports: [], pendingTrust: [] }));
  return isDeepStrictEqual(plain(a), plain(b));
}
