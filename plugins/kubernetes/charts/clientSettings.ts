import type { CheckFailure } from "../../shared/plugin.ts";
import { hasUnknown, type Value } from "../../shared/values.ts";
import { environmentOf, parsedMap } from "./helmSettings.ts";

/** How Helm learns of each limit (https://helm.sh/docs/helm/helm/). This plugin's own requests are not held back. */
const variables: Record<string, string> = { burst: "HELM_BURST_LIMIT", qps: "HELM_QPS" };

/** Environment variables by which Helm keeps a provider's `kubeClientSettings`, which must be free of {@link clientSettingsFailures}. */
export function clientEnvironment(given: Value | undefined): Record<string, string> {
  return environmentOf(variables, given);
}

/** What is wrong with a provider's `kubeClientSettings`: a map, or its JSON. What is not known yet is not judged. */
export function clientSettingsFailures(given: Value | undefined): CheckFailure[] {
  if (hasUnknown(given)) return [];
  let settings: Record<string, unknown>;
  try {
    settings = parsedMap(given);
  } catch {
    return [failure("", "must be a map of burst, qps")];
  }
  return Object.entries(settings).flatMap(([key, value]) => {
    if (value === null || value === 0) return [];
    if (key === "timeout") return [failure(key, "is not built into this stand-in for the kubernetes plugin: it waits 5 s for a connection and 60 s for an answer; leave it out, or use the official plugin")];
    if (!(key in variables)) return [failure(key, "is no setting that this stand-in for the kubernetes plugin knows; leave it out. It knows burst, qps")];
    return typeof value === "number" && value > 0 ? [] : [failure(key, `must be a number above 0, not ${JSON.stringify(value)}`)];
  });
}

function failure(key: string, reason: string): CheckFailure {
  const property = key ? `kubeClientSettings.${key}` : "kubeClientSettings";
  return { property, reason: `${property} ${reason}` };
}
