/** A policy in west that denies east's sample client access to httpbin. */
export const denySleep = {
  apiVersion: "security.istio.io/v1",
  kind: "AuthorizationPolicy",
  metadata: { name: "no-sleep", namespace: "httpbin" },
  spec: {
    selector: { matchLabels: { app: "httpbin" } },
    action: "DENY",
    rules: [{ from: [{ source: { principals: ["cluster.local/ns/sleep/sa/sleep"] } }] }],
  },
};
