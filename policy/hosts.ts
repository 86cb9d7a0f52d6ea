import { namespaceOf, specOf, type Resource } from "./rule.ts";
import { textOf } from "./values.ts";

/** The host a rule is for, in full: a short name belongs to a Service in the rule's own namespace. */
export function hostOf(rule: Resource): string | undefined {
  const host = textOf(specOf(rule)["host"]);
  return host === undefined || host.includes(".") || host === "*"
    ? host
    : `${host}.${namespaceOf(rule)}.svc.cluster.local`;
}

/** Whether a host, or a wildcard such as `*.mesh.global`, takes that host. */
export function takes(pattern: string | undefined, host: unknown): boolean {
  if (pattern === undefined || typeof host !== "string") return false;
  return pattern === host || (pattern.startsWith("*") && host.endsWith(pattern.slice(1)));
}
