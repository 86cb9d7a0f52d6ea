import { is, objectName, resourceRule } from "../rule.ts";
import { listOf } from "../values.ts";

/** A host of an Istio Gateway may carry the namespace of its services in front: `namespace/host`. */
const hostPart = (host: string): string => host.slice(host.indexOf("/") + 1);

/** https://istio.io/latest/docs/reference/config/networking/gateway/#Server */
export const gatewayHosts = resourceRule(
  "no-wildcard-gateway-host",
  "A Gateway names each host that it lets through. A wildcard host opens every service that matches, now and later, without a review.",
  (resource) => {
    if (!is(resource, "networking.istio.io", "Gateway")) return [];
    const hosts = listOf(resource.props["spec"]?.servers).flatMap((server) => listOf(server?.hosts)).map(String);
    return hosts
      .filter((host) => hostPart(host).includes("*"))
      .map((host) => `${objectName(resource)} has the wildcard host "${host}"; list the exported hosts one by one`);
  },
);
