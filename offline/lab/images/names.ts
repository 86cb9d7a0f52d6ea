import { metallbVersion } from "../../../federation/config/versions.ts";

/** Versions of everything the lab builds. Where one is also a Go module's, its go.mod says the same. */
export const VERSIONS = {
  kubernetes: "1.34.4",
  /** What kubeadm of that Kubernetes asks for: the version, then a packaging number. */
  etcd: "3.6.5",
  coredns: "1.15.0",
  metallb: metallbVersion,
  /** Built from a commit after 1.30, so it calls itself 1.31. */
  istio: "1.31-lab",
  istioMinor: "1.31",
  envoy: "1.40.0",
  httpbin: "0.10.4",
} as const;

/** Where the lab's own images pretend to come from; no such host exists, so nothing is ever pulled. */
export const HUB = "lab.local";

const kubernetes = <N extends string>(name: N): string => `registry.k8s.io/${name}:v${VERSIONS.kubernetes}`;

/** Every image of the lab by its full name. Those of Kubernetes carry the names kubeadm asks for. */
export const IMAGES = {
  node: `${HUB}/node:v${VERSIONS.kubernetes}`,
  kubernetes: {
    "kube-apiserver": kubernetes("kube-apiserver"),
    "kube-controller-manager": kubernetes("kube-controller-manager"),
    "kube-scheduler": kubernetes("kube-scheduler"),
    "kube-proxy": kubernetes("kube-proxy"),
  },
  etcd: `registry.k8s.io/etcd:${VERSIONS.etcd}-0`,
  // The tag is the one kubeadm 1.34 asks for; the server inside says which version it is (`coredns -version`).
  coredns: "registry.k8s.io/coredns/coredns:v1.12.1",
  pause: "registry.k8s.io/pause:3.10.1",
  labnet: `${HUB}/labnet:1`,
  metallbController: `${HUB}/metallb/controller:${VERSIONS.metallb}`,
  metallbSpeaker: `${HUB}/metallb/speaker:${VERSIONS.metallb}`,
  istioHub: `${HUB}/istio`,
  pilot: `${HUB}/istio/pilot:${VERSIONS.istio}`,
  proxy: `${HUB}/istio/proxyv2:${VERSIONS.istio}`,
  /** Istio's own test server and client. */
  echo: `${HUB}/istio/echo:${VERSIONS.istio}`,
  curl: `${HUB}/curl:1`,
  httpbin: `${HUB}/httpbin:${VERSIONS.httpbin}`,
} as const;
