import type { FederationContract, PendingImport, ServicePort } from "./contract.ts";
import type { ImportConfig } from "./meshConfig.ts";
import { Problems } from "./problem.ts";

/** What is known of a peer when the program runs. */
export type Peer =
  | { state: "absent"; stack: string }
  | { state: "empty"; stack: string }
  | { state: "up"; stack: string; contract: FederationContract };

/** An import with everything that its ServiceEntry and DestinationRule need. */
export interface ResolvedImport {
  name: string;
  from: string;
  host: string;
  ports: ServicePort[];
  subjectAltNames: string[];
  gateways: { address: string; port: number }[];
  network: string;
  locality: string;
  namespace: string;
  visibleTo: string[];
}

export interface ResolvedImports {
  imports: ResolvedImport[];
  pending: PendingImport[];
}

/** Identity of the importing mesh, as far as the peers' contracts are checked against it. */
export interface Importer {
  name: string;
  network: string;
  meshId: string;
  cluster: string;
  trustDomain: string;
}

/**
 * Matches the imports a mesh asks for with what its peers publish.
 *
 * An import whose peer is not up, or has no gateway address yet, is pending. Anything that can never work is a
 * problem: the peer does not export it, not to this mesh, or the two meshes cannot be told apart.
 *
 * @throws Problem naming both sides and what to change
 */
export function resolveImports(wanted: ImportConfig[], peers: ReadonlyMap<string, Peer>, importer: Importer): ResolvedImports {
  const problems = new Problems();
  const result: ResolvedImports = { imports: [], pending: [] };
  const checked = new Set<string>();
  for (const spec of wanted) {
    const peer = peers.get(spec.from);
    if (!peer || peer.state !== "up") {
      result.pending.push({ name: spec.name, from: spec.from, reason: reasonOf(peer, spec.from) });
      continue;
    }
    const { contract } = peer;
    if (!checked.has(spec.from)) identityProblems(contract, importer).forEach((p) => problems.add(p));
    checked.add(spec.from);
    const found = contract.exports.find((e) => e.name === spec.name);
    if (!found) {
      const names = contract.exports.map((e) => e.name);
      problems.add(`import "${spec.name}": mesh "${spec.from}" does not export it; it exports ${names.length > 0 ? names.join(", ") : "nothing"}. Add it to exports in stack "${peer.stack}" and run \`pulumi up --stack ${short(peer.stack)}\`, or remove the import`);
      continue;
    }
    if (!found.to.includes(importer.name)) {
      problems.add(`import "${spec.name}": mesh "${spec.from}" exports it to ${found.to.join(", ") || "nobody"}, not to "${importer.name}"; its owner must add "${importer.name}" to its \`to\``);
      continue;
    }
    if (contract.gateways.length === 0) {
      result.pending.push({ name: spec.name, from: spec.from, reason: `mesh "${spec.from}" has no gateway address yet; run \`pulumi up --stack ${short(peer.stack)}\`` });
      continue;
    }
    result.imports.push({
      name: spec.name,
      from: spec.from,
      host: found.host,
      ports: found.ports,
      subjectAltNames: found.subjectAltNames,
      gateways: contract.gateways,
      network: contract.mesh.network,
      locality: contract.mesh.locality,
      namespace: spec.namespace ?? spec.visibleTo[0]!,
      visibleTo: [...spec.visibleTo].sort(),
    });
  }
  for (const [host, from] of sharedHosts(result.imports))
    problems.add(`host "${host}" is imported from ${from.join(" and ")}; one host can come from one mesh only: remove one of the imports`);
  problems.throwIfAny(`the imports of mesh "${importer.name}" do not fit what its peers publish:`);
  return result;
}

function reasonOf(peer: Peer | undefined, from: string): string {
  const stack = short(peer?.stack ?? from);
  const state = peer?.state === "empty" ? "has published nothing (never deployed, or destroyed)" : "does not exist";
  return `stack "${stack}" ${state}; run \`pulumi up --stack ${stack}\``;
}

/** The same name for two networks, clusters or meshes makes Istio take the peer's endpoints for local ones. */
function identityProblems(contract: FederationContract, importer: Importer): string[] {
  const problems: string[] = [];
  for (const key of ["network", "cluster", "meshId"] as const)
    if (contract.mesh[key] === importer[key])
      problems.push(`mesh.${key} is "${importer[key]}" in both "${importer.name}" and "${contract.mesh.name}"; it must differ between meshes`);
  if (contract.mesh.trustDomain !== importer.trustDomain)
    problems.push(
      `trust domains differ: "${importer.name}" has ${importer.trustDomain}, "${contract.mesh.name}" has ${contract.mesh.trustDomain}; ` +
        "this release federates meshes of one trust domain: set mesh.trustDomain to the same value in both",
    );
  return problems;
}

function sharedHosts(imports: ResolvedImport[]): [string, string[]][] {
  const from = Map.groupBy(imports, (i) => i.host);
  return [...from].filter(([, list]) => list.length > 1).map(([host, list]) => [host, list.map((i) => i.from)]);
}

function short(stack: string): string {
  return stack.split("/").at(-1)!;
}
