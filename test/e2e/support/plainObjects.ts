import { sampleObjects } from "../../../federation/cluster/sampleObjects.ts";

/** Names of every mesh that is installed without this project: owners who follow the same guide choose the same. */
export const plainNames = { cluster: "Kubernetes", network: "network1", meshId: "mesh1" };

/** Port of the east-west gateway on the node. */
export const gatewayPort = 31443;

/** A sample application without anything of the federation. */
export function application(kind: "sleep" | "httpbin", image: string): unknown[] {
  const { account, service, deployment } = sampleObjects(kind, image);
  return [
    { apiVersion: "v1", kind: "ServiceAccount", ...account },
    { apiVersion: "v1", kind: "Service", ...service },
    { apiVersion: "apps/v1", kind: "Deployment", ...deployment },
  ];
}

/** Labels by which a control plane injects the pods of a namespace. */
export function injectionLabels({ revision }: { revision?: string }): Record<string, string> {
  return revision === undefined ? { "istio-injection": "enabled" } : { "istio.io/rev": revision };
}

/**
 * Istio's `cross-network-gateway` for hosts, on the pods of the east-west gateway.
 * https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/
 */
export function crossNetworkGateway(hosts: string[]): object {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name: "cross-network-gateway", namespace: "istio-system" },
    spec: {
      selector: { istio: "eastwestgateway" },
      servers: [{ port: { number: 15443, name: "tls", protocol: "TLS" }, hosts, tls: { mode: "AUTO_PASSTHROUGH" } }],
    },
  };
}

/** An injected east-west gateway on a port of the node, with the Gateway object of a mesh that has one. */
export function gateway({
  revision,
  crossNetworkHosts,
}: {
  revision?: string;
  crossNetworkHosts?: string[];
}): unknown[] {
  const labels = { istio: "eastwestgateway", app: "eastwestgateway", "topology.istio.io/network": plainNames.network };
  const metadata = { name: "eastwestgateway", namespace: "istio-system", labels };
  const container = {
    name: "istio-proxy",
    image: "auto",
    imagePullPolicy: "IfNotPresent",
    env: [{ name: "ISTIO_META_REQUESTED_NETWORK_VIEW", value: plainNames.network }],
  };
  const template = {
    metadata: {
      labels: {
        ...labels,
        "sidecar.istio.io/inject": "true",
        ...(revision === undefined ? {} : { "istio.io/rev": revision }),
      },
      annotations: { "inject.istio.io/templates": "gateway" },
    },
    spec: { serviceAccountName: "eastwestgateway", containers: [container] },
  };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        type: "NodePort",
        selector: { istio: "eastwestgateway" },
        ports: [{ name: "tls", port: 15443, targetPort: 15443, nodePort: gatewayPort }],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { selector: { matchLabels: { istio: "eastwestgateway" } }, template },
    },
    ...(crossNetworkHosts ? [crossNetworkGateway(crossNetworkHosts)] : []),
  ];
}
