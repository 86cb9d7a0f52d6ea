import { isMapping } from "./values.ts";

/** Charts and images of a mesh: the pinned official releases, or the builds of a lab. */
export interface ArtifactSources {
  /** KinD node image. */
  nodeImage: string;
  /** Kubernetes version of that image, without `v`. */
  kubernetesVersion: string;
  istio: {
    /** Chart version, e.g. `1.30.1`. */
    version: string;
    /** Minor whose behaviour that version has, e.g. `1.30`. */
    istioMinor: string;
    /** Image registry and prefix, e.g. `docker.io/istio`. */
    hub: string;
    /** Image tag. */
    tag: string;
    imagePullPolicy?: string;
    /** Chart names in `chartRepository`, or folders relative to the project when there is none. */
    charts: { base: string; istiod: string; gateway: string };
    /** `https://...`, or `oci://...` without the charts' names. */
    chartRepository?: string;
    /** Values for the chart `istiod` that these images need. */
    istiodValues?: Record<string, unknown>;
  };
  metallb: { version: string; chart: string; chartRepository?: string; values?: Record<string, unknown> };
  images: { sleep: string; httpbin: string };
}

/** Names of Istio's charts in a repository. A lab has them in folders. */
export const istioChartNames = { base: "base", istiod: "istiod", gateway: "gateway" } as const;

/** The charts of a mesh's Istio and where they are; those of the sources, unless the mesh names its own. */
export function istioCharts(
  own: {
    charts?: { base: string; istiod: string; gateway?: string | undefined } | undefined;
    chartRepository?: string | undefined;
  },
  { istio }: ArtifactSources,
) {
  return {
    charts: own.charts ?? (own.chartRepository === undefined ? istio.charts : istioChartNames),
    chartRepository: own.chartRepository ?? (own.charts ? undefined : istio.chartRepository),
  };
}

/** Whether a chart or a chart repository is in an OCI registry. */
export function isOci(address: string): boolean {
  return address.startsWith("oci://");
}

/**
 * How Helm finds a chart of a repository. One of an OCI registry has no repository: its address has all.
 * https://helm.sh/docs/topics/registries/#using-an-oci-based-registry
 */
export function chartReference(
  chart: string,
  repository: string,
): { chart: string; repositoryOpts?: { repo: string } } {
  return isOci(repository)
    ? { chart: `${repository.replace(/\/+$/, "")}/${chart}` }
    : { chart, repositoryOpts: { repo: repository } };
}

/** Deep merge of plain objects; the later one wins, arrays and scalars are replaced whole. */
export function mergeValues(...layers: (Record<string, unknown> | undefined)[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const layer of layers)
    for (const [key, value] of Object.entries(layer ?? {}))
      result[key] = isMapping(result[key]) && isMapping(value) ? mergeValues(result[key], value) : value;
  return result;
}
