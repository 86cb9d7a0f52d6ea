import { crossNetworkPort } from "./exports.ts";
import { clientTls } from "./clientTls.ts";
import { hostOf, takes } from "./hosts.ts";
import { is, specOf, type Resource } from "./rule.ts";
import { listOf, numberOf, objectOf, textOf } from "./values.ts";

/** Label by which an endpoint without a network has one. */
export const networkLabel = "topology.istio.io/network";

/**
 * Whether a resource is an import: a ServiceEntry that leads elsewhere with mTLS. That is one inside the mesh which has
 * endpoints, or a host to resolve, and selects no workload here; any whose endpoints are in another network or behind
 * port 15443 of a gateway, MESH_EXTERNAL (the default) too; and any that a DestinationRule calls with the identity of
 * the mesh (ISTIO_MUTUAL), on whichever port.
 * https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export function isImport(resource: Resource, resources: Resource[]): boolean {
  if (!is(resource, "networking.istio.io", "ServiceEntry")) return false;
  const spec = specOf(resource);
  if (
    listOf(spec["endpoints"]).some(leadsAway) ||
    listOf(spec["ports"]).some((p) => numberOf(objectOf(p)["targetPort"]) === crossNetworkPort)
  )
    return true;
  if (spec["workloadSelector"]) return false;
  return (spec["location"] === "MESH_INTERNAL" && spec["resolution"] !== "NONE") || isCalledByMesh(spec, resources);
}

function isCalledByMesh(spec: Record<string, any>, resources: Resource[]): boolean {
  return resources.some(
    (r) =>
      is(r, "networking.istio.io", "DestinationRule") &&
      listOf(spec["hosts"]).some((host) => takes(hostOf(r, resources), host)) &&
      clientTls(r).some(({ mode }) => mode === "ISTIO_MUTUAL"),
  );
}

/**
 * Whether an endpoint, of a ServiceEntry or a WorkloadEntry by itself, is in another network, by its field or its
 * label, or behind an east-west gateway. https://istio.io/latest/docs/reference/config/networking/workload-entry/
 */
export function leadsAway(endpoint: unknown): boolean {
  const { network, labels, ports } = objectOf(endpoint);
  return (
    textOf(network) !== undefined ||
    textOf(objectOf(labels)[networkLabel]) !== undefined ||
    Object.values(objectOf(ports)).some((p) => numberOf(p) === crossNetworkPort)
  );
}
