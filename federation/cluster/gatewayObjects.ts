import { federationLabels } from "../objects/labels.ts";

/** Port on which an east-west gateway takes mTLS from other networks. */
export const autoPassthroughPort = 15443;

/** What an Istio Gateway object needs to know of the gateway that serves it. */
export interface GatewaySelector {
  namespace: string;
  /** Labels that select the gateway's pods; the Gateway object's `selector`. */
  labels: Record<string, string>;
}

/**
 * Labels that select the pods of a managed gateway. They are this project's own: `istio: eastwestgateway` is what other
 * Gateway objects select, and each of two gateways would take over the other's.
 */
export function managedGatewayLabels(name: string): Record<string, string> {
  return { "mesh-federation.dev/gateway": name };
}

/** An east-west gateway of the program's own. */
export interface GatewayIdentity extends GatewaySelector {
  name: string;
  /** Istio network of the mesh. */
  network: string;
}

/**
 * Service of type LoadBalancer in front of the gateway: status, cross-network mTLS, and the two control-plane ports.
 */
export function gatewayService(gateway: GatewayIdentity) {
  const port = (name: string, number: number) => ({ name, port: number, targetPort: number, protocol: "TCP" });
  return {
    metadata: {
      name: gateway.name,
      namespace: gateway.namespace,
      labels: {
        ...gateway.labels,
        app: gateway.name,
        "topology.istio.io/network": gateway.network,
        ...federationLabels("gateway", gateway.name),
      },
    },
    spec: {
      type: "LoadBalancer",
      selector: gateway.labels,
      ports: [
        port("status-port", 15021),
        port("tls", autoPassthroughPort),
        port("tls-istiod", 15012),
        port("tls-webhook", 15017),
      ],
    },
  };
}

/** Deployment of the gateway proxy; Istio's injector fills in image and configuration (template `gateway`). */
export function gatewayDeployment(gateway: GatewayIdentity) {
  return {
    metadata: {
      name: gateway.name,
      namespace: gateway.namespace,
      labels: { ...gateway.labels, ...federationLabels("gateway", gateway.name) },
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: gateway.labels },
      template: {
        metadata: {
          annotations: { "inject.istio.io/templates": "gateway" },
          labels: {
            ...gateway.labels,
            "sidecar.istio.io/inject": "true",
            "topology.istio.io/network": gateway.network,
          },
        },
        spec: {
          serviceAccountName: gateway.name,
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name: "istio-proxy",
              image: "auto",
              // `auto` is replaced after the API server has chosen a pull policy for it (Always), so choose it here.
              imagePullPolicy: "IfNotPresent",
              // The gateway sees only endpoints of its own network: two meshes that import from each other cannot loop.
              env: [{ name: "ISTIO_META_REQUESTED_NETWORK_VIEW", value: gateway.network }],
              resources: { requests: { cpu: "10m", memory: "40Mi" } },
            },
          ],
        },
      },
    },
  };
}
