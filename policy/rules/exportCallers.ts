import { publicAnnotation } from "../../components/plan/labels.ts";
import { is, listOf, objectName, type Resource, type Rule } from "../rule.ts";

/**
 * An export is a host that a Gateway passes through to other networks (AUTO_PASSTHROUGH). Its callers are named where an
 * AuthorizationPolicy belongs to it (same export label) or stands in the namespace of its service, and names principals.
 */
export const exportCallers: Rule = {
  name: "export-names-callers",
  description: `An export names who may call it, or is declared public (annotation ${publicAnnotation}: "true" on its Gateway). The gateway itself lets every certificate of the common root through.`,
  scope: "stack",
  check: (resources) =>
    resources.filter(isExport).flatMap((resource) => {
      if (annotations(resource)[publicAnnotation] === "true") return [];
      const policies = resources.filter((r) => is(r, "security.istio.io", "AuthorizationPolicy") && namesCallers(r));
      const open = hostsOf(resource).filter((host) => !policies.some((p) => belongs(p, resource, host)));
      return open.map((host) => ({
        resource,
        message: `${objectName(resource)} exports ${host} to anybody with a certificate of the common root; name its callers (an AuthorizationPolicy with principals on the serving workload), or declare it public`,
      }));
    }),
};

function isExport(resource: Resource): boolean {
  return is(resource, "networking.istio.io", "Gateway") && passthroughServers(resource).length > 0;
}

function passthroughServers(resource: Resource): any[] {
  return listOf(resource.props["spec"]?.servers).filter((server) => server?.tls?.mode === "AUTO_PASSTHROUGH");
}

function hostsOf(resource: Resource): string[] {
  return passthroughServers(resource).flatMap((server) => listOf(server.hosts)).map((host) => String(host).slice(String(host).indexOf("/") + 1));
}

function namesCallers(policy: Resource): boolean {
  const sources = listOf(policy.props["spec"]?.rules).flatMap((rule) => listOf(rule?.from)).map((from) => from?.source ?? {});
  const named = policy.props["spec"]?.action === "DENY" ? "notPrincipals" : "principals";
  return sources.some((source) => listOf(source[named]).some((principal) => principal !== "*"));
}

function belongs(policy: Resource, gateway: Resource, host: string): boolean {
  const label = "mesh-federation.dev/export";
  const own = labels(gateway)[label];
  if (own !== undefined && labels(policy)[label] === own) return true;
  const namespace = /^[^.]+\.([^.]+)\.svc\./.exec(host)?.[1];
  return namespace !== undefined && policy.props["metadata"]?.namespace === namespace;
}

function labels(resource: Resource): Record<string, string> {
  return resource.props["metadata"]?.labels ?? {};
}

function annotations(resource: Resource): Record<string, string> {
  return resource.props["metadata"]?.annotations ?? {};
}
