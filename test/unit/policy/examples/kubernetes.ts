import type { Resource } from "../../../../policy/rule.ts";

/** Resources that keep to a rule, and such that do not. */
export interface Example {
  rule: string;
  what: string;
  violates: Resource[];
  passes: Resource[];
  says: RegExp;
}

/** A Kubernetes object as a resource. */
export function object(type: string, name: string, more: Record<string, any>, stack = "west"): Resource {
  const { namespace = "istio-system", labels, annotations, ...props } = more;
  return {
    type: `kubernetes:${type}`,
    name,
    stack,
    props: { metadata: { name, namespace, labels, annotations }, ...props },
  };
}

export const host = "httpbin.httpbin.svc.cluster.local";
export const sleep = "cluster.local/ns/sleep/sa/sleep";
export const sans = ["spiffe://cluster.local/ns/httpbin/sa/httpbin"];

/** An east-west gateway that passes hosts through. */
export const gateway = (hosts: string[], more: Record<string, any> = {}, server: Record<string, unknown> = {}) =>
  object("networking.istio.io/v1:Gateway", "export-httpbin", {
    spec: { servers: [{ port: { number: 15443 }, hosts, tls: { mode: "AUTO_PASSTHROUGH" }, ...server }] },
    ...more,
  });

/** The same by the Gateway API. */
export const listener = (
  hostname: string | undefined,
  more: Record<string, unknown> = {},
  spec: Record<string, unknown> = {},
) =>
  object("gateway.networking.k8s.io/v1:Gateway", "export-httpbin", {
    spec: {
      gatewayClassName: "istio",
      listeners: [
        {
          name: "tls",
          port: 15443,
          protocol: "TLS",
          hostname,
          tls: { mode: "Passthrough", options: { "gateway.istio.io/listener-protocol": "auto-passthrough" } },
          ...more,
        },
      ],
      ...spec,
    },
  });

/** Listeners that a set adds to a Gateway. */
export const listenerSet = (type: string, hostname: string | undefined) =>
  object(type, "export-httpbin", {
    spec: {
      parentRef: { name: "gateway" },
      listeners: [{ name: "tls", port: 443, protocol: "TLS", hostname, tls: { mode: "Passthrough" } }],
    },
  });

export const entry = (spec: Record<string, unknown>) =>
  object("networking.istio.io/v1:ServiceEntry", "import-west-httpbin", {
    namespace: "sleep",
    spec: {
      hosts: [host],
      location: "MESH_INTERNAL",
      resolution: "STATIC",
      endpoints: [{ address: "192.0.2.1", network: "network-west" }],
      ...spec,
    },
  });
export const destinationRule = (trafficPolicy: unknown, more: Record<string, unknown> = {}) =>
  object("networking.istio.io/v1:DestinationRule", "httpbin", {
    namespace: "sleep",
    spec: { host, trafficPolicy, ...more },
  });
export const policy = (spec: unknown, more: Record<string, any> = {}) =>
  object("security.istio.io/v1:AuthorizationPolicy", "httpbin", { namespace: "httpbin", spec, ...more });
export const service = (selector: Record<string, string>, more: Record<string, unknown> = {}) =>
  object("core/v1:Service", "httpbin", {
    namespace: "httpbin",
    spec: { selector, ports: [{ port: 8000, targetPort: 8080 }], ...more },
  });
export const deployment = (labels: Record<string, string>) =>
  object("apps/v1:Deployment", `httpbin-${labels["version"]}`, {
    namespace: "httpbin",
    spec: { template: { metadata: { labels } } },
  });
