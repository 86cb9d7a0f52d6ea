import { trustDomainsInValues } from "../cluster/istioValueConflicts.ts";
import { planExport, type ExportPlan } from "../exports/exportPlan.ts";
import { checkMeshConfig } from "./checkMeshConfig.ts";
import type { SiblingMesh } from "./declaredMesh.ts";
import { defaultCa, defaultGatewayOf, defaultLoadBalancer, defaultLocality, defaultNames } from "./defaults.ts";
import { readChecked } from "./fields.ts";
import { meshConfigSchema, type RawMeshConfig } from "./meshSchema.ts";
import type { ArtifactSources } from "./sources.ts";
import { minorOf, releaseOf } from "./versions.ts";

/** A mesh stack's configuration, checked and complete. */
export interface MeshConfig extends Omit<RawMeshConfig, "mesh" | "ca" | "gateway" | "loadBalancer" | "exports"> {
  mesh: {
    name: string;
    meshId: string;
    cluster: string;
    network: string;
    trustDomain: string;
    clusterDomain: string;
    /** Those declared, and those that the user's values for a managed Istio accept. */
    acceptedTrustDomains: string[];
    slot?: number;
    locality: { region: string; zone: string };
  };
  ca: NonNullable<RawMeshConfig["ca"]>;
  gateway: NonNullable<RawMeshConfig["gateway"]>;
  loadBalancer: NonNullable<RawMeshConfig["loadBalancer"]>;
  exports: ExportPlan[];
  /** Version and minor of the mesh's Istio, from the configuration or the sources. */
  istioVersion: string;
  istioMinor: string;
}

/**
 * Checks a mesh stack's configuration and fills in the defaults.
 *
 * @param raw values of the stack's configuration keys, without the project prefix
 * @param stack the stack's name; default of the mesh's name
 * @param sources charts and images: default of the Istio version, and the Kubernetes versions that nodes can have
 * @param siblings the other mesh stacks of this project, to find duplicate names and overlapping pools
 * @throws UserError `config-invalid` with a detail for each wrong key
 */
export function readMeshConfig(
  raw: Record<string, unknown>,
  stack: string,
  sources: ArtifactSources,
  siblings: SiblingMesh[] = [],
): MeshConfig {
  const data = readChecked(meshConfigSchema, raw, stack);
  const istio = withVersion(data.istio, sources);
  const name = data.mesh.name ?? stack;
  const names = defaultNames(name);
  const config: MeshConfig = {
    ...data,
    istio,
    mesh: {
      name,
      meshId: data.mesh.meshId ?? names.meshId,
      cluster: data.mesh.cluster ?? names.cluster,
      network: data.mesh.network ?? names.network,
      trustDomain: data.mesh.trustDomain,
      clusterDomain: data.mesh.clusterDomain,
      acceptedTrustDomains: [...new Set([...data.mesh.acceptedTrustDomains, ...trustDomainsInValues(istio)])],
      slot: data.mesh.slot,
      locality: data.mesh.locality ?? defaultLocality(name),
    },
    ca: data.ca ?? defaultCa(istio.provider),
    gateway: data.gateway ?? defaultGatewayOf(data.exports.length),
    loadBalancer: data.loadBalancer ?? defaultLoadBalancer(data.cluster.provider),
    exports: data.exports.map((spec) => planExport(spec, data.mesh)),
    istioVersion: istio.version ?? sources.istio.version,
    istioMinor: istio.istioMinor ?? (istio.version ? minorOf(istio.version) : undefined) ?? sources.istio.istioMinor,
  };
  checkMeshConfig(config, stack, sources, siblings);
  return config;
}

/** The keys of Istio, with the version of a minor that is named alone. Charts of one's own have one of their own. */
function withVersion(istio: RawMeshConfig["istio"], sources: ArtifactSources): RawMeshConfig["istio"] {
  if (istio.provider === "existing" || istio.version !== undefined || istio.charts) return istio;
  const version = releaseOf(istio.istioMinor, sources);
  return version === undefined ? istio : { ...istio, version };
}
