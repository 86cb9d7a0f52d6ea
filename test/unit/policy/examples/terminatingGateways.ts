import { host, listener, object, policy, service, type Example } from "./kubernetes.ts";
import { app, denyOthers, selecting } from "./policies.ts";

/** A server that terminates mTLS with the identities of the mesh. */
const mutual = (more: Record<string, any> = {}) =>
  object("networking.istio.io/v1:Gateway", "export-httpbin", {
    spec: {
      selector: { istio: "eastwestgateway" },
      servers: [{ port: { number: 443 }, hosts: [host], tls: { mode: "ISTIO_MUTUAL" } }],
    },
    ...more,
  });
const mutualListener = listener(host, {
  port: 443,
  tls: { mode: "Terminate", options: { "gateway.istio.io/tls-terminate-mode": "ISTIO_MUTUAL" } },
});
const onGateway = (spec: Record<string, unknown>) =>
  policy({ action: "DENY", rules: [denyOthers], ...spec }, { namespace: "istio-system" });
const ofPods = { selector: { matchLabels: { istio: "eastwestgateway" } } };

const cases: [what: string, violates: Example["violates"], passes: Example["passes"]][] = [
  ["callers named at the service", [mutual(), service(app), selecting(app)], [mutual(), onGateway(ofPods)]],
  [
    "callers named at another gateway",
    [mutual(), onGateway({ selector: { matchLabels: { istio: "ingressgateway" } } })],
    [mutual(), onGateway({})],
  ],
  [
    "declared public",
    [mutual({ annotations: { "mesh-federation.dev/public": "no" } })],
    [mutual({ annotations: { "mesh-federation.dev/public": "true" } })],
  ],
  [
    "a listener of the Gateway API",
    [mutualListener, onGateway({ targetRefs: [{ kind: "Gateway", name: "other" }] })],
    [mutualListener, onGateway({ targetRefs: [{ kind: "Gateway", name: "export-httpbin" }] })],
  ],
];

export const terminatingGateways: Example[] = cases.map(([what, violates, passes]) => ({
  rule: "export-names-callers",
  what: `a gateway that terminates mTLS: ${what}`,
  violates,
  passes,
  says: /terminates the mTLS of every caller .* for \S+, .*AuthorizationPolicy on the gateway's pods/,
}));
