import { object, policy, sleep } from "./kubernetes.ts";

export const from = (...sources: Record<string, unknown>[]) => ({ from: sources.map((source) => ({ source })) });
export const deny = (...rules: unknown[]) => policy({ action: "DENY", rules });
export const allow = (...rules: unknown[]) => policy({ action: "ALLOW", rules });
export const denyOthers = from({ notPrincipals: [sleep] });
export const selecting = (matchLabels: Record<string, string>, more: Record<string, any> = {}) =>
  policy({ selector: { matchLabels }, action: "DENY", rules: [denyOthers] }, more);
export const ours = { "mesh-federation.dev/export": "httpbin" };
export const app = { app: "httpbin" };
export const neutral = "x.mesh.global";
export const neutralEntry = object("networking.istio.io/v1:ServiceEntry", "export-x", {
  namespace: "httpbin",
  spec: { hosts: [neutral], workloadSelector: { labels: app }, ports: [{ number: 8000, targetPort: 8080 }] },
});
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
