import { passedHosts, serviceHost } from "../exports.ts";
import { is, resourceRule, specOf, type Finding, type Resource } from "../rule.ts";
import { isUnknown, listOf, objectOf, textsOf } from "../values.ts";

const advice = { allowed: "whole host names, one by one", remedy: "list the exported hosts" };

/**
 * Hosts of what lets TLS through by its SNI; an ingress that terminates TLS, or has none, may well take every host.
 * https://istio.io/latest/docs/reference/config/networking/gateway/#Server
 */
export const gatewayHosts = resourceRule(
  "no-wildcard-gateway-host",
  "What passes TLS through to other networks names each host. A wildcard host opens every service that matches, " +
    "now and later, without a review.",
  (resource) => [
    ...passedHosts(resource)
      .filter(({ host }) => serviceHost(host).includes("*"))
      .map(({ host, field }): Finding => ({
        problem: `passes TLS through for the wildcard host "${host}"`,
        field,
        ...advice,
      })),
    ...wildcardRoutes(resource),
  ],
);

/**
 * A TLSRoute on a gateway; one on a Service is for callers inside the mesh.
 * https://gateway-api.sigs.k8s.io/api-types/tlsroute/
 */
function wildcardRoutes(resource: Resource): Finding[] {
  if (!is(resource, "gateway.networking.k8s.io", "TLSRoute")) return [];
  const { parentRefs, hostnames } = specOf(resource);
  const onGateway = listOf(parentRefs)
    .map(objectOf)
    .some(({ kind }) => (kind ?? "Gateway") === "Gateway");
  if (!onGateway || isUnknown(hostnames)) return [];
  const hosts = textsOf(hostnames);
  return (hosts.length > 0 ? hosts : ["*"])
    .filter((host) => host.includes("*"))
    .map((host) => ({ problem: `routes TLS of the wildcard host "${host}"`, field: "spec.hostnames", ...advice }));
}
