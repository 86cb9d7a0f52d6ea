import type { ResolvedImport } from "../imports/resolveImports.ts";
import { isVisibleFromAny, takesHost, type LiveObject } from "./liveCluster.ts";

/*
 * Which of several DestinationRules Istio prefers.
 * https://github.com/istio/istio/blob/release-1.30/pilot/pkg/model/push_context.go (destinationRule)
 */

/** Whether only its own namespace sees a rule. */
export function isPrivate({ namespace, exportTo }: Pick<LiveObject, "namespace" | "exportTo">): boolean {
  return exportTo.length === 1 && [".", namespace].includes(exportTo[0]!);
}

/** Of some rules, those that take a host by the longest pattern; the host itself is longer than any. */
export function mostSpecific(rules: readonly LiveObject[], host: string): LiveObject[] {
  const taking = rules.filter((rule) => rule.hosts.some((pattern) => takesHost(pattern, host)));
  const longest = Math.max(...taking.map((rule) => specificity(rule, host)));
  return taking.filter((rule) => specificity(rule, host) === longest);
}

function specificity({ hosts }: LiveObject, host: string): number {
  return Math.max(
    ...hosts.filter((pattern) => takesHost(pattern, host)).map((p) => (p === host ? Infinity : p.length)),
  );
}

/**
 * The rules of others that Istio uses for an import in a client's namespace, which all have the most specific host;
 * empty where there is none. It looks in the client's namespace, then in the import's, then in the root namespace, and
 * stops where it finds one. The import's own rule is in the second, and more specific than any wildcard there.
 */
export function rulesInForce(
  { host, namespace, hasRule }: Pick<ResolvedImport, "host" | "namespace" | "hasRule">,
  rules: readonly LiveObject[],
  client: string,
  { rootNamespace, privateRules }: { rootNamespace: string; privateRules: boolean },
): LiveObject[] {
  const isLocal = (rule: LiveObject): boolean => {
    if (rule.selective) return true;
    if (rule.namespace !== rootNamespace) return isVisibleFromAny(rule, [rule.namespace]);
    return isPrivate(rule) || (privateRules && rule.exportTo.length === 0);
  };
  const own = hasRule && client === namespace ? [] : rules.filter((rule) => rule.namespace === client && isLocal(rule));
  const found = mostSpecific(own, host);
  if (found.length > 0 || hasRule) return found;
  for (const place of [namespace, rootNamespace]) {
    const exported = rules.filter((rule) => rule.namespace === place && isExported(rule, privateRules));
    const seen = mostSpecific(exported, host).filter((rule) => isVisibleFromAny(rule, [client]));
    if (seen.length > 0) return seen;
  }
  return [];
}

/** Whether other namespaces can see a rule. One for selected pods is for its own namespace. */
function isExported(rule: LiveObject, privateRules: boolean): boolean {
  return !rule.selective && !isPrivate(rule) && (rule.exportTo.length > 0 || !privateRules);
}
