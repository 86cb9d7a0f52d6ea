import type { ArtifactSources } from "./sources.ts";

/** Version of MetalLB, its chart and its images; offline/lab builds the same. */
export const metallbVersion = "0.15.2";

/** Pinned official releases. `sources.json` of a lab replaces all of them. */
export const releaseSources: ArtifactSources = {
  // Digest from the notes of kind v0.33.0: a tag alone may hold the build of another kind release.
  nodeImage: "kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d",
  kubernetesVersion: "1.34.11",
  istio: {
    version: "1.30.5",
    istioMinor: "1.30",
    hub: "docker.io/istio",
    tag: "1.30.5",
    charts: { base: "base", istiod: "istiod", gateway: "gateway" },
    chartRepository: "https://blob.istio.io/istio-release/charts",
  },
  metallb: {
    version: metallbVersion,
    chart: "metallb",
    chartRepository: "https://metallb.github.io/metallb",
    values: { speaker: { frr: { enabled: false } }, frrk8s: { enabled: false } },
  },
  images: { sleep: "docker.io/curlimages/curl:8.16.0", httpbin: "docker.io/mccutchen/go-httpbin:v2.15.0" },
};

/**
 * Istio minors that this project supports. A version of another minor needs `istioMinor`, which names the minor whose
 * behavior it has. Source: https://istio.io/latest/docs/releases/supported-releases/
 */
export const supportedIstioMinors = ["1.28", "1.29", "1.30", "1.31"] as const;

export type IstioMinor = (typeof supportedIstioMinors)[number];

/** The supported minor of a version such as `1.30.2` or `1.31-alpha.abc`; undefined for any other. */
export function minorOf(version: string): IstioMinor | undefined {
  const minor = /^v?(\d+\.\d+)(?=$|[.\-+])/.exec(version)?.[1];
  return supportedIstioMinors.find((m) => m === minor);
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
