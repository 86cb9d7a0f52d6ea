import { takesHost, type LiveObject } from "./liveCluster.ts";

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
