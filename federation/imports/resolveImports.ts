import { importedProbes } from "./importProbes.ts";
import { meshesOf, importId, type ImportConfig } from "./importConfig.ts";
import { exportMismatches } from "../checks/exportMismatches.ts";
import { peerMismatches, trustMismatch, type MeshIdentity } from "../checks/peerMismatches.ts";
import type {
  ContractExport,
  ContractImport,
  FederationContract,
  PendingImport,
  ServicePort,
} from "../contract/contract.ts";
import { Problems } from "../errors/problem.ts";

/**
 * What is known of a peer when the program runs. `declared`: the exports in the peer's own configuration, where its
 * stack is of this project; they may be ahead of what is deployed.
 */
export type Peer = { stack: string; declared?: DeclaredExport[] } & (
  { state: "absent" | "empty" } | { state: "up"; contract: FederationContract }
);

/** An export as a stack file declares it, before it is deployed. */
export type DeclaredExport = Pick<ContractExport, "name" | "to" | "ports" | "subsets">;

/** An import with everything that its objects need. */
export interface ResolvedImport extends ContractImport {
  /** Name of its objects, unique in the mesh. */
  id: string;
  /** Labels and service accounts for endpoints that join the local Service; undefined unless it is blended. */
  blend?: { service: string; labels: Record<string, string>; serviceAccounts: string[] };
}

/** What of an import is published. */
export function publishedImport({ blend: _blend, ...published }: ResolvedImport): ContractImport {
  return published;
}

export interface ResolvedImports {
  imports: ResolvedImport[];
  pending: PendingImport[];
}

/**
 * Matches the imports a mesh asks for with what its peers publish.
 *
 * An import whose peer is not up, has no gateway address yet, or declares what it has not deployed yet, is pending; one
 * from several meshes is made with those that are there. Anything that can never work is a problem: the peer does not
 * export it, not to this mesh, or in another shape, or the two meshes cannot be told apart or do not trust each other.
 *
 * @throws Problem naming both sides and what to change
 */
export function resolveImports(
  wanted: ImportConfig[],
  peers: ReadonlyMap<string, Peer>,
  importer: MeshIdentity,
): ResolvedImports {
  const problems = new Problems();
  const result: ResolvedImports = { imports: [], pending: [] };
  for (const name of new Set(wanted.flatMap(meshesOf))) {
    const peer = peers.get(name);
    if (peer?.state === "up") peerMismatches(peer.contract.mesh, importer).forEach((p) => problems.add(p));
  }
  for (const spec of wanted) {
    const sources: Source[] = [];
    for (const from of meshesOf(spec)) {
      const source = sourceOf(spec, from, peers.get(from), importer);
      if ("pending" in source) result.pending.push({ name: spec.name, from, reason: source.pending });
      else if ("problems" in source) source.problems.forEach((p) => problems.add(`import "${spec.name}": ${p}`));
      else sources.push(source);
    }
    const differences = sources.slice(1).flatMap((other) => shapeDifferences(sources[0]!, other));
    for (const d of differences) problems.add(`import "${spec.name}": ${d}`);
    if (sources.length === 0 || differences.length > 0) continue;
    const made = importOf(spec, sources);
    for (const p of importProblems(spec, made, sources, importer)) problems.add(`import "${spec.name}": ${p}`);
    result.imports.push(made);
  }
  for (const [host, ids] of sharedHosts(result.imports))
    problems.add(
      `host "${host}" is imported by ${ids.join(" and ")}; a host can be imported once: take it from several meshes with \`from: [...]\`, give one of them another name with \`as\`, or remove one`,
    );
  problems.throwIfAny(`the imports of mesh "${importer.name}" do not fit what its peers publish:`);
  return result;
}

interface Source {
  contract: FederationContract;
  found: ContractExport;
}

function sourceOf(
  spec: ImportConfig,
  from: string,
  peer: Peer | undefined,
  importer: MeshIdentity,
): Source | { pending: string } | { problems: string[] } {
  if (!peer || peer.state !== "up") return { pending: reasonOf(peer, from) };
  const { contract } = peer;
  const stack = short(peer.stack);
  const found = contract.exports.find((e) => e.name === spec.name);
  const wrong = exportMismatches(spec, found, contract, importer.name, stack);
  if (wrong.length > 0) {
    const declared = peer.declared?.find((e) => e.name === spec.name);
    const cured = declared && exportMismatches(spec, declared, contract, importer.name, stack).length === 0;
    return cured
      ? {
          pending: `mesh "${from}" declares it in its configuration, but has not deployed that yet; run \`pulumi up --stack ${stack}\``,
        }
      : { problems: wrong };
  }
  const distrust = trustMismatch(contract.mesh, importer);
  if (distrust) return { problems: [distrust] };
  if (contract.gateways.length === 0)
    return { pending: `mesh "${from}" has no gateway address yet; run \`pulumi up --stack ${stack}\`` };
  return { contract, found: found! };
}

function importOf(spec: ImportConfig, sources: Source[]): ResolvedImport {
  const { contract, found } = sources[0]!;
  const namespace = spec.blend ? found.namespace : (spec.namespace ?? spec.visibleTo[0]!);
  const subjectAltNames = [...new Set(sources.flatMap((s) => s.found.subjectAltNames))].sort();
  return {
    id: importId(spec),
    name: spec.name,
    from: contract.mesh.name,
    meshes: sources.map((s) => s.contract.mesh.name),
    host: spec.as ?? found.host,
    exportedHost: found.host,
    namespace,
    visibleTo: [...spec.visibleTo].sort(),
    ports: found.ports,
    subjectAltNames,
    gateways: sources.flatMap((s) =>
      s.contract.gateways.map(({ address, port }) => ({
        mesh: s.contract.mesh.name,
        address,
        port,
        network: s.contract.mesh.network,
        locality: s.contract.mesh.locality,
      })),
    ),
    subsets: spec.subsets,
    blended: spec.blend !== undefined,
    blend: spec.blend && {
      service: found.service,
      labels: spec.blend.labels,
      serviceAccounts: subjectAltNames.map(accountOf),
    },
    client: spec.client && { ...spec.client, app: spec.client.app ?? spec.client.serviceAccount },
    probe: importedProbes(spec, found.ports),
  };
}

/** What keeps an import from working although every mesh exports it. */
function importProblems(spec: ImportConfig, made: ResolvedImport, sources: Source[], importer: MeshIdentity): string[] {
  const problems = Object.keys(spec.probe)
    .filter((key) => !made.ports.some((p) => p.name === key || String(p.number) === key))
    .map((key) => `probe: there is no port "${key}"; its ports are ${describePorts(made.ports)}`);
  if (!spec.blend) return problems;
  const { found } = sources[0]!;
  if (found.host !== `${found.service}.${found.namespace}.svc.cluster.local`)
    problems.push(
      `blend: its host "${found.host}" is mesh-neutral, and no local Service has that name; blend needs an export under the Service's own host`,
    );
  for (const { contract } of sources) {
    const name = contract.gateways.find((g) => !/^[\d.]+$|:/.test(g.address))?.address;
    if (name)
      problems.push(
        `blend: the gateway of mesh "${contract.mesh.name}" is the name ${name}, and an endpoint of a Service must be an IP address; let "${contract.mesh.name}" publish addresses (gateway.addresses), or import it without blend under another name (as)`,
      );
    if (contract.mesh.trustDomain !== importer.trustDomain)
      problems.push(
        `blend: mesh "${contract.mesh.name}" has trust domain ${contract.mesh.trustDomain}, this mesh ${importer.trustDomain}; an endpoint of a local Service is taken for an identity of the local trust domain, so every call would fail: import it without blend under another name (as)`,
      );
  }
  for (const san of made.subjectAltNames)
    if (!new RegExp(`^spiffe://[^/]+/ns/${found.namespace}/sa/[^/]+$`).test(san))
      problems.push(
        `blend: ${san} is not an account of namespace ${found.namespace}, and an endpoint of a Service can only name such a one; import it without blend under another name (as)`,
      );
  return problems;
}

/** What makes it impossible to take two meshes' exports for one service. */
function shapeDifferences(a: Source, b: Source): string[] {
  const [x, y] = [a.contract.mesh.name, b.contract.mesh.name];
  const differences: string[] = [];
  const differ = (what: string, left: string, right: string) => {
    if (left !== right)
      differences.push(
        `${what} differ between "${x}" (${left}) and "${y}" (${right}); one import takes one shape: align the exports, or import them apart under different names (as)`,
      );
  };
  differ("hosts", a.found.host, b.found.host);
  differ("ports", describePorts(a.found.ports), describePorts(b.found.ports));
  return differences;
}

function describePorts(ports: ServicePort[]): string {
  return (
    [...ports]
      .sort((a, b) => a.number - b.number)
      .map((p) => `${p.name} ${p.number}/${p.protocol}`)
      .join(", ") || "none"
  );
}

function reasonOf(peer: Peer | undefined, from: string): string {
  const stack = short(peer?.stack ?? from);
  const state = peer?.state === "empty" ? "has published nothing (never deployed, or destroyed)" : "does not exist";
  return `stack "${stack}" ${state}; run \`pulumi up --stack ${stack}\``;
}

function accountOf(san: string): string {
  return san.slice(san.lastIndexOf("/") + 1);
}

function sharedHosts(imports: ResolvedImport[]): [string, string[]][] {
  const ids = Map.groupBy(imports, (i) => i.host);
  return [...ids].filter(([, list]) => list.length > 1).map(([host, list]) => [host, list.map((i) => i.id)]);
}

function short(stack: string): string {
  return stack.split("/").at(-1)!;
}
