import { isVisibleFrom } from "../federation/imports/importConfig.ts";
import { importName } from "../federation/imports/importObjects.ts";
import {
  importedFrom,
  type ContractImport,
  type ContractProbe,
  type FederationContract,
  type ServicePort,
} from "../federation/contract/contract.ts";

/** The caller of an import: a service account, with labels of its pods where not all of its pods are meant. */
export type Client = NonNullable<ContractImport["client"]>;

/** Address at which peers reach a gateway. */
export interface GatewayAddress {
  mesh: string;
  address: string;
  port: number;
}

/** One port of one import, called by one client. */
export interface Edge {
  /** The importing mesh, its stack and its trust domain. */
  mesh: string;
  stack: string;
  trustDomain: string;
  /** The import's name, and the meshes it comes from. */
  name: string;
  meshes: string[];
  /** Kubernetes name and namespace of the ServiceEntry, and of the DestinationRule where it has one. */
  object: { name: string; namespace: string };
  host: string;
  /** Host by which the exporters know it; part of the SNI. */
  exportedHost: string;
  port: ServicePort;
  probe: ContractProbe;
  /** Whether the import declares that probe. Without it, the check is a TCP connection. */
  declared: boolean;
  client: Client;
  /** SPIFFE IDs that may answer. Empty: any. */
  subjectAltNames: string[];
  /** Gateways of the import when it was created. */
  gateways: GatewayAddress[];
  blended: boolean;
  /** Whether it has a DestinationRule. Without one, auto mTLS decides how the client calls. */
  hasRule: boolean;
  /** Subsets that routes may address. */
  subsets: string[];
}

/** `east <- west/httpbin:8000`. */
export function edgeName(edge: Pick<Edge, "mesh" | "meshes" | "name" | "port">): string {
  return `${edge.mesh} <- ${edge.meshes.join("+")}/${edge.name}:${edge.port.number}`;
}

/** Contracts of the meshes that can be read, by mesh name. */
export type Contracts = ReadonlyMap<string, FederationContract>;

/** The part of a contract that determines the edges of a mesh. */
export interface ImportingMesh {
  mesh: Pick<FederationContract["mesh"], "name" | "trustDomain">;
  imports: ContractImport[];
}

/** An edge without a client. */
export type EdgeWithoutClient = Omit<Edge, "client">;

/** The edges of a mesh's imports, one per port. */
export interface Edges {
  withClient: Edge[];
  withoutClient: EdgeWithoutClient[];
}

/**
 * The edges of a mesh's imports.
 * @param fallback client of an import that declares none, where the import is visible to its namespace
 * @param only name of the only import to return; default: all
 */
export function edgesOf(
  contract: ImportingMesh,
  stack: string,
  peers: Contracts,
  fallback: Client | undefined,
  only?: string,
): Edges {
  const edges: Edges = { withClient: [], withoutClient: [] };
  for (const spec of contract.imports.filter(({ name }) => only === undefined || name === only)) {
    const client = spec.client ?? (fallback && isVisibleFrom(spec, fallback.namespace) ? fallback : undefined);
    for (const edge of spec.ports.map((port) => edgeOf(contract, stack, peers, spec, port)))
      if (client) edges.withClient.push({ ...edge, client });
      else edges.withoutClient.push(edge);
  }
  return edges;
}

/** Pending imports, each with the reason. They cannot be called yet, which is no failure. */
export function pendingImportsOf(
  { mesh, pendingImports }: Pick<FederationContract, "mesh" | "pendingImports">,
  only?: string,
): string[] {
  return pendingImports
    .filter(({ name }) => only === undefined || name === only)
    .map(({ name, from, reason }) => `${mesh.name} <- ${from}/${name}: ${reason}`);
}

function edgeOf(
  contract: ImportingMesh,
  stack: string,
  peers: Contracts,
  spec: ContractImport,
  port: ServicePort,
): EdgeWithoutClient {
  const meshes = importedFrom(spec);
  // A contract of an earlier release may lack values that the exporter's contract has.
  const exporters = meshes.flatMap((mesh) => peers.get(mesh) ?? []);
  const sources = exporters.flatMap((peer) => peer.exports.filter((e) => e.name === spec.name));
  const probe = spec.probe[port.name];
  return {
    mesh: contract.mesh.name,
    stack,
    trustDomain: contract.mesh.trustDomain,
    name: spec.name,
    meshes,
    object: { name: importName(spec), namespace: spec.namespace },
    host: spec.host,
    exportedHost: spec.exportedHost || (sources[0]?.host ?? spec.host),
    port,
    probe: probe ?? { kind: "tcp" },
    declared: probe !== undefined,
    subjectAltNames:
      spec.subjectAltNames.length > 0 ? spec.subjectAltNames : [...new Set(sources.flatMap((s) => s.subjectAltNames))],
    gateways:
      spec.gateways.length > 0
        ? spec.gateways
        : exporters.flatMap((peer) => peer.gateways.map((g) => ({ mesh: peer.mesh.name, ...g }))),
    blended: spec.blended,
    hasRule: spec.hasRule,
    subsets: spec.subsets,
  };
}
