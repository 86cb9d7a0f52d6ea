/** A resource as the engine, or a preview, describes it. */
export interface Resource {
  /** Pulumi type token, e.g. `kubernetes:networking.istio.io/v1:Gateway`. */
  type: string;
  /** Logical name. */
  name: string;
  /** Inputs; of the root stack, its outputs. */
  props: Record<string, any>;
  /** The stack it belongs to, where resources of several are looked at together. */
  stack?: string;
}

/** What a rule found, and at which resource where it is one. */
export interface Violation {
  message: string;
  resource?: Resource;
}

/** A rule over the resources of one stack, or of several; pure. */
export interface Rule {
  /** Name of the policy, kebab-case. */
  name: string;
  /** What it demands and why, in one or two sentences. */
  description: string;
  /**
   * `resource`: each resource by itself can violate it. `stack`: only the resources of a stack together. `federation`:
   * only several stacks together; a policy pack sees one at a time, so there it finds what one stack already shows.
   */
  scope: "resource" | "stack" | "federation";
  check(resources: Resource[]): Violation[];
}

/** A rule that each resource by itself fulfils or violates. */
export function resourceRule(name: string, description: string, check: (resource: Resource) => string[]): Rule {
  return { name, description, scope: "resource", check: (resources) => resources.flatMap((resource) => check(resource).map((message) => ({ message, resource }))) };
}

/**
 * Kind of a Kubernetes object, by its type token `kubernetes:<group/version>:<Kind>`: `Gateway` of group
 * `networking.istio.io`. Undefined for anything else; a patch of an object counts as the object.
 */
export function kindOf({ type }: Resource): { group: string; kind: string } | undefined {
  const [, groupVersion, kind] = /^kubernetes:([^:]+):([^:]+)$/.exec(type) ?? [];
  if (!groupVersion || !kind) return undefined;
  const [group] = groupVersion.includes("/") ? groupVersion.split("/") : [""];
  return { group: group === "core" ? "" : group!, kind: kind.replace(/Patch$/, "") };
}

/** Whether a resource is that Kubernetes kind. */
export function is(resource: Resource, group: string, kind: string): boolean {
  const found = kindOf(resource);
  return found?.group === group && found.kind === kind;
}

/** `Kind namespace/name` of a Kubernetes object, as a person looks for it. */
export function objectName(resource: Resource): string {
  const { name, namespace } = resource.props["metadata"] ?? {};
  return `${kindOf(resource)?.kind ?? resource.type} ${[namespace, name ?? resource.name].filter(Boolean).join("/")}`;
}

/** A list in a property; empty where there is none, or it is not known yet. */
export function listOf(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}
