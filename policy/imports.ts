import { crossNetworkPort } from "./exports.ts";
import { is, specOf, type Resource } from "./rule.ts";
import { listOf, numberOf, objectOf, textOf } from "./values.ts";

/**
 * Whether a resource is an import: a ServiceEntry that leads elsewhere with mTLS. That is one inside the mesh which has
 * endpoints, or a host to resolve, and selects no workload here; and any whose endpoints are in another network or
 * behind port 15443 of a gateway, MESH_EXTERNAL (the default) too.
 * https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export function isImport(resource: Resource): boolean {
  if (!is(resource, "networking.istio.io", "ServiceEntry")) return false;
  const spec = specOf(resource);
  if (
    listOf(spec["endpoints"]).some(leadsAway) ||
    listOf(spec["ports"]).some((p) => numberOf(objectOf(p)["targetPort"]) === crossNetworkPort)
  )
    return true;
  return spec["location"] === "MESH_INTERNAL" && !spec["workloadSelector"] && spec["resolution"] !== "NONE";
}

/**
 * Whether an endpoint, of a ServiceEntry or a WorkloadEntry by itself, is in another network or behind an east-west
 * gateway.
 */
export function leadsAway(endpoint: unknown): boolean {
  const { network, ports } = objectOf(endpoint);
  return textOf(network) !== undefined || Object.values(objectOf(ports)).some((p) => numberOf(p) === crossNetworkPort);
}
