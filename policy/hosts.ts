import { namespaceOf, specOf, type Resource } from "./rule.ts";
import { objectOf, textOf } from "./values.ts";

/** The cluster domain of a resource's mesh, as its stack publishes it; `cluster.local` where it publishes none. */
export function clusterDomainOf({ stack }: Pick<Resource, "stack">, resources: readonly Resource[]): string {
  const published = resources
    .filter((r) => r.type === "pulumi:pulumi:Stack" && r.stack === stack)
    .map((r) => textOf(objectOf(objectOf(objectOf(r.props)["federation"])["mesh"])["clusterDomain"]));
  return published.find((domain) => domain !== undefined) ?? "cluster.local";
}

/** The host a rule is for, in full: a short name belongs to a Service in the rule's own namespace. */
export function hostOf(rule: Resource, resources: readonly Resource[]): string | undefined {
  const host = textOf(specOf(rule)["host"]);
  return host === undefined || host.includes(".") || host === "*"
    ? host
    : `${host}.${namespaceOf(rule)}.svc.${clusterDomainOf(rule, resources)}`;
}

/** Whether a host, or a wildcard such as `*.mesh.global`, takes that host. */
export function takes(pattern: string | undefined, host: unknown): boolean {
  if (pattern === undefined || typeof host !== "string") return false;
  return pattern === host || (pattern.startsWith("*") && host.endsWith(pattern.slice(1)));
}
