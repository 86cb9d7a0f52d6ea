import { is, objectName, type Resource, type Rule } from "../rule.ts";
import { listOf } from "../values.ts";

/**
 * An import is a ServiceEntry inside the mesh that leads elsewhere (it has endpoints, or a host to resolve, and selects
 * no workload here), or a WorkloadEntry of another network.
 * https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-subject_alt_names
 */
export const importSans: Rule = {
  name: "import-pins-identities",
  description: "An import says which identities may answer (subjectAltNames). Without them any workload with a certificate of the common root could answer in the service's place.",
  scope: "stack",
  check: (resources) => [
    ...resources.filter((r) => isImport(r) && !pinned(r) && !listOf(r.props["spec"].hosts).every((host) => pinnedByRule(host, resources))).map((resource) => ({
      resource,
      message: `${objectName(resource)} (${listOf(resource.props["spec"].hosts).join(", ")}) pins no identity; set subjectAltNames to the SPIFFE ids of the accounts that serve it`,
    })),
    ...resources.filter((r) => is(r, "networking.istio.io", "WorkloadEntry") && r.props["spec"]?.network && !r.props["spec"].serviceAccount).map((resource) => ({
      resource,
      message: `${objectName(resource)} is an endpoint in network ${resource.props["spec"].network} without an identity; set serviceAccount to the account that serves it there`,
    })),
  ],
};

function isImport(resource: Resource): boolean {
  const spec = resource.props["spec"];
  return is(resource, "networking.istio.io", "ServiceEntry") && spec?.location === "MESH_INTERNAL" && !spec.workloadSelector && spec.resolution !== "NONE";
}

function pinned(resource: Resource): boolean {
  return listOf(resource.props["spec"].subjectAltNames).length > 0;
}

/** A DestinationRule's subjectAltNames win over the ServiceEntry's. */
function pinnedByRule(host: unknown, resources: Resource[]): boolean {
  return resources.some((r) => is(r, "networking.istio.io", "DestinationRule") && r.props["spec"]?.host === host && listOf(r.props["spec"].trafficPolicy?.tls?.subjectAltNames).length > 0);
}
