import { annotationsOf, is, isIn, kindOf, labelsOf, metadataOf, namespaceOf, specOf, type Resource } from "./rule.ts";
import { isUnknown, listOf, numberOf, objectOf, wordOf } from "./values.ts";

type Labels = Record<string, unknown>;

/** Who serves a host, as far as a stack's resources say. */
export interface Serving {
  /** Namespace of the pods; undefined when unknown. */
  namespace?: string;
  /**
   * Labels of each kind of pod behind the host; undefined where the stack holds neither its Service nor its
   * ServiceEntry.
   */
  pods?: Labels[];
  /** Pod ports that are exported; undefined where not all are known as numbers. */
  ports?: string[];
}

/** Who serves a host: the pods of its Service, or of the ServiceEntry that gives pods this host. */
export function servingOf(host: string, resources: Resource[]): Serving {
  const [, name, namespace] = /^([^.*]+)\.([^.*]+)\.svc(?:\.|$)/.exec(host) ?? [];
  if (namespace === undefined) {
    const entry = resources.find(
      (r) =>
        is(r, "networking.istio.io", "ServiceEntry") &&
        listOf(specOf(r)["hosts"]).includes(host) &&
        Object.keys(selected(specOf(r)["workloadSelector"], "labels")).length > 0,
    );
    return entry ? servedBy(entry, selected(specOf(entry)["workloadSelector"], "labels"), "number", resources) : {};
  }
  const service = resources.find((r) => is(r, "", "Service") && metadataOf(r)["name"] === name && isIn(r, namespace));
  const selector = service ? objectOf(specOf(service)["selector"]) : {};
  return service && Object.keys(selector).length > 0
    ? { ...servedBy(service, selector, "port", resources), namespace }
    : { namespace };
}

function servedBy(owner: Resource, selector: Labels, port: "number" | "port", resources: Resource[]): Serving {
  const namespace = namespaceOf(owner);
  const pods = resources
    .filter((r) => runsPods(r) && isIn(r, namespace))
    .map(podLabels)
    .filter((labels) => covers(selector, labels));
  const ports = listOf(specOf(owner)["ports"]).map((p) => numberOf(objectOf(p)["targetPort"] ?? objectOf(p)[port]));
  return {
    namespace,
    pods: pods.length > 0 ? pods : [selector],
    ...(ports.every(Number.isInteger) ? { ports: ports.map(wordOf) } : {}),
  };
}

/** Kinds that are pods or make them, by group. */
const workloads: Record<string, string[]> = {
  "": ["Pod", "ReplicationController"],
  apps: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
  "argoproj.io": ["Rollout"],
};

function runsPods(resource: Resource): boolean {
  const { group, kind } = kindOf(resource) ?? {};
  return group !== undefined && (workloads[group] ?? []).includes(kind!);
}

/** Labels of the pods that an object makes, or is. */
function podLabels(resource: Resource): Labels {
  return is(resource, "", "Pod")
    ? labelsOf(resource)
    : objectOf(objectOf(objectOf(specOf(resource)["template"])["metadata"])["labels"]);
}

/** Whether everything with these labels is selected. */
export function covers(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** The labels by which an object selects; empty: everything. */
export function selected(selector: unknown, key: "labels" | "matchLabels"): Labels {
  return objectOf(objectOf(selector)[key]);
}

/** The texts that Go reads as false. https://pkg.go.dev/strconv#ParseBool */
const goFalse = ["0", "f", "F", "FALSE", "false", "False"];

/**
 * Whether an AuthorizationPolicy is enforced. Istio reads its annotation as Go does, with `1`, `t` and `True` for true;
 * of any other text it is not certain that every release enforces the policy.
 */
export function isEnforced(policy: Resource): boolean {
  const dryRun = annotationsOf(policy)["istio.io/dry-run"];
  return dryRun === undefined || dryRun === null || isUnknown(dryRun) || goFalse.includes(wordOf(dryRun));
}

/** What an AuthorizationPolicy is attached to, instead of selecting pods: a waypoint, a Service or a Gateway. */
export function targetsOf(policy: Resource): Record<string, any>[] {
  const { targetRef, targetRefs } = specOf(policy);
  return [...(targetRef ? [targetRef] : []), ...listOf(targetRefs)].map(objectOf);
}

/** Whether an AuthorizationPolicy is in force for sidecars; one on trial, or for a waypoint or gateway, is not. */
export function inForce(policy: Resource): boolean {
  return isEnforced(policy) && targetsOf(policy).length === 0;
}
