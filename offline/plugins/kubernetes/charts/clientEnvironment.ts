import type { ClientSettings } from "../clientSettings.ts";

/**
 * Environment variables by which Helm keeps a provider's limits (https://helm.sh/docs/helm/helm/); it has none for a
 * request's time.
 */
export function clientEnvironment({ qps, burst }: ClientSettings): Record<string, string> {
  return { ...(qps ? { HELM_QPS: String(qps) } : {}), ...(burst ? { HELM_BURST_LIMIT: String(burst) } : {}) };
}
