import type { CheckFailure } from "../../shared/plugin.ts";
import { hasUnknown, type Value } from "../../shared/values.ts";
import { settingsMap } from "../settingsMap.ts";

/** How Helm learns of each setting: https://helm.sh/docs/helm/helm/ */
const variables: Record<string, string> = {
  driver: "HELM_DRIVER",
  pluginsPath: "HELM_PLUGINS",
  registryConfigPath: "HELM_REGISTRY_CONFIG",
  repositoryCache: "HELM_REPOSITORY_CACHE",
  repositoryConfigPath: "HELM_REPOSITORY_CONFIG",
};
/** Where Helm keeps its releases. `memory` would forget them with every call of the helm program. */
const drivers = ["secret", "secrets", "configmap", "configmaps", "sql"];
/** About a warning that this stand-in does not give. */
const silent = ["suppressBetaWarning"];

/**
 * Environment variables by which Helm honours a provider's `helmReleaseSettings`, which must be free of {@link
 * helmSettingsFailures}.
 */
export function helmEnvironment(given: Value | undefined): Record<string, string> {
  const settings = settingsMap(given);
  return Object.fromEntries(
    Object.entries(variables).flatMap(([key, name]) => (settings[key] ? [[name, String(settings[key])]] : [])),
  );
}

/** What is wrong with a provider's `helmReleaseSettings`: a map, or its JSON. What is not known yet is not judged. */
export function helmSettingsFailures(given: Value | undefined): CheckFailure[] {
  if (hasUnknown(given)) return [];
  let settings: Record<string, unknown>;
  try {
    settings = settingsMap(given);
  } catch {
    return [failure("", `must be a map of ${known}`)];
  }
  return Object.entries(settings).flatMap(([key, value]) => {
    if (value === null || value === "" || silent.includes(key)) return [];
    if (!(key in variables))
      return [
        failure(
          key,
          `is no setting of Helm that this stand-in for the kubernetes plugin knows; leave it out. It knows ${known}`,
        ),
      ];
    if (typeof value !== "string") return [failure(key, "must be a text")];
    if (key !== "driver" || drivers.includes(value)) return [];
    const memory =
      value === "memory" ? ", which forgets its releases at once: every operation is a helm program of its own" : "";
    return [
      failure(key, `cannot be ${JSON.stringify(value)}${memory}; leave it out for secret, or use configmap or sql`),
    ];
  });
}

const known = [...Object.keys(variables), ...silent].sort().join(", ");

function failure(key: string, reason: string): CheckFailure {
  const property = key ? `helmReleaseSettings.${key}` : "helmReleaseSettings";
  return { property, reason: `${property} ${reason}` };
}
