import type { SiblingMesh } from "../config/declaredMesh.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import { hasSourceTrustDomains } from "../config/versions.ts";
import type { ExportPlan } from "../exports/exportPlan.ts";
import type { Peer } from "../imports/resolveImports.ts";

/** What is known of the trust domains around a mesh. */
export interface TrustDomains {
  /** The mesh's own. */
  own: string;
  /** Those of other meshes, by mesh name, as far as they are known. */
  ofMeshes: ReadonlyMap<string, string>;
  /** Whether the mesh's policies can name a trust domain literally (Istio 1.30 and later). Default: false. */
  literal?: boolean;
}

/**
 * Trust domains of the other meshes: from their stack files, this mesh's `peers`, or their contracts, in that order.
 */
export function trustDomainsOf(
  config: Pick<MeshConfig, "mesh" | "peers" | "istioMinor">,
  siblings: readonly SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): TrustDomains {
  const known = new Map<string, string>();
  for (const [name, peer] of peers) if (peer.state === "up") known.set(name, peer.contract.mesh.trustDomain);
  for (const [name, { trustDomain }] of Object.entries(config.peers)) if (trustDomain) known.set(name, trustDomain);
  for (const { name, trustDomain } of siblings) if (trustDomain) known.set(name, trustDomain);
  return { own: config.mesh.trustDomain, ofMeshes: known, literal: hasSourceTrustDomains(config.istioMinor) };
}

/** Trust domains whose callers the mesh's workloads must accept in a TLS handshake besides its own, sorted. */
export function acceptedTrustDomains(
  exports: Pick<ExportPlan, "to">[],
  { own, ofMeshes }: TrustDomains,
  declared: string[] = [],
): string[] {
  const needed = exports.flatMap((e) => e.to.flatMap((mesh) => ofMeshes.get(mesh) ?? []));
  return [...new Set([...needed, ...declared])].filter((domain) => domain !== own).sort();
}
