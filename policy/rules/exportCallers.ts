import { allowsNamed, deniesOthers } from "../callers.ts";
import { passedHosts, serviceHost, terminatedHosts } from "../exports.ts";
import { publicAnnotation, exportLabel } from "../names.ts";
import {
  annotationsOf,
  is,
  isIn,
  isSpecUnknown,
  labelsOf,
  metadataOf,
  namespaceOf,
  specOf,
  violation,
  type Finding,
  type Resource,
  type Rule,
} from "../rule.ts";
import { defaults } from "../settings.ts";
import { covers, inForce, isEnforced, selected, servingOf, targetsOf, type Serving } from "../serving.ts";
import { isUnknown, listOf, objectOf, wordOf } from "../values.ts";

/**
 * An export is a host that a gateway passes through, or for which it terminates the mTLS of callers. Its callers are
 * named where the AuthorizationPolicies in force on every pod that serves it, or on the gateway that terminates, let no
 * other in: a DENY of all who are not named, or only such ALLOW policies as name each caller. Where the stack does not
 * hold the Service, a policy belongs to the export by the same export label, or by having no selector.
 * https://istio.io/latest/docs/concepts/security/#implicit-enablement
 */
export const exportCallers: Rule = {
  name: "export-names-callers",
  description:
    `An export names who may call it, or is declared public (annotation ${publicAnnotation}: "true" on its ` +
    `Gateway). The gateway itself lets every certificate of the common root through.`,
  scope: "stack",
  settings: ["rootNamespaces"],
  check: (resources, { rootNamespaces } = defaults) => {
    const all = resources.filter((r) => is(r, "security.istio.io", "AuthorizationPolicy"));
    const [policies, enforced] = [all.filter(inForce), all.filter(isEnforced)];
    return resources.flatMap((resource) => {
      const hosts = { passed: passedHosts(resource).filter((h) => h.exported), terminated: terminatedHosts(resource) };
      // Only of a resource with hosts: in a preview the annotations of any other may be unknown.
      if (hosts.passed.length + hosts.terminated.length === 0 || isPublic(resource)) return [];
      const open = [
        ...hosts.passed
          .map((h) => ({ ...h, host: serviceHost(h.host) }))
          .filter(({ host }) => !namesCallers(host, resource, resources, policies, rootNamespaces))
          .map(({ host, field }) => ({ ...openHost(host), field })),
        ...hosts.terminated
          .map((h) => ({ ...h, host: serviceHost(h.host) }))
          .filter(({ host }) => !gatewayNamesCallers(host, resource, enforced, rootNamespaces))
          .map(({ host, field }) => ({ ...openGateway(host), field })),
      ];
      return open.map((finding) => violation(resource, finding));
    });
  },
};

function isPublic(gateway: Resource): boolean {
  return wordOf(annotationsOf(gateway)[publicAnnotation]) === "true";
}

function openHost(host: string): Omit<Finding, "field"> {
  return {
    problem: `exports ${host} to every caller with a certificate of the common root`,
    allowed:
      `an AuthorizationPolicy on every serving pod that names all callers without wildcards, or annotation ` +
      `${publicAnnotation}: "true"`,
    remedy:
      `name its callers (DENY with notPrincipals, or only ALLOW with principals, and a selector that takes the ` +
      `serving pods, or label ${exportLabel} as on the Gateway where their Service is in another stack), ` +
      `or declare it public`,
  };
}

function openGateway(host: string): Omit<Finding, "field"> {
  return {
    problem:
      `terminates the mTLS of every caller with a certificate of the common root for ${host}, and calls it with its ` +
      `own identity`,
    allowed:
      `an AuthorizationPolicy on the gateway's pods that names all callers without wildcards, or annotation ` +
      `${publicAnnotation}: "true"`,
    remedy:
      `name the callers in a policy for the gateway (DENY with notPrincipals, or only ALLOW with principals), pass ` +
      `the TLS through, or declare it public`,
  };
}

/**
 * Whether the policies in force on the pods of a gateway let only callers in that they name: those that select its
 * pods, and of a Gateway of the Gateway API those attached to it.
 */
function gatewayNamesCallers(host: string, gateway: Resource, policies: Resource[], rootNamespaces: string[]): boolean {
  const istio = is(gateway, "networking.istio.io", "Gateway");
  const name = wordOf(metadataOf(gateway)["name"]);
  const { parentRef } = specOf(gateway);
  const api = wordOf(objectOf(parentRef)["name"]) || name;
  const labels = istio ? objectOf(specOf(gateway)["selector"]) : { "gateway.networking.k8s.io/gateway-name": api };
  const namespaces = [namespaceOf(gateway), ...rootNamespaces];
  return letsNamedIn(
    policies.filter((p) => {
      const targets = targetsOf(p);
      if (targets.length > 0) return !istio && isIn(p, namespaceOf(gateway)) && targets.some((t) => isGateway(t, api));
      return namespaces.some((namespace) => isIn(p, namespace)) && covers(selectorOf(p), labels);
    }),
    host,
    {},
  );
}

function isGateway({ kind, name }: Record<string, any>, wanted: string): boolean {
  return kind === "Gateway" && name === wanted;
}

function namesCallers(
  host: string,
  gateway: Resource,
  resources: Resource[],
  policies: Resource[],
  rootNamespaces: string[],
): boolean {
  const serving = servingOf(host, resources);
  const label = labelsOf(gateway)[exportLabel];
  const own = policies.filter(
    (p) =>
      label !== undefined &&
      labelsOf(p)[exportLabel] === label &&
      (serving.namespace === undefined || isIn(p, serving.namespace)),
  );
  // Without the Service, the export's own policies say which pods serve it; without those, only what binds all pods
  // counts.
  const pods = serving.pods ?? (own.length > 0 ? own.map(selectorOf) : [{}]);
  const namespaces = serving.namespace !== undefined ? [serving.namespace] : own.map(namespaceOf);
  const inReach = policies.filter((p) => [...namespaces, ...rootNamespaces].some((namespace) => isIn(p, namespace)));
  return pods.every((labels) =>
    letsNamedIn(
      inReach.filter((p) => covers(selectorOf(p), labels)),
      host,
      serving,
    ),
  );
}

function selectorOf(policy: Resource): Record<string, unknown> {
  return selected(specOf(policy)["selector"], "matchLabels");
}

/**
 * Whether the policies on a pod together let only callers in that they name. DENY comes first; AUDIT and CUSTOM name
 * nobody.
 */
function letsNamedIn(policies: Resource[], host: string, { ports }: Serving): boolean {
  const rulesOf = (p: Resource): unknown[] => listOf(specOf(p)["rules"]);
  if (policies.some((p) => isSpecUnknown(p) || isUnknown(specOf(p)["rules"]))) return true;
  if (
    policies.some((p) => specOf(p)["action"] === "DENY" && rulesOf(p).some((rule) => deniesOthers(rule, host, ports)))
  )
    return true;
  const allowing = policies.filter((p) => (specOf(p)["action"] ?? "ALLOW") === "ALLOW");
  return allowing.length > 0 && allowing.every((p) => rulesOf(p).every(allowsNamed));
}
