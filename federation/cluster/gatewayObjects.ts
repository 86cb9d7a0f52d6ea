/** Port on which an east-west gateway takes mTLS from other networks. */
export const autoPassthroughPort = 15443;

/** Port on which a gateway's agent answers health checks. */
export const statusPort = 15021;

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
