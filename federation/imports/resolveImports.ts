import { exportMismatches } from "../checks/exportMismatches.ts";
import { peerMismatches, trustMismatch, type MeshIdentity } from "../checks/peerMismatches.ts";
import {
  quarantineCause,
  type ContractExport,
  type ContractImport,
  type FederationContract,
  type PendingImport,
  type PendingReason,
} from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { labelName } from "../objects/names.ts";
import { importId, meshesOf, type ImportConfig } from "./importConfig.ts";
import { differencesBetween, duplicateHosts, importFindings, type ImportSource } from "./importFindings.ts";
import { importedPorts } from "./importedPorts.ts";
import { importedProbes } from "./importProbes.ts";
import { withRule, type ImportRules } from "./importRule.ts";
import type { RoutePolicy } from "./routePolicy.ts";
import { noPeerRules, peerRuleFindings, type PeerRules } from "./peerRules.ts";
import type { TrafficPolicy } from "./trafficPolicy.ts";

/**
 * What is known of a peer when the program runs. `declared`: the exports in the peer's own configuration, if its stack
 * belongs to this project; they may be ahead of what is deployed.
 */
export type Peer = { stack: string; declared?: DeclaredExport[] } & (
  | {
      state: "absent" | "empty";
      /** Why nothing of it is known; default: its stack is not up. */
      reason?: string;
    }
  | { state: "up"; contract: FederationContract }
);

/** An export as a stack file declares it, before it is deployed. */
export type DeclaredExport = Pick<ContractExport, "name" | "to" | "ports" | "subsets"> & { host?: string };

/** An import with everything that its objects need. */
export interface ResolvedImport extends ContractImport {
  /** Name of its objects, unique in the mesh. */
  id: string;
  /** Labels and service accounts for endpoints that join the local Service; undefined unless the import is blended. */
  blend?: { service: string; labels: Record<string, string>; serviceAccounts: string[] };
  /** What the user has set for its DestinationRule. Default: nothing. */
  trafficPolicy?: TrafficPolicy;
  /** What the user has set for its HTTP routes. Default: nothing. */
  routes?: RoutePolicy;
}

/** The part of an import that is published. */
export function publishedImport(spec: ResolvedImport): ContractImport {
  const { blend: _blend, trafficPolicy: _trafficPolicy, routes: _routes, ...published } = spec;
  return published;
}

/** Imports that can be created, and those that are pending. */
export interface ResolvedImports {
  imports: ResolvedImport[];
  pending: PendingImport[];
}

/**
 * Matches the imports in a mesh's configuration with what its peers publish.
 *
 * An import is pending if its peer is not up, has no gateway address yet, declares an export that it has not deployed
 * yet, or has this mesh in quarantine. An import from several meshes is created with those that are ready. An error is
 * what waiting does not resolve: the peer does not export it, not to this mesh, or with other ports, or the two meshes
 * have conflicting names or do not trust each other.
 *
 * @param rules what the mesh accepts from each peer; default: nothing beyond what it accepts from any
 * @param waiting why imports from a mesh have to wait, by its name; default: none has to
 * @param importRules which imports have a DestinationRule
 * @throws UserError `imports-mismatch` with a detail for each finding
 */
export function resolveImports(
  wanted: ImportConfig[],
  peers: ReadonlyMap<string, Peer>,
  importer: MeshIdentity,
  rules: PeerRules = noPeerRules,
  waiting: ReadonlyMap<string, PendingReason> = new Map(),
  importRules: ImportRules = "whenNeeded",
): ResolvedImports {
  const findings = new Findings();
  const result: ResolvedImports = { imports: [], pending: [] };
  for (const name of new Set(wanted.flatMap(meshesOf))) {
    const peer = peers.get(name);
    if (waiting.get(name)?.cause === quarantineCause) continue;
    if (peer?.state === "up") findings.addAll(peerMismatches(peer.contract.mesh, importer));
  }
  for (const spec of wanted) {
    const { sources, pending, problems } = sourcesOf(spec, peers, importer, rules, waiting);
    const differences = differencesBetween(spec, sources);
    result.pending.push(...pending);
    findings.addAll(problems);
    findings.addAll(differences);
    if (sources.length === 0 || differences.length > 0) continue;
    const resolved = withRule(resolvedImport(spec, sources, importer), importRules);
    findings.addAll(importFindings(spec, resolved, sources, importer));
    result.imports.push(resolved);
  }
  findings.addAll(duplicateHosts(result.imports));
  findings.throwIfAny("imports-mismatch", {
    subject: `mesh "${importer.name}"`,
    problem: "its imports do not fit what its peers publish",
    remedy: "Change the imports, or the exports of the peers",
  });
  return result;
}

interface Sources {
  /** The peers that export the service. */
  sources: ImportSource[];
  /** The peers that do not export it yet. */
  pending: PendingImport[];
  /** Why the other peers cannot export it. */
  problems: Finding[];
}

function sourcesOf(
  spec: ImportConfig,
  peers: ReadonlyMap<string, Peer>,
  importer: MeshIdentity,
  rules: PeerRules,
  waiting: ReadonlyMap<string, PendingReason>,
): Sources {
  const result: Sources = { sources: [], pending: [], problems: [] };
  for (const from of meshesOf(spec)) {
    const source = waiting.get(from) ?? sourceOf(spec, from, peers.get(from), importer, rules);
    if ("reason" in source) result.pending.push({ name: spec.name, from, ...source });
    else if ("problems" in source) result.problems.push(...source.problems);
    else result.sources.push(source);
  }
  return result;
}

/** The source of an import in one peer, or the reason why it is pending, or what is wrong with it. */
function sourceOf(
  spec: ImportConfig,
  from: string,
  peer: Peer | undefined,
  importer: MeshIdentity,
  rules: PeerRules,
): ImportSource | PendingReason | { problems: readonly Finding[] } {
  if (!peer || peer.state !== "up") return { reason: reasonOf(peer, from) };
  const { contract } = peer;
  const stack = shortName(peer.stack);
  if (contract.quarantine.some(({ mesh }) => mesh === importer.name))
    return { reason: `mesh "${from}" has this mesh in quarantine`, cause: quarantineCause };
  const exported = contract.exports.find((e) => e.name === spec.name);
  const problems = exportMismatches(spec, exported, contract, importer.name, stack);
  if (problems.length > 0) {
    const declared = peer.declared?.find((e) => e.name === spec.name);
    return declared && exportMismatches(spec, declared, contract, importer.name, stack).length === 0
      ? { reason: `mesh "${from}" declares it but has not deployed it yet; run \`pulumi up --stack ${stack}\`` }
      : { problems };
  }
  const distrust = trustMismatch(spec.name, contract.mesh, importer);
  if (distrust) return { problems: [distrust] };
  const refused = peerRuleFindings(spec, exported!, contract, rules);
  if (refused.length > 0) return { problems: refused };
  if (contract.gateways.length === 0)
    return { reason: `mesh "${from}" has no gateway address yet; run \`pulumi up --stack ${stack}\`` };
  return { contract, exported: exported! };
}

function reasonOf(peer: Exclude<Peer, { state: "up" }> | undefined, from: string): string {
  if (peer?.reason !== undefined) return peer.reason;
  const stack = shortName(peer?.stack ?? from);
  const state = peer?.state === "empty" ? "has published nothing (never deployed, or destroyed)" : "does not exist";
  return `stack "${stack}" ${state}; run \`pulumi up --stack ${stack}\``;
}

/** An import from at least one source. Sources have the same host and ports. */
function resolvedImport(
  spec: ImportConfig,
  sources: ImportSource[],
  importer: MeshIdentity,
): Omit<ResolvedImport, "hasRule"> {
  const { contract, exported } = sources[0]!;
  const namespace = spec.blend ? exported.namespace : (spec.namespace ?? spec.visibleTo[0]!);
  const ports = importedPorts(spec, exported);
  const subjectAltNames = [...new Set(sources.flatMap((s) => s.exported.subjectAltNames))].sort();
  return {
    id: importId(spec),
    name: spec.name,
    from: contract.mesh.name,
    meshes: sources.map((s) => s.contract.mesh.name),
    host: spec.as ?? exported.host,
    exportedHost: exported.host,
    namespace,
    visibleTo: [...spec.visibleTo].sort(),
    ports,
    subjectAltNames,
    gateways: sources.flatMap((s) => gatewaysOf(s.contract, importer, meshesOf(spec).length === 1)),
    subsets: spec.subsets,
    blended: spec.blend !== undefined,
    blend: spec.blend && {
      service: exported.service,
      labels: spec.blend.labels,
      serviceAccounts: subjectAltNames.map(accountOf),
    },
    trafficPolicy: {
      connectionPool: spec.connectionPool,
      loadBalancer: spec.loadBalancer,
      outlierDetection: spec.outlierDetection,
    },
    routes: { retries: spec.retries, timeout: spec.timeout },
    client: spec.client && { ...spec.client, app: spec.client.app ?? "" },
    probe: importedProbes(spec, ports),
  };
}

/** @param weighted whether the mesh is the only one of the import: no mesh decides about its share against another */
function gatewaysOf(
  { mesh, gateways }: FederationContract,
  importer: MeshIdentity,
  weighted: boolean,
): ContractImport["gateways"] {
  return gateways.map(({ address, port, weight }) => ({
    mesh: mesh.name,
    address,
    port,
    ...(weighted && weight !== undefined ? { weight } : {}),
    network: networkOf(mesh, importer),
    locality: mesh.locality,
  }));
}

/**
 * The network in which an importing mesh has a peer's gateways: a name of this program, whatever the peer calls it, and
 * another than the mesh's own. istiod swaps an endpoint for the gateways that it knows of the endpoint's network. Under
 * the peer's name, a mesh can know some: from meshNetworks, from labels, or of another peer. Of a network without a
 * known gateway, it uses the endpoint as it is.
 * https://github.com/istio/istio/blob/1.31.0/pilot/pkg/xds/endpoints/ep_filters.go (EndpointsByNetworkFilter)
 */
function networkOf(peer: MeshIdentity, own: MeshIdentity): string {
  const name = labelName(`peer-${peer.name}`);
  return name === own.network ? labelName(`other-${peer.name}`) : name;
}

/** The last part of a SPIFFE id: the service account. */
function accountOf(subjectAltName: string): string {
  return subjectAltName.slice(subjectAltName.lastIndexOf("/") + 1);
}

/** The stack's name without organization and project. */
function shortName(stack: string): string {
  return stack.split("/").at(-1)!;
}
