import { importedFrom, type FederationContract } from "../federation/contract/contract.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import { certificateNotes } from "./certificateNotes.ts";

/** A certificate of a mesh. Times are milliseconds since 1970. */
export interface Expiry {
  mesh: string;
  kind: "workload" | "intermediate" | "root" | "anchor";
  /** For people: its kind, the trust domains that it permits, and its subject or workload. */
  certificate: string;
  sha256: string;
  notBefore: number;
  notAfter: number;
  /** Use of a root that the mesh publishes. */
  use?: "active" | "next" | "retiring";
  /** Hosts of URIs that it permits; absent or empty: all. */
  permits?: string[];
  /** From when on an `up` renews it; absent: none does. */
  renewsAt?: number;
  /** Whether it is a root that `npm run rotate` changes; absent: another owner does. */
  rotatable?: true;
}

/** A difference between a cluster and what the last `up` created, or between an import and its exporter. */
export interface Drift {
  mesh: string;
  description: string;
}

/** What is wrong with the gateway of a mesh, with its remedy. */
export interface GatewayProblem {
  mesh: string;
  description: string;
}

/** The state of the federation. */
export interface Status {
  meshes: { name: string; state: string; gateways: string[] }[];
  exports: { mesh: string; name: string; host: string; ports: string[]; to: string[]; importers: string[] }[];
  pending: { mesh: string; name: string; from: string; reason: string; cause?: string }[];
  /** Meshes that a mesh has in quarantine, with the trust domains whose callers it denies. */
  quarantine: { mesh: string; peer: string; trustDomains: string[] }[];
  certificates: Expiry[];
  /** Certificates that end or are renewed within 30 days: a sentence each. */
  certificateNotes: { mesh: string; note: string }[];
  /** Changes of a root that are under way. */
  rotations: { mesh: string; rotation: string }[];
  /** Peers that a mesh should trust and does not yet. */
  pendingTrust: { mesh: string; peer: string; reason: string }[];
  drift: Drift[];
  /** Gateways that reject a listener, or have pods that are not ready. */
  gatewayProblems: GatewayProblem[];
  /** Meshes whose clusters were not checked, or not completely, and why. */
  notChecked: { mesh: string; reason: string }[];
}

/** A mesh as far as it could be read. */
export interface MeshState {
  name: string;
  contract: FederationContract | undefined;
  /** Why it could not be read or reached, as the end of a sentence that begins with the mesh. */
  problem: string | undefined;
  /** The change of its root that is under way. */
  rotation?: string | undefined;
  /** Why its cluster was not checked, or not completely; default `problem`. */
  notChecked?: string | undefined;
}

/**
 * The status, from the contracts of the meshes, and the drift, certificates and gateways of their clusters.
 * @param now milliseconds since 1970
 */
export function statusOf(
  meshes: MeshState[],
  certificates: Expiry[],
  drift: Drift[],
  gatewayProblems: GatewayProblem[] = [],
  now = Date.now(),
): Status {
  const contracts = meshes.flatMap((m) => m.contract ?? []);
  const importersOf = (mesh: string, name: string) =>
    contracts
      .filter((c) => c.imports.some((i) => i.name === name && importedFrom(i).includes(mesh)))
      .map((c) => c.mesh.name);
  return {
    meshes: meshes.map(({ name, contract, problem }) => ({
      name,
      state: problem ?? `up, Istio ${contract!.mesh.istioVersion}`,
      gateways: contract?.gateways.map(socketAddress) ?? [],
    })),
    exports: contracts.flatMap((c) =>
      c.exports.map((e) => ({
        mesh: c.mesh.name,
        name: e.name,
        host: e.host,
        ports: e.ports.map((p) => `${p.number}/${p.protocol}`),
        to: e.to,
        importers: importersOf(c.mesh.name, e.name),
      })),
    ),
    pending: contracts.flatMap((c) => c.pendingImports.map((p) => ({ mesh: c.mesh.name, ...p }))),
    quarantine: contracts.flatMap((c) =>
      c.quarantine.map(({ mesh: peer, trustDomains }) => ({ mesh: c.mesh.name, peer, trustDomains })),
    ),
    certificates: [...certificates].sort((a, b) => a.notAfter - b.notAfter),
    certificateNotes: certificateNotes(certificates, now),
    rotations: meshes.flatMap(({ name, rotation }) => (rotation ? [{ mesh: name, rotation }] : [])),
    pendingTrust: contracts.flatMap((c) =>
      c.pendingTrust.map(({ mesh: peer, reason }) => ({ mesh: c.mesh.name, peer, reason })),
    ),
    drift: [...drift, ...contractDrift(contracts)],
    gatewayProblems,
    notChecked: meshes.flatMap(({ name, problem, notChecked = problem }) =>
      notChecked ? [{ mesh: name, reason: notChecked }] : [],
    ),
  };
}

/** Imports with other values than their exporter publishes now. */
export function contractDrift(contracts: FederationContract[]): Drift[] {
  return contracts.flatMap(({ mesh, imports }) =>
    imports.flatMap((spec) => importDrift(spec, contracts).map((description) => ({ mesh: mesh.name, description }))),
  );
}

function importDrift(spec: FederationContract["imports"][number], contracts: FederationContract[]): string[] {
  const meshes = importedFrom(spec);
  const exporters = meshes.flatMap((name) => contracts.find((c) => c.mesh.name === name) ?? []);
  if (exporters.length < meshes.length || spec.gateways.length === 0) return [];
  const found = exporters.map((c) => c.exports.find((e) => e.name === spec.name));
  const missing = exporters.filter((_, i) => !found[i]).map((c) => c.mesh.name);
  if (missing.length > 0) return [`imports ${spec.name}, which ${missing.join(", ")} no longer exports`];
  const list = (values: string[]) => [...new Set(values)].sort().join(", ") || "none";
  const compared: [field: string, imported: string, published: string][] = [
    ["gateway", list(spec.gateways.map(socketAddress)), list(exporters.flatMap((c) => c.gateways.map(socketAddress)))],
    ["subjectAltNames", list(spec.subjectAltNames), list(found.flatMap((e) => e!.subjectAltNames))],
  ];
  return compared
    .filter(([, imported, published]) => imported !== published)
    .map(
      ([field, imported, published]) =>
        `import ${spec.name} uses ${field} ${imported}, ${list(meshes)} publishes ${published}`,
    );
}
