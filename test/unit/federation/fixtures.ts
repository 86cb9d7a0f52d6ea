import type { ImportWithClient } from "../../../federation/imports/verificationTriggers.ts";
import { parseContract, type ContractRoot, type FederationContract } from "../../../federation/contract/contract.ts";
import { exportSpec } from "../../../federation/exports/exportConfig.ts";
import { planExport, publishedExport, type ExportPlan } from "../../../federation/exports/exportPlan.ts";
import { importSpec, type ImportConfig } from "../../../federation/imports/importConfig.ts";
import type { ImportRules } from "../../../federation/imports/importRule.ts";
import { noPeerRules } from "../../../federation/imports/peerRules.ts";
import type { MeshIdentity } from "../../../federation/checks/peerMismatches.ts";
import { resolveImports, type Peer, type ResolvedImport } from "../../../federation/imports/resolveImports.ts";

/** A mesh's identity, its names made of one. */
export function identity(name: string, more: Partial<MeshIdentity> = {}): MeshIdentity {
  return {
    name,
    meshId: `${name}-mesh`,
    cluster: name,
    network: `network-${name}`,
    trustDomain: "cluster.local",
    clusterDomain: "cluster.local",
    acceptedTrustDomains: [],
    istioVersion: "1.30.5",
    istioMinor: "1.30",
    locality: `${name}/${name}-1`,
    roots: [],
    trusts: {},
    ...more,
  };
}

/** A root whose SHA-256 repeats two digits; its text is none of a certificate. */
export function rootOf(digits: string, use: ContractRoot["use"] = "active"): ContractRoot {
  return { sha256: digits.repeat(32), pem: `root ${digits}`, use };
}

/** The smallest configuration of an export. */
export const smallestExport = {
  name: "httpbin",
  namespace: "httpbin",
  service: "httpbin",
  ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
  serviceAccounts: ["httpbin"],
  to: ["east"],
};

/** An export's plan, of the smallest configuration with some keys replaced. */
export function anExport(
  more: Record<string, unknown> = {},
  trustDomain = "cluster.local",
  clusterDomain = "cluster.local",
): ExportPlan {
  return planExport(exportSpec.parse({ ...smallestExport, ...more }), { trustDomain, clusterDomain });
}

/** What a mesh publishes. */
export function contract(
  name: string,
  exports: ExportPlan[] = [],
  more: Record<string, unknown> = {},
): FederationContract {
  const address = { address: `172.18.128.${name.length}`, port: 15443 };
  return parseContract(
    {
      version: 1,
      mesh: identity(name),
      gateways: [address],
      exports: exports.map(publishedExport),
      imports: [],
      pendingImports: [],
      ...more,
    },
    name,
  );
}

/** An import's configuration, of the smallest one with some keys replaced. */
export function anImport(more: Record<string, unknown> = {}): ImportConfig {
  return importSpec.parse({ name: "httpbin", from: "west", visibleTo: ["sleep"], ...more });
}

/** Peers that are up, by name. */
export function peersOf(...contracts: FederationContract[]): Map<string, Peer> {
  return new Map(
    contracts.map((c) => [c.mesh.name, { state: "up", stack: `organization/p/${c.mesh.name}`, contract: c }]),
  );
}

/** The one import that east makes of what the given meshes publish, with a rule where it needs one. */
export function resolved(spec: ImportConfig, ...contracts: FederationContract[]): ResolvedImport {
  return resolvedWith("whenNeeded", spec, ...contracts);
}

/** The same, with a rule in any case. */
export function resolvedWithRule(spec: ImportConfig, ...contracts: FederationContract[]): ResolvedImport {
  return resolvedWith("always", spec, ...contracts);
}

function resolvedWith(
  importRules: ImportRules,
  spec: ImportConfig,
  ...contracts: FederationContract[]
): ResolvedImport {
  const peers = peersOf(...contracts);
  const { imports, pending } = resolveImports([spec], peers, identity("east"), noPeerRules, new Map(), importRules);
  if (imports.length !== 1) throw new Error(`${imports.length} imports, pending: ${JSON.stringify(pending)}`);
  return imports[0]!;
}

/** An import of two ports with the client that verifies it. */
export const importWithClient: ImportWithClient = {
  name: "httpbin",
  from: "west",
  host: "a.b",
  namespace: "sleep",
  visibleTo: ["sleep"],
  meshes: ["west"],
  exportedHost: "a.b",
  subsets: [],
  blended: false,
  hasRule: true,
  ports: [
    { name: "http", number: 8000, protocol: "HTTP" },
    { name: "grpc", number: 9000, protocol: "GRPC" },
  ],
  subjectAltNames: ["spiffe://x/1", "spiffe://x/2"],
  gateways: [{ mesh: "west", address: "192.0.2.1", port: 15443, network: "n", locality: "r/z" }],
  client: { namespace: "sleep", serviceAccount: "sleep", app: "sleep" },
  probe: { http: { kind: "http", path: "/" } },
};
