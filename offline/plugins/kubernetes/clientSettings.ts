import type { CheckFailure } from "../shared/plugin.ts";
import { hasUnknown, type Value } from "../shared/values.ts";
import { settingsMap } from "./settingsMap.ts";

/** How a provider talks to its API server: its `kubeClientSettings`. What is not set is not limited. */
export interface ClientSettings {
  /** Requests a second, in the long run. */
  qps?: number;
  /** Requests at once. */
  burst?: number;
  /** Seconds that a request may take. */
  timeout?: number;
}

const variables: Record<keyof ClientSettings, string> = {
  qps: "PULUMI_K8S_CLIENT_QPS",
  burst: "PULUMI_K8S_CLIENT_BURST",
  timeout: "PULUMI_K8S_CLIENT_TIMEOUT",
};
const known = Object.keys(variables) as (keyof ClientSettings)[];

/**
 * A provider's `kubeClientSettings`, which must be free of {@link clientSettingsFailures}; the environment stands in
 * for what it leaves out.
 */
export function clientSettings(given: Value | undefined): ClientSettings {
  return Object.fromEntries(Object.entries(merged(parsed(given))).map(([key, value]) => [key, Number(value)]));
}

/**
 * What is wrong with a provider's `kubeClientSettings`, a map or its JSON, or with what the environment says in its
 * place.
 */
export function clientSettingsFailures(given: Value | undefined): CheckFailure[] {
  if (hasUnknown(given)) return [];
  let settings: Record<string, unknown>;
  try {
    settings = parsed(given);
  } catch {
    return [{ property: "kubeClientSettings", reason: `kubeClientSettings must be a map of ${known.join(", ")}` }];
  }
  const odd = Object.keys(settings).filter((key) => !known.includes(key as keyof ClientSettings));
  return [
    ...odd.map((key) => failure(key, `kubeClientSettings.${key} is not known; there are ${known.join(", ")}`)),
    ...Object.entries(merged(settings)).flatMap(([key, value]) => {
      const whole = key !== "qps";
      const number = Number(value);
      if (number > 0 && Number.isFinite(number) && (!whole || Number.isInteger(number))) return [];
      const name = settings[key] === undefined ? variables[key as keyof ClientSettings] : `kubeClientSettings.${key}`;
      return [
        failure(key, `${name} must be a ${whole ? "whole number" : "number"} above 0, not ${JSON.stringify(value)}`),
      ];
    }),
  ];
}

function failure(key: string, reason: string): CheckFailure {
  return { property: `kubeClientSettings.${key}`, reason };
}

function merged(settings: Record<string, unknown>): Record<string, unknown> {
  const entries = known.map((key) => [key, settings[key] ?? process.env[variables[key]]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ""));
}

/** What was given, without what is null; throws for what is no map. */
function parsed(given: Value | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settingsMap(given)).filter(([, setting]) => setting !== null));
}
