import { istioChartNames, type ArtifactSources } from "./sources.ts";

/**
 * The Istio minors that this project supports, each with its newest release that was announced when this was written.
 * Its charts are in the chart repositories below, its images at docker.io/istio. The only place of these versions.
 * https://istio.io/latest/news/releases/, https://istio.io/latest/blog/2026/retirement-of-gcp/
 */
export const istioReleases = { "1.28": "1.28.10", "1.29": "1.29.8", "1.30": "1.30.5", "1.31": "1.31.1" } as const;

/** A supported minor of Istio. */
export type IstioMinor = keyof typeof istioReleases;

/** The minor that a managed Istio gets where its stack file names neither version nor minor. */
const defaultIstioMinor = "1.30" satisfies IstioMinor;

/** Where the charts of every release are: as a repository, and as an OCI registry. */
export const istioChartRepositories = {
  https: "https://blob.istio.io/istio-release/charts",
  oci: "oci://ghcr.io/istio/release/charts",
} as const;

/** The same for MetalLB. https://github.com/metallb/metallb/blob/v0.15.3/.github/workflows/publish.yaml */
export const metallbChartRepositories = {
  https: "https://metallb.github.io/metallb",
  oci: "oci://quay.io/metallb/chart",
} as const;

/** Version of MetalLB, its chart and its images; offline/lab builds the same. */
export const metallbVersion = "0.15.3";

/** Pinned official releases. `sources.json` of a lab replaces all of them. */
export const releaseSources: ArtifactSources = {
  // Digest from the notes of kind v0.33.0: a tag alone may hold the build of another kind release.
  nodeImage: "kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d",
  kubernetesVersion: "1.34.11",
  istio: {
    version: istioReleases[defaultIstioMinor],
    istioMinor: defaultIstioMinor,
    hub: "docker.io/istio",
    tag: istioReleases[defaultIstioMinor],
    charts: istioChartNames,
    chartRepository: istioChartRepositories.https,
  },
  metallb: {
    version: metallbVersion,
    chart: "metallb",
    chartRepository: metallbChartRepositories.https,
    values: { speaker: { frr: { enabled: false } }, frrk8s: { enabled: false } },
  },
  images: { sleep: "docker.io/curlimages/curl:8.16.0", httpbin: "docker.io/mccutchen/go-httpbin:v2.15.0" },
};

/**
 * Istio minors that this project supports. A version of another minor needs `istioMinor`, which names the minor whose
 * behavior it has. Source: https://istio.io/latest/docs/releases/supported-releases/
 */
export const supportedIstioMinors = Object.keys(istioReleases) as [IstioMinor, ...IstioMinor[]];

/** The supported minor of a version such as `1.30.2` or `1.31-alpha.abc`; undefined for any other. */
export function minorOf(version: string): IstioMinor | undefined {
  const minor = /^v?(\d+\.\d+)(?=$|[.\-+])/.exec(version)?.[1];
  return supportedIstioMinors.find((m) => m === minor);
}

/**
 * The version of a managed Istio of which a stack file names the minor alone; undefined where the sources have no other
 * version than their own: a lab.
 */
export function releaseOf(minor: IstioMinor | undefined, { istio }: ArtifactSources): string | undefined {
  if (minor === undefined || minor === istio.istioMinor || istio.chartRepository === undefined) return undefined;
  return istioReleases[minor];
}

/**
 * Whether AuthorizationPolicies of a minor have `source.trustDomains`, which matches a trust domain literally.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/security/authz/model/generator.go
 */
export function hasSourceTrustDomains(minor: string): boolean {
  return Number(minor.split(".")[1]) >= 30;
}

/**
 * Number of minors by which two federated meshes may differ. Istio has no rule for meshes with separate control planes;
 * this is the skew that it supports between a control plane and its proxies.
 * https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew
 */
export const supportedSkew = 2;
