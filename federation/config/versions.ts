import type { Sources } from "./sources.ts";

/** What a machine with internet access uses: official releases, pinned. `sources.json` of a lab replaces all of it. */
export const releaseSources: Sources = {
  // Digest from the notes of kind v0.33.0: a tag alone may hold the build of another kind release.
  nodeImage: "kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d",
  kubernetesVersion: "1.34.11",
  istio: {
    version: "1.30.5",
    istioMinor: "1.30",
    hub: "docker.io/istio",
    tag: "1.30.5",
    charts: { base: "base", istiod: "istiod" },
    chartRepository: "https://blob.istio.io/istio-release/charts",
  },
  metallb: {
    version: "0.15.2",
    chart: "metallb",
    chartRepository: "https://metallb.github.io/metallb",
    values: { speaker: { frr: { enabled: false } }, frrk8s: { enabled: false } },
  },
  images: { sleep: "docker.io/curlimages/curl:8.16.0", httpbin: "docker.io/mccutchen/go-httpbin:v2.15.0" },
};
