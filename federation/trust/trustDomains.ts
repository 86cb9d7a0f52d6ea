import type { ExportPlan } from "../exports/exportPlan.ts";

/** What is known of the trust domains around a mesh. */
export interface TrustDomains {
  /** The mesh's own. */
  own: string;
  /** Those of other meshes, by mesh name, as far as they are known. */
  ofMeshes: ReadonlyMap<string, string>;
  /** Whether the mesh's policies can name a trust domain literally (Istio 1.30 and later). Default: false. */
  literal?: boolean;
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
