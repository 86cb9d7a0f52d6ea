import { mayBeCalledFrom } from "../federation/imports/importConfig.ts";
import { importName } from "../federation/imports/importObjects.ts";
import {
  importedFrom,
  type ContractImport,
  type ContractProbe,
  type FederationContract,
  type ServicePort,
} from "../federation/contract/contract.ts";

/** Who calls, and where its pods are found. */
export interface Client {
  namespace: string;
  serviceAccount: string;
  /** Label `app` of its pods. */
  app: string;
}

/** Where a peer takes calls. */
export interface GatewayAddress {
  mesh: string;
  address: string;
  port: number;
}

/** One port of one import, called by one client: what is verified. */
export interface Edge {
  /** The importing mesh, its stack and its trust domain. */
  mesh: string;
  stack: string;
  trustDomain: string;
  /** The import's name, and the meshes it comes from. */
  name: string;
  meshes: string[];
  /** Kubernetes name and namespace of the ServiceEntry and DestinationRule. */
  object: { name: string; namespace: string };
  host: string;
  /** Host by which the exporters know it; part of the SNI. */
  exportedHost: string;
  port: ServicePort;
  probe: ContractProbe;
  /** Whether that probe was declared; if not, the port is only connected to. */
  declared: boolean;
  client: Client;
  /** SPIFFE ids that may answer. */
  subjectAltNames: string[];
  /** Gateways as the import was made with them. */
  gateways: GatewayAddress[];
  blended: boolean;
  /** Subsets that routes may address. */
  subsets: string[];
}

/** `east <- west/httpbin:8000`. */
export function edgeName(edge: Pick<Edge, "mesh" | "meshes" | "name" | "port">): string {
  return `${edge.mesh} <- ${edge.meshes.join("+")}/${edge.name}:${edge.port.number}`;
}

/** Contracts of the meshes that can be read, by mesh name. */
export type Contracts = ReadonlyMap<string, FederationContract>;

/** What of a mesh's contract its edges follow from. */
export interface ImportingMesh {
  mesh: Pick<FederationContract["mesh"], "name" | "trustDomain">;
  imports: ContractImport[];
}

/** The edges of a mesh's imports, one per port: those that somebody can call, and those that nobody is known to call. */
export interface Edges {
  called: Edge[];
  uncalled: Uncalled[];
}

/** An edge without a client. */
export type Uncalled = Omit<Edge, "client">;

/**
 * The edges of a mesh's imports.
 * @param fallback client of an import that declares none, where the import is visible to its namespace
 */
export function edgesOf(
  contract: ImportingMesh,
  stack: string,
  peers: Contracts,
  fallback: Client | undefined,
  only?: string,
): Edges {
  const edges: Edges = { called: [], uncalled: [] };
  for (const spec of contract.imports.filter(({ name }) => only === undefined || name === only)) {
    const client = spec.client ?? (fallback && mayBeCalledFrom(spec, fallback.namespace) ? fallback : undefined);
    for (const edge of spec.ports.map((port) => edgeOf(contract, stack, peers, spec, port)))
      if (client) edges.called.push({ ...edge, client });
      else edges.uncalled.push(edge);
  }
  return edges;
}

/** Imports that wait for their exporter, each with why: nothing is there to be called yet, and nothing is broken. */
export function pendingOf(
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
): Uncalled {
  const meshes = importedFrom(spec);
  // What an earlier release did not write into the import, the exporter's own contract still tells.
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
    subsets: spec.subsets,
  };
}
