import { specOf, type Resource } from "./rule.ts";
import { listOf, objectOf, textOf } from "./values.ts";

/** TLS that a DestinationRule tells clients to use, and where it says so. */
export interface ClientTls {
  field: string;
  tls: Record<string, any>;
}

/**
 * Every place of a DestinationRule that decides about TLS: its policy, its subsets', and in each the ports', which
 * replace the whole policy for their port. A subset without settings has those of the rule.
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy
 */
export function clientTls(rule: Resource): ClientTls[] {
  const spec = specOf(rule);
  const subsets = listOf(spec["subsets"]).map((subset, i) => ({ path: `spec.subsets[${i}].trafficPolicy`, policy: objectOf(objectOf(subset)["trafficPolicy"]) }));
  return [{ path: "spec.trafficPolicy", policy: objectOf(spec["trafficPolicy"]) }, ...subsets].flatMap(({ path, policy }, i) => [
    ...(i === 0 || "tls" in policy ? [{ field: `${path}.tls`, tls: objectOf(policy["tls"]) }] : []),
    ...listOf(policy["portLevelSettings"]).map((port, j) => ({ field: `${path}.portLevelSettings[${j}].tls`, tls: objectOf(objectOf(port)["tls"]) })),
  ]);
}

/** The texts of a list of SANs that pin something. */
export function pinnedNames(value: unknown): string[] {
  return listOf(value).flatMap((v) => textOf(v) ?? []);
}
