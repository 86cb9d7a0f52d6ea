import { labelName } from "../objects/names.ts";

/** Trust domain of a mesh that names none, as Istio has it. */
export const defaultTrustDomain = "cluster.local";

/** Cluster domain of a mesh that names none, as Kubernetes and Istio have it. */
export const defaultClusterDomain = "cluster.local";

/** Number of parts into which the node network is divided for load-balancer pools. */
export const defaultSlots = 4;

/** Names of a mesh that its stack file leaves out; each follows from the mesh's name. */
export function defaultNames(mesh: string): { meshId: string; cluster: string; network: string } {
  return { meshId: labelName(`${mesh}-mesh`), cluster: mesh, network: labelName(`network-${mesh}`) };
}

/** Locality of the nodes of a mesh that names none. */
export function defaultLocality(mesh: string): { region: string; zone: string } {
  return { region: mesh, zone: labelName(`${mesh}-1`) };
}

/** Load balancer of a mesh that names none: a KinD cluster has no other. */
export function defaultLoadBalancer(clusterProvider: unknown) {
  return clusterProvider === "kind"
    ? ({ provider: "metallb", slots: defaultSlots } as const)
    : ({ provider: "none" } as const);
}

/** The trust stack of a mesh that names none. */
export const defaultTrustStack = "trust";

/** CA of a mesh that names none: that of an existing Istio is its owner's. */
export function defaultCa(istioProvider: "managed" | "existing") {
  return istioProvider === "managed"
    ? ({ provider: "shared", stack: defaultTrustStack, root: 1, key: 1 } as const)
    : ({ provider: "external" } as const);
}

/** Namespace of Istio. */
export const istioNamespace = "istio-system";

/** Name and namespace of a managed gateway. */
export const defaultGateway = { name: "istio-eastwestgateway", namespace: istioNamespace } as const;

/** Port at which peers reach a gateway whose stack file names none. */
export const defaultGatewayPort = 15443;

/** Ports of nodes that Services get unless the cluster says otherwise. */
export const defaultNodePortRange = "30000-32767";

/** Gateway of a mesh that names none: only exports need one. */
export function defaultGatewayOf(exports: number) {
  if (exports === 0) return { provider: "none" } as const;
  return { provider: "managed", ...defaultGateway, port: defaultGatewayPort, createNamespace: false } as const;
}
