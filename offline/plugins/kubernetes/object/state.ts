import { createHash } from "node:crypto";
import { isBuiltIn } from "./builtIn.ts";
import { forState, fromState } from "./fieldNames.ts";
import { isObject, markLike, reveal, Secret, type Value, type Values } from "../../shared/values.ts";

/** An object of the API server, as it was read. */
export interface LiveObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    generation?: number;
    resourceVersion?: string;
    deletionTimestamp?: string;
    finalizers?: string[];
    annotations?: Record<string, string>;
    managedFields?: ManagedFields[];
  };
  spec?: any;
  status?: any;
  [key: string]: any;
}

/** Who set which fields: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
export interface ManagedFields {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  fieldsType: string;
  fieldsV1: Record<string, any>;
  subresource?: string;
  time?: string;
}

const bookkeeping = ["__inputs", "__fieldManager", "__initialApiVersion"];

/**
 * Field manager of a resource: the mark by which its object is known as this stack's. It follows from the resource's
 * URN and from where its state is kept, so that after a crash the object is found again, and another stack of the
 * same name elsewhere does not take it for its own.
 */
export function fieldManagerOf(urn: string): string {
  const hash = createHash("sha256")
    .update(`${process.env["PULUMI_BACKEND_URL"] ?? ""}\0${urn}`)
    .digest("hex")
    .slice(0, 8);
  return `pulumi-kubernetes-${hash}`;
}

/** Field manager of a resource: the one that its annotation names, else its state's, else its own. */
export function managerOf(urn: string, state: Values, inputs: Values): string {
  const named = (reveal(inputs["metadata"] ?? null) as any)?.annotations?.["pulumi.com/patchFieldManager"];
  return named || state["__fieldManager"] || fieldManagerOf(urn);
}

/** Field manager that a state names. */
export function formerManagerOf(state: Values): string | undefined {
  const manager = state["__fieldManager"];
  return typeof manager === "string" ? manager : undefined;
}

/** Id of an object: `namespace/name`, or `name`. */
export function idOf(live: { metadata: { name: string; namespace?: string } }): string {
  return live.metadata.namespace ? `${live.metadata.namespace}/${live.metadata.name}` : live.metadata.name;
}

/** Namespace and name of an id. */
export function parseId(id: string): { namespace?: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0 ? { name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** What the engine keeps of an object: what it is, and how it was asked for. Secret wherever the inputs are. */
export function stateOf(live: LiveObject, inputs: Values, fieldManager: string, initialApiVersion: string): Values {
  const marked = markLike(live, inputs) as Values;
  return {
    ...secretData(forState(marked)),
    __inputs: secretData(forState(inputs)),
    __fieldManager: fieldManager,
    __initialApiVersion: initialApiVersion,
  };
}

/** What of a state is the object itself. */
export function objectOf(state: Values): Values {
  return fromState(Object.fromEntries(Object.entries(state).filter(([key]) => !bookkeeping.includes(key))));
}

/** The data of a Secret is secret whether or not the program says so. */
export function secretData(object: Values): Values {
  if (reveal(object["kind"] ?? null) !== "Secret" || reveal(object["apiVersion"] ?? null) !== "v1") return object;
  const marked = { ...object };
  for (const key of ["data", "stringData"])
    if (marked[key] !== undefined && !(marked[key] instanceof Secret)) marked[key] = new Secret(reveal(marked[key]));
  return marked;
}

/** Annotations by which others keep book of an object: nobody asks for them. */
const notes = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/**
 * Inputs as they would be written to make the object as it is: for what is imported. The official plugin knows the
 * inputs of the kinds in its schema; of a custom kind it takes the name alone.
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3/provider/pkg/provider/provider.go (Read)
 */
export function inputsFrom(live: LiveObject): Values {
  const { status: _, metadata, ...rest } = live;
  if (!isBuiltIn(live.apiVersion)) {
    const { apiVersion, kind } = live;
    const { name, namespace } = metadata;
    return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
  }
  const {
    uid: _u,
    resourceVersion: _r,
    creationTimestamp: _c,
    generation: _g,
    managedFields: _m,
    selfLink: _s,
    annotations,
    ...kept
  } = metadata as Record<string, any>;
  const asked = Object.entries(annotations ?? {}).filter(([key]) => !notes.includes(key));
  return secretData({
    ...rest,
    metadata: { ...kept, ...(asked.length > 0 ? { annotations: Object.fromEntries(asked) } : {}) },
  } as unknown as Values);
}

/**
 * Inputs as they have become: where the object differs from what it was when state was written last, its value takes
 * the input's place. What the server normalised (`0.5` to `500m`) is no difference.
 */
export function driftedInputs(inputs: Values, before: Values, now: LiveObject): Values {
  return drift(inputs, before as Value, now as unknown as Value) as Values;
}

function drift(input: Value, before: Value | undefined, now: Value | undefined): Value | undefined {
  if (input instanceof Secret) {
    const inner = drift(input.value, before instanceof Secret ? before.value : before, now);
    return inner === undefined ? undefined : new Secret(inner);
  }
  const was = before instanceof Secret ? before.value : before;
  if (isObject(input) && isObject(now)) {
    const entries = Object.entries(input).map(
      ([key, value]) =>
        [key, drift(value as Value, isObject(was) ? (was as Values)[key] : undefined, (now as Values)[key])] as const,
    );
    return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined));
  }
  if (Array.isArray(input) && Array.isArray(now) && now.length === input.length)
    return input.map((value, i) => drift(value, Array.isArray(was) ? was[i] : undefined, now[i]) ?? null);
  const same = JSON.stringify(reveal(was ?? null)) === JSON.stringify(now ?? null);
  if (same) return input;
  // An empty or default value that the server leaves out is not gone.
  if (now === undefined && was === undefined) return input;
  return now;
}
