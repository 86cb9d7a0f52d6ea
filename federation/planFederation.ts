import type { SiblingMesh } from "./config/declaredMesh.ts";
import { istioValueWarnings } from "./cluster/istioValueConflicts.ts";
import { brokenImports } from "./checks/brokenImports.ts";
import { importWarnings } from "./checks/importWarnings.ts";
import type { MeshIdentity } from "./checks/peerMismatches.ts";
import { trustDomainChanges } from "./checks/trustDomainChanges.ts";
import type { MeshConfig } from "./config/readMeshConfig.ts";
import type { ContractQuarantine, ContractRoot, PendingImport, PendingTrust } from "./contract/contract.ts";
import { Findings, type Finding } from "./errors/userError.ts";
import type { ExportPlan } from "./exports/exportPlan.ts";
import { callerFindings, exportPolicy, outsiderFindings, type DenyPolicy } from "./exports/exportPolicy.ts";
import { conflictingPolicies } from "./exports/policyConflicts.ts";
import { peerRules } from "./imports/peerRules.ts";
import { resolveImports, type Peer, type ResolvedImport } from "./imports/resolveImports.ts";
import { meshTrustOf, type InstalledTrust } from "./trust/meshTrustOf.ts";
import { settingsFindings } from "./trust/istioSettings.ts";
import type { AnchoredPeer } from "./trust/peerTrust.ts";
import { statedDomainFindings } from "./trust/statedDomains.ts";
import { outsideQuarantine, planQuarantine } from "./trust/quarantine.ts";
import { acceptedTrustDomains, trustDomainsOf, type TrustDomains } from "./trust/trustDomains.ts";

/** The imports and exports of a mesh, planned before anything is created. */
export interface FederationPlan {
  identity: MeshIdentity;
  imports: ResolvedImport[];
  pending: PendingImport[];
  exports: { spec: ExportPlan; policy?: DenyPolicy | undefined }[];
  /** Peers whose roots become anchors, and peers that are not trusted yet. */
  anchored: AnchoredPeer[];
  pendingTrust: PendingTrust[];
  /** Peers that are not trusted for now, with the trust domains by which a policy denies them. */
  quarantine: ContractQuarantine[];
  /** Trust domains of this mesh and, as far as they are known, of the others. */
  trustDomains: TrustDomains;
  /** Trust domains besides its own whose callers reach this mesh's workloads. */
  acceptedTrustDomains: string[];
  /** What an existing Istio lacks to trust its peers. */
  settings: readonly Finding[];
  /** Imports of peers that the change breaks, as `allowBreaking` permits, or may break; limits of a quarantine. */
  warnings: Finding[];
}

/**
 * Plans a mesh's imports and exports from its configuration and what is known of the other meshes.
 *
 * @param own what the mesh trusts as its own
 * @param siblings the other mesh stacks of this project
 * @param peers every mesh that may export to this one or import from it, with what it published
 * @throws UserError `trust-mismatch`, `imports-mismatch` or `exports-mismatch` with a detail for everything that
 *   cannot work
 */
export function planFederation(
  config: MeshConfig,
  own: InstalledTrust,
  siblings: SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): FederationPlan {
  const quarantine = planQuarantine({ config, siblings, peers }, own.contract?.quarantine);
  const outside = outsideQuarantine({ config, siblings, peers }, quarantine.refused);
  const plan = planTrusted(outside.config, own, outside.siblings, outside.peers);
  return { ...plan, quarantine: quarantine.peers, warnings: [...quarantine.warnings, ...plan.warnings] };
}

/** Plans imports and exports with the peers that are not in quarantine. */
function planTrusted(
  config: MeshConfig,
  own: InstalledTrust,
  siblings: SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): Omit<FederationPlan, "quarantine"> {
  const domains = trustDomainsOf(config, siblings, peers);
  const accepted = acceptedTrustDomains(config.exports, domains, config.mesh.acceptedTrustDomains);
  const trust = meshTrustOf(config, own, siblings, peers);
  const identity = { ...identityOf(config, trust.roots, siblings, peers), trusts: trust.trusts };
  const rules = peerRules(config, siblings);
  const { imports: wanted, importRules } = config;
  const { imports, pending } = resolveImports(wanted, peers, identity, rules, trust.waiting, importRules);
  const exports = config.exports.map((spec) => ({ spec, policy: exportPolicy(spec, domains, accepted) }));

  const contracts = [...peers.values()].flatMap((peer) => (peer.state === "up" ? [peer.contract] : []));
  const broken = [
    ...brokenImports(config.mesh.name, config.exports, contracts),
    ...trustDomainChanges(config.mesh.name, config.exports, domains, identity.acceptedTrustDomains, contracts),
  ];
  const isAllowed = (name: string): boolean => config.allowBreaking.includes(name);

  const findings = new Findings();
  for (const spec of config.exports) {
    findings.addAll(callerFindings(spec, domains));
    findings.addAll(outsiderFindings(spec, domains, accepted));
    findings.addAll(unacceptedImporters(spec, config, domains));
  }
  findings.addAll(statedDomainFindings(config, siblings, peers));
  findings.addAll(conflictingPolicies(exports));
  findings.addAll(broken.filter(({ name }) => !isAllowed(name)).map(({ finding }) => finding));
  findings.throwIfAny("exports-mismatch", {
    subject: `mesh "${config.mesh.name}"`,
    problem: "its exports cannot be created as configured",
    remedy: "Change the exports, or the imports of the peers",
  });
  return {
    identity,
    imports,
    pending,
    exports,
    anchored: trust.anchored,
    pendingTrust: trust.pending,
    trustDomains: domains,
    acceptedTrustDomains: accepted,
    settings: own.istio ? settingsFindings(trust.anchored, accepted, own.istio, own.now) : [],
    warnings: [
      ...trust.warnings,
      ...istioValueWarnings(config),
      ...broken
        .filter(({ name }) => isAllowed(name))
        .map(({ finding }) => ({ ...finding, remedy: "allowBreaking lists it, so the change is not refused" })),
      ...importWarnings(config.mesh.name, config.exports, contracts),
    ],
  };
}

/** Importers that an existing Istio rejects: this program cannot configure it to accept their trust domains. */
function unacceptedImporters(
  spec: ExportPlan,
  { mesh: { acceptedTrustDomains: accepted }, istio }: MeshConfig,
  { own, ofMeshes }: TrustDomains,
): Finding[] {
  if (istio.provider === "managed") return [];
  return spec.to.flatMap((mesh): Finding[] => {
    const domain = ofMeshes.get(mesh);
    if (domain === undefined || domain === own || accepted.includes(domain)) return [];
    return [
      {
        code: "trust-domain-not-accepted",
        subject: `export "${spec.name}"`,
        problem:
          `mesh "${mesh}" has trust domain ${domain}, which this mesh's existing Istio ` +
          `(trust domain ${own}) does not accept`,
        remedy: "Add it to meshConfig.caCertificates[].trustDomains there, then to mesh.acceptedTrustDomains",
      },
    ];
  });
}

/**
 * The identity that a mesh publishes. A managed Istio accepts the trust domains of the importers, an existing one those
 * in `mesh.acceptedTrustDomains`.
 *
 * @param roots those in the mesh's own bundle; empty where they are not known
 * @param siblings the other mesh stacks of this project
 * @param peers every mesh that may import from this one, with what it published
 */
export function identityOf(
  config: MeshConfig,
  roots: ContractRoot[],
  siblings: SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): MeshIdentity {
  const { slot: _slot, locality, acceptedTrustDomains: declared, ...names } = config.mesh;
  const accepted =
    config.istio.provider === "managed"
      ? acceptedTrustDomains(config.exports, trustDomainsOf(config, siblings, peers), declared)
      : declared;
  return {
    ...names,
    acceptedTrustDomains: accepted,
    istioVersion: config.istioVersion,
    istioMinor: config.istioMinor,
    locality: `${locality.region}/${locality.zone}`,
    roots,
    trusts: {},
  };
}
