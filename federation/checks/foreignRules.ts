import type { Finding } from "../errors/userError.ts";
import type { ResolvedImport } from "../imports/resolveImports.ts";
import { autoPassthroughSni } from "../objects/names.ts";
import type { ImportFindings } from "./importedVisibility.ts";
import { isVisibleFromAny, type LiveCluster, type LiveObject, type TlsSettings } from "./liveCluster.ts";
import { isPrivate, mostSpecific } from "./rulePrecedence.ts";

/**
 * Names the DestinationRules of a client's namespace that Istio uses there instead of the import's: it looks in the
 * client's namespace first, also for wildcard hosts, then in the service's, then in the root namespace.
 *
 * Certain is a rule for all pods of a namespace whose TLS settings the peer's gateway cannot take; it may concern the
 * other cases. One of the import's own host in a namespace of `visibleTo` is a conflict already.
 *
 * https://github.com/istio/istio/blob/1.28.0/pilot/pkg/model/push_context.go `destinationRule`
 * @param autoMtls whether a rule without TLS settings leaves mTLS on (`meshConfig.enableAutoMtls`)
 */
export function foreignRuleFindings(
  spec: ResolvedImport,
  { rules }: Pick<LiveCluster, "rules">,
  rootNamespace: string,
  autoMtls = true,
): ImportFindings {
  const found: ImportFindings = { problems: [], warnings: [] };
  const namespaces = spec.blend ? [...new Set(rules.map((rule) => rule.namespace))].sort() : spec.visibleTo;
  for (const namespace of namespaces.filter((name) => name !== spec.namespace)) {
    const winning = winningRules(spec, rules, namespace, rootNamespace);
    const effects = winning.map((rule) => ({ rule, effect: effectOf(spec, rule, autoMtls) }));
    // Istio merges rules of one host, and takes the settings of the oldest.
    const isCertain = !spec.blend && effects.every(({ rule, effect }) => effect?.breaks && !rule.selective);
    for (const { rule, effect } of effects)
      if (effect) found[isCertain ? "problems" : "warnings"].push(finding(spec, rule, namespace, effect.text));
  }
  return found;
}

/** The rules of a namespace that Istio uses there for an import: those with the most specific host. */
function winningRules(
  spec: ResolvedImport,
  rules: readonly LiveObject[],
  namespace: string,
  rootNamespace: string,
): LiveObject[] {
  const own = rules.filter((rule) => rule.namespace === namespace && isOfOwnNamespace(rule, rootNamespace));
  if (!spec.blend && own.some(({ hosts }) => hosts.includes(spec.host))) return [];
  return mostSpecific(own, spec.host);
}

/** Whether a rule counts for clients of its own namespace. In the root namespace only one for no other does. */
function isOfOwnNamespace(rule: LiveObject, rootNamespace: string): boolean {
  if (rule.selective) return true;
  return rule.namespace === rootNamespace ? isPrivate(rule) : isVisibleFromAny(rule, [rule.namespace]);
}

interface Effect {
  /** Whether calls fail. */
  breaks: boolean;
  text: string;
}

/** What a rule does to an import in place of its own; undefined where it does no harm. */
function effectOf(spec: ResolvedImport, rule: LiveObject, autoMtls: boolean): Effect | undefined {
  const reasons = new Set(
    spec.ports.flatMap(({ number }) => {
      const tls = rule.clientTls?.ports.has(number) ? rule.clientTls.ports.get(number) : rule.clientTls?.all;
      return reasonOf(spec, number, tls, autoMtls) ?? [];
    }),
  );
  const missing = spec.subsets.filter((name) => !rule.subsets.includes(name));
  if (missing.length > 0) reasons.add(`has no subset ${missing.join(", ")}`);
  if (reasons.size > 0) return { breaks: true, text: [...reasons].join(", and ") };
  if (spec.blend || spec.gateways.length > 1)
    return { breaks: false, text: "has not the import's outlier detection, so that calls do not fail over" };
  const settings = Object.entries(spec.trafficPolicy ?? {}).flatMap(([key, value]) => (value ? [key] : []));
  return settings.length > 0 ? { breaks: false, text: `has not the import's ${settings.join(", ")}` } : undefined;
}

/** Why the peer's gateway, or the client, refuses a connection to a port; undefined where neither does. */
function reasonOf(
  spec: ResolvedImport,
  port: number,
  tls: TlsSettings | undefined,
  autoMtls: boolean,
): string | undefined {
  if (!tls && !autoMtls) return "sets no tls, and meshConfig.enableAutoMtls is off, so that it sends plain text";
  // The import's own rule sets no TLS either.
  if (!tls && spec.blend) return undefined;
  if (tls && tls.mode !== "ISTIO_MUTUAL")
    return `sets tls.mode ${tls.mode}, and the peer's gateway takes ISTIO_MUTUAL only`;
  const sni = autoPassthroughSni(spec.exportedHost, port);
  const sent = tls?.sni || autoPassthroughSni(spec.host, port);
  if (sent !== sni) return `sends SNI ${sent} where the peer's gateway knows ${sni}`;
  const accepted = tls?.subjectAltNames ?? [];
  if (accepted.length > 0 && !spec.subjectAltNames.some((name) => accepted.includes(name)))
    return "accepts other subjectAltNames than those of the export";
  return undefined;
}

function finding(spec: ResolvedImport, rule: LiveObject, client: string, effect: string): Finding {
  const who = rule.selective ? `the pods of namespace ${client} that it selects` : `namespace ${client}`;
  return {
    code: "live-rule-overrides",
    subject: `import "${spec.name}"`,
    problem:
      `for ${who}, Istio uses the DestinationRule ${rule.namespace}/${rule.name} of host ${rule.hosts.join(", ")} ` +
      `instead of the import's, and that rule ${effect}`,
    remedy: `Narrow its host so that it does not take ${spec.host}, or keep the client in another namespace`,
  };
}
