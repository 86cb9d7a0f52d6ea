import { crossNetworkPort, passedHosts } from "../exports.ts";
import { annotationsOf, is, isReleaseOf, labelsOf, resourceRule, specOf, type Resource } from "../rule.ts";
import { terminating } from "../terminating.ts";
import { listOf, numberOf, objectOf } from "../values.ts";

export const gatewayTls = resourceRule(
  "gateway-service-passes-tls",
  "The load balancer of an east-west gateway passes TCP through. One that terminates TLS breaks the mTLS between " +
    "the workloads, and with it every identity.",
  (resource) =>
    annotationsOfGateway(resource).flatMap(({ field, annotations }) =>
      terminating(annotations).map(([key, value]) => ({
        problem: `has the annotation ${key}: ${JSON.stringify(value)}, by which the load balancer terminates TLS`,
        field: `${field}["${key}"]`,
        allowed: "annotations under which the load balancer passes TCP through",
        remedy: "remove it",
      })),
    ),
);

/**
 * Annotations of the load balancer in front of an east-west gateway: its Service's own, and those that a Gateway of the
 * Gateway API or the Helm chart of Istio's gateway hands on to the Service that is made for it.
 */
function annotationsOfGateway(resource: Resource): { field: string; annotations: Record<string, unknown> }[] {
  const own = () => ({ field: "metadata.annotations", annotations: annotationsOf(resource) });
  if (is(resource, "", "Service"))
    return isEastWest(specOf(resource)["ports"], labelsOf(resource), objectOf(specOf(resource)["selector"]))
      ? [own()]
      : [];
  if (is(resource, "gateway.networking.k8s.io", "Gateway"))
    return passedHosts(resource).length > 0
      ? [
          own(),
          {
            field: "spec.infrastructure.annotations",
            annotations: objectOf(objectOf(specOf(resource)["infrastructure"])["annotations"]),
          },
        ]
      : [];
  if (!isReleaseOf(resource, "gateway")) return [];
  const { service, labels, networkGateway } = objectOf(objectOf(resource.props)["values"]);
  const { ports, annotations } = objectOf(service);
  return networkGateway || isEastWest(ports, objectOf(labels))
    ? [{ field: "values.service.annotations", annotations: objectOf(annotations) }]
    : [];
}

/** Whether a Service is an east-west gateway's: by its port, or by the gateway's usual labels. */
function isEastWest(ports: unknown, ...labels: Record<string, unknown>[]): boolean {
  return (
    listOf(ports)
      .map(objectOf)
      .some(({ port, targetPort }) => [port, targetPort].some((p) => numberOf(p) === crossNetworkPort)) ||
    labels.some((l) => l["istio"] === "eastwestgateway" || l["topology.istio.io/network"] !== undefined)
  );
}
