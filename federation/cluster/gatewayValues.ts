import { mergeValues } from "../config/sources.ts";
import { autoPassthroughPort, statusPort, type GatewaySelector } from "./gatewayObjects.ts";
import { smallProxyRequests, spread, type Profile } from "./profile.ts";
import type { Values } from "../config/values.ts";

/** An east-west gateway of the program's own. */
export interface ManagedGateway extends GatewaySelector {
  name: string;
  /** Istio network of the mesh. */
  network: string;
  /** Revision of the control plane whose injector fills in the pods; empty: the one without. */
  revision: string;
  /** Changes with the proxy's image, so that the pods roll. */
  proxyVersion: string;
  /** Port at which peers reach the gateway. */
  port: number;
  profile: Profile;
  /** The owner's values for chart `gateway`. */
  values: Values;
}

/**
 * Labels by which the chart's Deployment selects its pods. They are not the chart's own, whose `istio: eastwestgateway`
 * other Gateway objects select.
 */
function chartLabels(name: string) {
  return { app: name, istio: name };
}

/**
 * Values for Istio's chart `gateway`: the profile's, the owner's, and what the mesh needs, which wins.
 * `gatewayValueFindings` refuses what contradicts it. The Service is not the chart's, but `gatewayService`.
 *
 * How a roll or an eviction goes: a new pod is ready before an old one ends. The old one is not ready from the first
 * moment, takes connections for ten more seconds, while load balancers still send some, and ends when it has none, or
 * after the grace period. Source: Istio's pkg/envoy/agent.go (`terminate`).
 */
export function gatewayValues(gateway: ManagedGateway): Record<string, unknown> {
  const { service: _, ...values } = gateway.values;
  const port = (name: string, number: number) => ({ name, port: number, targetPort: number, protocol: "TCP" });
  return mergeValues(
    {
      terminationGracePeriodSeconds: 30,
      env: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true", MINIMUM_DRAIN_DURATION: "10s" },
      // `auto` is replaced after the API server has chosen a pull policy for it (Always), so choose it here.
      imagePullPolicy: "IfNotPresent",
      // A role that reads every secret of the namespace: istiod's key in `istio-system`. Passing mTLS on needs none.
      rbac: { enabled: false },
    },
    withoutReplaced(sized(gateway), values),
    values,
    {
      // The gateway sees only endpoints of its own network: two meshes that import from each other cannot loop.
      networkGateway: gateway.network,
      revision: gateway.revision,
      labels: { ...gateway.labels, ...chartLabels(gateway.name) },
      podAnnotations: { "mesh-federation.dev/proxy-version": gateway.proxyVersion },
      // The ports are those of the chart's NetworkPolicy, which its owner may switch on.
      service: { type: "None", ports: [port("status-port", statusPort), port("tls", autoPassthroughPort)] },
    },
  );
}

/**
 * How often a gateway is asked whether it is ready. Istio's template asks every 15 s: so long a pod that has started in
 * place of a dead one may stand idle, and four times as long one that answers no more gets connections.
 */
const readinessProbe = {
  httpGet: { path: "/healthz/ready", port: statusPort, scheme: "HTTP" },
  ...{ periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 4 },
};

/** Values of the gateway's profile. */
function sized({ profile, name }: ManagedGateway): Values {
  const common = { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, readinessProbe };
  if (profile === "small")
    return { ...common, autoscaling: { enabled: false }, replicaCount: 1, resources: { requests: smallProxyRequests } };
  return {
    ...common,
    autoscaling: { enabled: true, minReplicas: 2 },
    podDisruptionBudget: { maxUnavailable: 1 },
    topologySpreadConstraints: spread(chartLabels(name)),
    // What a namespace of the level `restricted` demands beyond the chart's own context.
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
  };
}

/** Defaults without mappings that the owner's replace as a whole: a merge of both would not be valid. */
function withoutReplaced(defaults: Values, values: Values): Record<string, unknown> {
  // The chart passes `strategy` on to a DaemonSet, which has no such field.
  const given = [...Object.keys(values), ...(values["kind"] === "DaemonSet" ? ["strategy"] : [])];
  const whole = ["strategy", "readinessProbe", "podDisruptionBudget", "securityContext"].filter((key) =>
    given.includes(key),
  );
  return Object.fromEntries(Object.entries(defaults).filter(([key]) => !whole.includes(key)));
}
