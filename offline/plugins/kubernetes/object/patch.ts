import { hasUnknown, reveal, Secret, type Value, type Values } from "../../shared/values.ts";
import { Unreachable, type ResourceHandler } from "../cluster.ts";
import { get, kindOf, Refused } from "./api.ts";
import { defaultNamespaceOf } from "./defaultNamespace.ts";
import { diffPatch } from "./diff.ts";
import { objects } from "./handler.ts";
import { asked } from "./fieldNames.ts";
import { formerManagerOf, idOf, managerOf, objectOf, parseId, stateOf } from "./state.ts";
import { dropUnreachable, tellUnreachable } from "./unreachable.ts";
import { applyObject, relinquish, withoutFormer } from "./write.ts";

/**
 * Resources such as `ServiceAccountPatch`: some fields of an object that somebody else made. Creating one needs the
 * object to exist; deleting one gives the fields up and leaves the object. As with the official plugin, nobody waits
 * until the object is ready: https://github.com/pulumi/pulumi-kubernetes/issues/2455
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export const patches: ResourceHandler = {
  check: async ({ type, news, cluster }) => {
    const [, group, kind] = type.split(":") as [string, string, string];
    const inputs: Values = {
      ...asked(news),
      apiVersion: news["apiVersion"] ?? group.replace(/^core\//, ""),
      kind: String(reveal(news["kind"] ?? kind)).replace(/Patch$/, ""),
    };
    const name = (reveal(news["metadata"] ?? null) as { name?: unknown } | null)?.name;
    const failures =
      name === undefined
        ? [{ property: "metadata.name", reason: "metadata.name is missing: name the object to patch" }]
        : [];
    const namespace = await defaultNamespaceOf(cluster, type.replace(/Patch$/, ""), news);
    if (namespace) inputs["metadata"] = withNamespace(inputs["metadata"]!, namespace);
    return { inputs, failures };
  },

  diff: async ({ oldInputs, olds, news, ignoreChanges }) =>
    diffPatch({
      olds: objectOf(olds),
      inputs: asked((olds["__inputs"] as Values | undefined) ?? oldInputs),
      news,
      ignoreChanges,
    }),

  create: async (request) => {
    if (request.preview) return { id: "", properties: request.properties };
    const { kind, namespace, name } = await target(request, request.properties);
    const live = await get(request, kind, namespace, name);
    if (!live)
      throw new Error(
        `there is no ${kind.kind} "${namespace ? `${namespace}/` : ""}${name}" to patch; ` +
          "create it first, or name one that exists",
      );
    const manager = managerOf(request.urn, {}, request.properties);
    const patched = await applyObject(request, {
      kind,
      namespace,
      name,
      inputs: request.properties,
      manager,
      preview: false,
      partial: true,
    });
    return {
      id: idOf(patched),
      properties: stateOf(patched, request.properties, manager, String(request.properties["apiVersion"])),
    };
  },

  update: async (request) => {
    if (request.preview && hasUnknown(request.news)) return { properties: request.news };
    const manager = managerOf(request.urn, request.olds, request.news);
    let patched;
    try {
      const { kind, namespace, name } = await target(request, request.news);
      const wanted = {
        kind,
        namespace,
        name,
        inputs: request.news,
        manager,
        former: formerManagerOf(request.olds),
        preview: request.preview,
        partial: true,
      };
      patched = await applyObject(request, wanted);
      if (!request.preview) patched = await withoutFormer(request, patched, wanted);
    } catch (error) {
      if (!(request.preview && error instanceof Unreachable)) throw error;
      tellUnreachable(request, error);
      return { properties: request.news };
    }
    return { properties: stateOf(patched, request.news, manager, String(request.news["apiVersion"])) };
  },

  read: async (request) => objects.read({ ...request, type: request.type.replace(/Patch$/, "") }),

  delete: async (request) => {
    const inputs = (request.properties["__inputs"] ?? request.properties) as Values;
    try {
      const { kind, namespace, name } = await target(request, inputs);
      if (!(await get(request, kind, namespace, name))) return;
      const manager = managerOf(request.urn, request.properties, {});
      await relinquish(request, kind, { name, namespace }, manager);
    } catch (error) {
      dropUnreachable(needed(error), request.cluster);
    }
  },
};

/**
 * What is wrong when an object cannot do without the fields that a patch gives up, in the official plugin's words;
 * any other error as it is.
 */
function needed(error: unknown): unknown {
  const field =
    error instanceof Refused && error.status === 422
      ? error.causes.find(({ reason }) => reason === "FieldValueRequired")?.field
      : undefined;
  if (field === undefined) return error;
  return new Error(
    "this Patch resource is currently managing a required field, so it can't be deleted " +
      `directly. Either set the \`retainOnDelete\` resource option, or transfer ownership of ` +
      `the field before deleting: ${field}`,
  );
}

function withNamespace(metadata: Value, namespace: string): Value {
  return metadata instanceof Secret
    ? new Secret(withNamespace(metadata.value, namespace))
    : { ...(metadata as Values), namespace };
}

async function target(request: Parameters<typeof kindOf>[0] & { id?: string }, inputs: Values) {
  const kind = await kindOf(request, String(reveal(inputs["apiVersion"]!)), String(reveal(inputs["kind"]!)), false);
  const metadata = reveal(inputs["metadata"]!) as { name: string; namespace?: string };
  const { namespace } = request.id ? parseId(request.id) : { namespace: undefined };
  return {
    kind,
    namespace: kind.namespaced ? (namespace ?? metadata.namespace ?? request.cluster.namespace) : undefined,
    name: metadata.name,
  };
}
