import { brokenImports } from "./checks/brokenImports.ts";
import type { PendingImport } from "./contract/contract.ts";
import type { ExportPlan } from "./exports/exportPlan.ts";
import { callerProblems, clashingPolicies, exportPolicy, type DenyPolicy } from "./exports/exportPolicy.ts";
import type { MeshIdentity } from "./checks/peerMismatches.ts";
import { Problems } from "./errors/problem.ts";
import type { MeshConfig, Neighbour } from "./config/readMeshConfig.ts";
import { resolveImports, type Peer, type ResolvedImport } from "./imports/resolveImports.ts";
import { acceptedTrustDomains, type TrustDomains } from "./trust/trustDomains.ts";

/** What a mesh does for the federation, worked out before anything is created. */
export interface FederationPlan {
  identity: MeshIdentity;
  imports: ResolvedImport[];
  pending: PendingImport[];
  exports: { spec: ExportPlan; policy?: DenyPolicy | undefined }[];
  /** What is going to happen that somebody should know, one sentence each. */
  warnings: string[];
}

/**
 * Plans a mesh's imports and exports from its configuration and what is known of the others.
 *
 * @param roots SHA-256 of the mesh's root certificates; empty where they are not known
 * @param neighbours the other mesh stacks of this project
 * @param peers every mesh that may export to this one or import from it, with what it published
 * @throws Problem for whatever cannot work, naming both sides and what to change
 */
export function planFederation(
  config: MeshConfig,
  roots: string[],
  neighbours: Neighbour[],
  peers: ReadonlyMap<string, Peer>,
): FederationPlan {
  const domains = trustDomainsOf(config, neighbours, peers);
  const accepted = acceptedTrustDomains(config.exports, domains, config.mesh.acceptedTrustDomains);
  const identity = identityOf(config, roots, neighbours, peers);
  const { imports, pending } = resolveImports(config.imports, peers, identity);
  const exports = config.exports.map((spec) => ({ spec, policy: exportPolicy(spec, domains, accepted) }));

  const problems = new Problems();
  for (const spec of config.exports) {
    for (const p of callerProblems(spec, domains)) problems.add(`export "${spec.name}": ${p}`);
    for (const p of distrustedImporters(spec, config, domains)) problems.add(`export "${spec.name}": ${p}`);
  }
  clashingPolicies(exports).forEach((p) => problems.add(p));
  const contracts = [...peers.values()].flatMap((peer) => (peer.state === "up" ? [peer.contract] : []));
  const broken = brokenImports(config.mesh.name, config.exports, contracts);
  const allowed = (name: string): boolean => config.allowBreaking.includes(name);
  broken.filter((b) => !allowed(b.name)).forEach((b) => problems.add(b.message));
  problems.throwIfAny(`the exports of mesh "${config.mesh.name}" cannot be made so:`);
  return {
    identity,
    imports,
    pending,
    exports,
    warnings: broken.filter((b) => allowed(b.name)).map((b) => `${b.message} (it is listed, so this goes ahead)`),
  };
}

/** Importers whose calls an existing Istio would refuse: nobody else can tell it to accept their trust domain. */
function distrustedImporters(spec: ExportPlan, config: MeshConfig, { own, ofMeshes }: TrustDomains): string[] {
  if (config.istio.provider === "managed") return [];
  return spec.to.flatMap((mesh) => {
    const domain = ofMeshes.get(mesh);
    return domain === undefined || domain === own || config.mesh.acceptedTrustDomains.includes(domain)
      ? []
      : [
          `mesh "${mesh}" has trust domain ${domain}, which this mesh's existing Istio (${own}) does not accept; add it to meshConfig.caCertificates[].trustDomains there, then to mesh.acceptedTrustDomains`,
        ];
  });
}

/** Trust domains of the other meshes: as their files, this mesh's `peers` or their contracts say, in that order. */
function trustDomainsOf(config: MeshConfig, neighbours: Neighbour[], peers: ReadonlyMap<string, Peer>): TrustDomains {
  const known = new Map<string, string>();
  for (const [name, peer] of peers) if (peer.state === "up") known.set(name, peer.contract.mesh.trustDomain);
  for (const [name, { trustDomain }] of Object.entries(config.peers)) if (trustDomain) known.set(name, trustDomain);
  for (const { name, trustDomain } of neighbours) if (trustDomain) known.set(name, trustDomain);
  return { own: config.mesh.trustDomain, ofMeshes: known };
}

/**
 * What the mesh tells its peers about itself. A managed Istio accepts the trust domains of its importers, an existing one
 * those that its configuration names.
 *
 * @param roots SHA-256 of the mesh's root certificates; empty where they are not known
 * @param neighbours the other mesh stacks of this project
 * @param peers every mesh that may import from this one, with what it published
 */
export function identityOf(
  config: MeshConfig,
  roots: string[],
  neighbours: Neighbour[],
  peers: ReadonlyMap<string, Peer>,
): MeshIdentity {
  const { slot: _slot, locality, acceptedTrustDomains: declared, ...names } = config.mesh;
  const accepted =
    config.istio.provider === "managed"
      ? acceptedTrustDomains(config.exports, trustDomainsOf(config, neighbours, peers), declared)
      : declared;
  return {
    ...names,
    acceptedTrustDomains: accepted,
    istioVersion: config.istioVersion,
    istioMinor: config.istioMinor,
    locality: `${locality.region}/${locality.zone}`,
    roots,
  };
}
