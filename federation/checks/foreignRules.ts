import type { MeshSettings } from "../cluster/meshSettings.ts";
import type { Finding } from "../errors/userError.ts";
import type { ResolvedImport } from "../imports/resolveImports.ts";
import { autoPassthroughSni } from "../objects/names.ts";
import type { ImportFindings } from "./importedVisibility.ts";
import type { LiveCluster, LiveObject, TlsSettings } from "./liveCluster.ts";
import { rulesInForce } from "./rulePrecedence.ts";

/** What decides which rules Istio uses, and what they do. */
export interface RuleSettings extends Pick<MeshSettings, "autoMtls" | "privateRules"> {
  rootNamespace: string;
}

/**
 * Names the DestinationRules of others that Istio uses for an import: instead of its own, those of a client's
 * namespace, also for wildcard hosts; for an import without a rule, those of its and of the root namespace, too.
 *
 * Certain is a rule for all pods of a namespace whose TLS settings the peer's gateway cannot take; it may concern the
 * other cases. One of the import's own host that its clients see is a conflict already.
 *
 * https://github.com/istio/istio/blob/1.28.0/pilot/pkg/model/push_context.go `destinationRule`
 */
export function foreignRuleFindings(
  spec: ResolvedImport,
  { rules }: Pick<LiveCluster, "rules">,
  settings: RuleSettings,
): ImportFindings {
  const found: ImportFindings = { problems: [], warnings: [] };
  const namespaces = spec.blend ? [...new Set(rules.map((rule) => rule.namespace))].sort() : spec.visibleTo;
  for (const namespace of namespaces) {
    const inForce = rulesInForce(spec, rules, namespace, settings);
    if (!spec.blend && inForce.some(({ hosts }) => hosts.includes(spec.host))) continue;
    const effects = inForce.map((rule) => ({ rule, effect: effectOf(spec, rule, settings) }));
    // Istio merges rules of one host, and takes the settings of the oldest.
    const isCertain = !spec.blend && effects.every(({ rule, effect }) => effect?.breaks && !rule.selective);
    for (const { rule, effect } of effects)
      if (effect) found[isCertain ? "problems" : "warnings"].push(finding(spec, rule, namespace, effect.text));
  }
  return found;
}

interface Effect {
  /** Whether calls fail. */
  breaks: boolean;
  text: string;
}

/** What a rule does to an import in place of its own, or as its only one; undefined where it does no harm. */
function effectOf(spec: ResolvedImport, rule: LiveObject, { autoMtls }: RuleSettings): Effect | undefined {
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
  if (rule.ejects)
    return { breaks: false, text: "has outlier detection, which leaves out the import's only gateway when it fails" };
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
  // Without a rule of its own it is no matter of this one: mesh-config-needs-rule.
  if (!tls && !autoMtls && !spec.hasRule) return undefined;
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
  // Found by a wildcard, and before the import's only in another namespace than the import's.
  const helps = !spec.hasRule && (rule.namespace !== client || client === spec.namespace);
  return {
    code: "live-rule-overrides",
    subject: `import "${spec.name}"`,
    problem:
      `for ${who}, Istio uses the DestinationRule ${rule.namespace}/${rule.name} of host ${rule.hosts.join(", ")} ` +
      `${spec.hasRule ? "instead of the import's" : "for it, which has none of its own"}, and that rule ${effect}`,
    remedy: helps
      ? `Set importRules: always, or narrow the rule's host so that it does not take ${spec.host}`
      : `Narrow its host so that it does not take ${spec.host}, or keep the client in another namespace`,
  };
}
