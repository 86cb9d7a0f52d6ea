import { allowsNamed, deniesOthers } from "../callers.ts";
import { passedHosts, serviceHost } from "../exports.ts";
import { publicAnnotation, exportLabel } from "../names.ts";
import {
  annotationsOf,
  is,
  isIn,
  isSpecUnknown,
  labelsOf,
  namespaceOf,
  specOf,
  violation,
  type Resource,
  type Rule,
} from "../rule.ts";
import { defaults } from "../settings.ts";
import { covers, inForce, selected, servingOf, type Serving } from "../serving.ts";
import { isUnknown, listOf, wordOf } from "../values.ts";

/**
 * An export is a host that a gateway passes through to other networks. Its callers are named where the
 * AuthorizationPolicies in force on every pod that serves it let nobody else in: a DENY of all who are not named, or
 * only such ALLOW policies as name each caller. Where the stack does not hold the Service, a policy belongs to the
 * export by the same export label, or by having no selector.
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
    const policies = resources.filter((r) => is(r, "security.istio.io", "AuthorizationPolicy") && inForce(r));
    return resources.flatMap((resource) => {
      const exported = passedHosts(resource)
        .filter((h) => h.exported)
        .map((h) => ({ ...h, host: serviceHost(h.host) }));
      if (exported.length === 0 || wordOf(annotationsOf(resource)[publicAnnotation]) === "true") return [];
      return exported
        .filter(({ host }) => !namesCallers(host, resource, resources, policies, rootNamespaces))
        .map(({ host, field }) =>
          violation(resource, {
            problem: `exports ${host} to every caller with a certificate of the common root`,
            field,
            allowed:
              `an AuthorizationPolicy on every serving pod that names all callers without wildcards, or annotation ` +
              `${publicAnnotation}: "true"`,
            remedy:
              `name its callers (DENY with notPrincipals, or only ALLOW with principals, and a selector that takes ` +
              `the serving pods, or label ${exportLabel} as on the Gateway where their Service is in another ` +
              `stack), or declare it public`,
          }),
        );
    });
  },
};

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
