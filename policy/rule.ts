import type { Settings } from "./settings.ts";
import { isUnknown, objectOf, textOf, wordOf } from "./values.ts";

/** A resource as the engine, or a preview, describes it. Of its properties nothing is taken for granted. */
export interface Resource {
  /** Pulumi type token, e.g. `kubernetes:networking.istio.io/v1:Gateway`. */
  type: string;
  /** Logical name. */
  name: string;
  /** Inputs; of the root stack, its outputs. */
  props: Record<string, any>;
  /** Whether secrets in its properties are masked, as in the output of a preview: what can be read there is plain. */
  masked?: boolean;
  /** The stack it belongs to, where resources of several are looked at together. */
  stack?: string;
}

/** What a rule found, and at which resource. */
export interface Violation {
  message: string;
  resource: Resource;
}

/** What is wrong with a resource, in parts. */
export interface Finding {
  /** What it does, as a continuation of the resource's name: `has the wildcard host "*.local"`. */
  problem: string;
  /** Path of the field that decides it, e.g. `spec.servers[0].hosts`. */
  field: string;
  /** What may stand there. */
  allowed: string;
  /** What to do. */
  remedy: string;
}

/** A rule over the resources of one stack, or of several; pure, and without a shape of a resource that it throws at. */
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
  /** The settings that it heeds; none where left out. */
  settings?: readonly (keyof Settings)[];
  /** @param settings its defaults where left out */
  check(resources: Resource[], settings?: Settings): Violation[];
}

/** A rule that each resource by itself fulfils or violates. */
export function resourceRule(name: string, description: string, check: (resource: Resource) => Finding[]): Rule {
  return {
    name,
    description,
    scope: "resource",
    check: (resources) =>
      resources.flatMap((resource) => check(resource).map((finding) => violation(resource, finding))),
  };
}

/** A finding in words: the resource, what is wrong and where, what is allowed, what to do. */
export function violation(resource: Resource, { problem, field, allowed, remedy }: Finding): Violation {
  return { resource, message: `${objectName(resource)} ${problem} (${field}); allowed: ${allowed}; ${remedy}` };
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

/**
 * Whether a resource is a Helm release of that chart: by its name, in a repository or not, or as an archive of some
 * version.
 */
export function isReleaseOf(resource: Resource, chart: string): boolean {
  return (
    is(resource, "helm.sh", "Release") &&
    new RegExp(`(^|/)${chart}(-v?[0-9][^/]*\\.tgz)?$`).test(wordOf(objectOf(resource.props)["chart"]))
  );
}

/** `Kind namespace/name` of a Kubernetes object, as a person looks for it. */
export function objectName(resource: Resource): string {
  if (resource.type === "pulumi:pulumi:Stack") return `stack ${resource.stack ?? resource.name}`;
  const { name, namespace } = metadataOf(resource);
  return (
    `${kindOf(resource)?.kind ?? resource.type} ` +
    `${[textOf(namespace), textOf(name) ?? resource.name].filter(Boolean).join("/")}`
  );
}

/** Whether a preview does not know an object's `spec` yet. */
export function isSpecUnknown(resource: Resource): boolean {
  return isUnknown(objectOf(resource.props)["spec"]);
}

/** An object's `spec`; empty where there is none. */
export function specOf(resource: Resource): Record<string, any> {
  return objectOf(objectOf(resource.props)["spec"]);
}

/** An object's `metadata`; empty where there is none. */
export function metadataOf(resource: Resource): Record<string, any> {
  return objectOf(objectOf(resource.props)["metadata"]);
}

/** The namespace an object is in; Kubernetes takes `default` where none is given. */
export function namespaceOf(resource: Resource): string {
  return textOf(metadataOf(resource)["namespace"]) ?? "default";
}

/** Whether an object is in a namespace, or may be: in a preview the namespace of an object can be not known yet. */
export function isIn(resource: Resource, namespace: string): boolean {
  const own = namespaceOf(resource);
  return own === namespace || isUnknown(own) || isUnknown(objectOf(resource.props)["metadata"]);
}

export function labelsOf(resource: Resource): Record<string, any> {
  return objectOf(metadataOf(resource)["labels"]);
}

export function annotationsOf(resource: Resource): Record<string, any> {
  return objectOf(metadataOf(resource)["annotations"]);
}
