import { specOf, type Resource } from "./rule.ts";
import { isUnknown, listOf, objectOf, textOf } from "./values.ts";

/** TLS that a DestinationRule sets for clients, and the field. */
export interface ClientTls {
  field: string;
  /** The settings; empty where there are none. */
  tls: Record<string, any>;
  /**
   * The mode in force. Of settings without one it is DISABLE, the first of the enumeration; undefined where there are
   * no settings, so that Istio chooses mTLS by itself, and where it is not known yet.
   * https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings-TLSmode
   */
  mode: string | undefined;
}

/**
 * Every place of a DestinationRule that decides about TLS: its policy, its subsets', and in each the ports', which
 * replace the whole policy for their port. A subset without settings has those of the rule.
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy
 */
export function clientTls(rule: Resource): ClientTls[] {
  const spec = specOf(rule);
  const subsets = listOf(spec["subsets"]).map((subset, i) => ({
    path: `spec.subsets[${i}].trafficPolicy`,
    policy: objectOf(objectOf(subset)["trafficPolicy"]),
  }));
  return [{ path: "spec.trafficPolicy", policy: objectOf(spec["trafficPolicy"]) }, ...subsets].flatMap(
    ({ path, policy }, i) => [
      ...(i === 0 || "tls" in policy ? [settingsAt(`${path}.tls`, policy["tls"])] : []),
      ...listOf(policy["portLevelSettings"]).map((port, j) =>
        settingsAt(`${path}.portLevelSettings[${j}].tls`, objectOf(port)["tls"]),
      ),
    ],
  );
}

function settingsAt(field: string, value: unknown): ClientTls {
  const tls = objectOf(value);
  const set = typeof value === "object" && value !== null;
  return { field, tls, mode: set && !isUnknown(tls["mode"]) ? (textOf(tls["mode"]) ?? "DISABLE") : undefined };
}

/** The texts of a list of SANs that pin something. */
export function pinnedNames(value: unknown): string[] {
  return listOf(value).flatMap((v) => textOf(v) ?? []);
}
