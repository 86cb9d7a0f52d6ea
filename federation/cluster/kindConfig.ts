import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { defaultClusterDomain } from "../config/defaults.ts";

/** What decides a KinD cluster; a change of any of it makes a new cluster. */
export interface KindClusterSpec {
  name: string;
  podSubnet: string;
  serviceSubnet: string;
  nodeImage: string;
  kubernetesVersion: string;
  region: string;
  zone: string;
  /** DNS domain of the cluster. Default: cluster.local. */
  clusterDomain?: string | undefined;
  /** Nodes besides the one of the control plane, default 0. */
  workers?: number | undefined;
}

/** The cluster domain, where it is not the default one: a cluster of the default one stays as it was. */
function otherDomain({ clusterDomain = defaultClusterDomain }: KindClusterSpec): string[] {
  return clusterDomain === defaultClusterDomain ? [] : [clusterDomain];
}

/** Pods run on every node: without the taint of a control plane, two nodes are enough to drain one. */
const untainted = { kind: "InitConfiguration", nodeRegistration: { taints: [] } };

/**
 * The KinD configuration file of a cluster. https://kind.sigs.k8s.io/docs/user/configuration/
 *
 * KinD has no field for the cluster domain; kubeadm's `networking.dnsDomain` gives it to CoreDNS and the kubelets.
 * https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-Networking
 */
export function kindConfig(spec: KindClusterSpec): string {
  const { workers = 0 } = spec;
  const node = {
    image: spec.nodeImage,
    // Istio reads a workload's locality from its node's labels.
    labels: { "topology.kubernetes.io/region": spec.region, "topology.kubernetes.io/zone": spec.zone },
  };
  return stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: spec.name,
    networking: { ipFamily: "ipv4", podSubnet: spec.podSubnet, serviceSubnet: spec.serviceSubnet },
    ...Object.fromEntries(
      otherDomain(spec).map((dnsDomain) => [
        "kubeadmConfigPatches",
        [stringify({ kind: "ClusterConfiguration", networking: { dnsDomain } })],
      ]),
    ),
    nodes: [
      { role: "control-plane", ...node, ...(workers > 0 ? { kubeadmConfigPatches: [stringify(untainted)] } : {}) },
      ...Array.from({ length: workers }, () => ({ role: "worker", ...node })),
    ],
  });
}

/** `<name>-<hash>` of everything that forces a new cluster: same text, same cluster. */
export function clusterIdentifier(spec: KindClusterSpec): string {
  const forcing = [
    spec.name,
    spec.podSubnet,
    spec.serviceSubnet,
    spec.nodeImage,
    spec.kubernetesVersion,
    spec.region,
    spec.zone,
    ...otherDomain(spec),
    // A cluster of one node has the identifier that it had before there were others.
    ...(spec.workers ? [String(spec.workers)] : []),
  ];
  return `${spec.name}-${shortHash(...forcing)}`;
}

/** First ten hexadecimal digits of a SHA-256 over the parts. */
export function shortHash(...parts: string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 10);
}
