import { InitFailed } from "../../shared/plugin.ts";
import { hasUnknown, reveal, Secret, Unknown, type Values } from "../../shared/values.ts";
import { unreadiness } from "../await/await.ts";
import { Unreachable, type Context, type ResourceHandler, type ResourceKind } from "../cluster.ts";
import { get, kindOf, Refused, UnknownKind, type Operation } from "./api.ts";
import { isBuiltIn } from "./builtIn.ts";
import { checkObject } from "./check.ts";
import { defaultNamespaceOf } from "./defaultNamespace.ts";
import { deleteObject } from "./delete.ts";
import { diffObject } from "./diff.ts";
import { asked } from "./fieldNames.ts";
import { withIgnored } from "./ignore.ts";
import { isUnready } from "./replaceUnready.ts";
import { settled } from "./settled.ts";
import {
  driftedInputs,
  formerManagerOf,
  idOf,
  inputsFrom,
  managerOf,
  objectOf,
  parseId,
  stateOf,
  type LiveObject,
} from "./state.ts";
import { readUnreachable, tellUnreachable } from "./unreachable.ts";
import { applyObject, createObject, isWhole, withoutFormer } from "./write.ts";

/** Ordinary objects: every kind a cluster serves, custom resources included. */
export const objects: ResourceHandler = {
  check: async (request) =>
    checkObject({ ...request, namespace: await defaultNamespaceOf(request.cluster, request.type, request.news) }),

  diff: async (request) => {
    const { id, olds, oldInputs, news, ignoreChanges, cluster } = request;
    const unready = await isUnready(request, id, news);
    return diffObject(
      { olds: objectOf(olds), inputs: inputsOf(olds, oldInputs), news, ignoreChanges, unready },
      cluster.options,
    );
  },

  create: async (request) => {
    const { properties: inputs, preview, urn } = request;
    if (preview && hasUnknown(inputs)) return { id: "", properties: inputs };
    const manager = managerOf(urn, {}, inputs);
    try {
      const target = await targetOf(request, inputs, preview);
      const made = await createObject(request, { ...target, inputs, manager, preview });
      const state = (live: LiveObject): Values => stateOf(live, inputs, manager, apiVersionOf(inputs));
      if (preview) return { id: "", properties: state(previewed(made)) };
      const live = await settled(request, target.kind, made, {
        inputs,
        state,
        what: () => `resource "${urn}" was successfully created, but the Kubernetes API server reported that it`,
      });
      return { id: idOf(live), properties: state(live) };
    } catch (error) {
      if (preview && (isPremature(error) || cannotTry(error, inputs, request))) return { id: "", properties: inputs };
      throw told(error, inputs, "was not successfully created by");
    }
  },

  update: async (request) => {
    const { news, olds, preview, urn, ignoreChanges } = request;
    if (preview && hasUnknown(news)) return { properties: news };
    const manager = managerOf(urn, olds, news);
    const { namespace, name } = parseId(request.id);
    try {
      const found = await targetOf(request, named(news, name), preview);
      const target = { ...found, namespace: namespace ?? found.namespace, manager, former: formerManagerOf(olds) };
      const before =
        ignoreChanges.length > 0 ? await get(request, target.kind, target.namespace, target.name!) : undefined;
      const inputs = before ? withIgnored(news, before, manager, ignoreChanges, isWhole(target.kind)) : news;
      const applied = await applyObject(request, { ...target, inputs: named(inputs, name), preview });
      const state = (live: LiveObject): Values =>
        stateOf(live, inputs, manager, String(olds["__initialApiVersion"] ?? apiVersionOf(inputs)));
      const live = preview
        ? applied
        : await settled(request, target.kind, applied, {
            inputs,
            state,
            what: (id) => `the Kubernetes API server reported that "${id}"`,
          });
      return { properties: state(preview ? live : await withoutFormer(request, live, target)) };
    } catch (error) {
      if (preview && cannotTry(error, news, request)) return { properties: news };
      throw told(error, news, "was not successfully updated by");
    }
  },

  read: async (request) => {
    try {
      return await readObject(request);
    } catch (error) {
      if (error instanceof Unreachable) return readUnreachable(request, error);
      throw error;
    }
  },

  delete: async (request) => deleteObject(request, request.id, objectOf(request.properties), request.timeout),
};

const readObject: ResourceHandler["read"] = async (request) => {
  const { properties, inputs } = request;
  const known = inputsOf(properties, inputs);
  const [, group, typeKind] = request.type.split(":") as [string, string, string];
  const apiVersion = String(reveal(known["apiVersion"] ?? group.replace(/^core\//, "")));
  const kind = await request.cluster.resourceOf(apiVersion, String(reveal(known["kind"] ?? typeKind)));
  if (!kind) return undefined;
  const { namespace, name } = parseId(request.id);
  const live = await get(request, kind, kind.namespaced ? (namespace ?? request.cluster.namespace) : undefined, name);
  if (!live) return undefined;
  const manager = managerOf(request.urn, properties, {});
  const imported = Object.keys(known).length === 0;
  const now = imported ? inputsFrom(live) : driftedInputs(known, objectOf(properties), live);
  const found = {
    id: idOf(live),
    inputs: now,
    properties: stateOf(live, now, manager, String(properties["__initialApiVersion"] ?? apiVersion)),
  };
  // Whether the object of a patch is ready is its owner's affair.
  const patch = request.urn.split("::")[2]!.endsWith("Patch");
  const lacking = imported || patch ? undefined : await unreadiness(request, kind, live, annotationsOf(known));
  if (!lacking) return found;
  const message = `Resource '${live.metadata.name}' was created but failed to initialize`;
  throw new InitFailed(message, { ...found, reasons: [message, ...lacking] });
};

/** Where the object goes. In a preview a kind that does not exist yet is not waited for. */
async function targetOf(
  operation: Operation & Context,
  inputs: Values,
  preview: boolean,
): Promise<{ kind: ResourceKind; namespace: string | undefined; name: string | undefined }> {
  const kind = await kindOf(
    operation,
    apiVersionOf(inputs),
    String(reveal(inputs["kind"]!)),
    !preview && !isBuiltIn(apiVersionOf(inputs)),
  );
  const metadata = reveal(inputs["metadata"] ?? {}) as { name?: string; namespace?: string };
  return {
    kind,
    namespace: kind.namespaced ? (metadata.namespace ?? operation.cluster.namespace) : undefined,
    name: metadata.name,
  };
}

/**
 * What an object was asked to be. The state tells it best: after an update that failed half-way the engine still has
 * the inputs from before.
 */
function inputsOf(state: Values, inputs: Values): Values {
  return asked((state["__inputs"] as Values | undefined) ?? inputs);
}

function annotationsOf(inputs: Values): Record<string, string> {
  return (reveal(inputs["metadata"] ?? null) as { annotations?: Record<string, string> } | null)?.annotations ?? {};
}

function apiVersionOf(inputs: Values): string {
  const version = inputs["apiVersion"]!;
  return version instanceof Unknown ? "" : String(reveal(version));
}

/** Inputs with the name that the server made up, where they have only what it starts with (`generateName`). */
function named(inputs: Values, name: string): Values {
  const metadata = inputs["metadata"];
  const plain = (metadata instanceof Secret ? metadata.value : metadata) as Values | undefined;
  if (plain?.["name"] !== undefined || plain?.["generateName"] === undefined) return inputs;
  const whole = { ...plain, name };
  return { ...inputs, metadata: metadata instanceof Secret ? new Secret(whole) : whole };
}

/** What a preview cannot tell yet: status and place in the store. */
function previewed(made: LiveObject): LiveObject {
  const { status: _, ...rest } = made;
  const { resourceVersion: _r, ...metadata } = rest.metadata;
  return { ...rest, metadata } as LiveObject;
}

/** Whether a preview failed only because what comes before a new object is not there yet. */
function isPremature(error: unknown): boolean {
  return (
    error instanceof Error &&
    (/namespaces? ".*" not found/.test(error.message) || /failed calling webhook/.test(error.message))
  );
}

/**
 * Whether a preview can only show what is asked for, as the cluster cannot try it out. Says so where an `up` may fail
 * for it.
 */
function cannotTry(error: unknown, inputs: Values, operation: Operation): boolean {
  if (error instanceof UnknownKind) return !isBuiltIn(apiVersionOf(inputs));
  if (error instanceof Unreachable) {
    tellUnreachable(operation, error);
    return true;
  }
  // Who previews may not be who deploys, and an object may be in the way only until its deletion comes first.
  if (!(error instanceof Refused && ["Forbidden", "AlreadyExists"].includes(error.reason))) return false;
  operation.engine.log("warning", `previewed without trying it out: ${error.message}`, operation.urn);
  return true;
}

function told(error: unknown, inputs: Values, what: string): unknown {
  if (
    error instanceof InitFailed ||
    error instanceof Unreachable ||
    error instanceof UnknownKind ||
    !(error instanceof Error)
  )
    return error;
  const metadata = reveal(inputs["metadata"] ?? {}) as { name?: string; namespace?: string };
  const id = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : (metadata.name ?? "");
  return Object.assign(error, { message: `resource "${id}" ${what} the Kubernetes API server: ${error.message}` });
}
