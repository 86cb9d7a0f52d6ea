import { setTimeout as sleep } from "node:timers/promises";
import { reveal, type Values } from "../../shared/values.ts";
import type { ResourceKind } from "../cluster.ts";
import { call, get, Refused, type Operation } from "./api.ts";
import { creator, isCreation, migrate } from "./managedFields.ts";
import type { LiveObject } from "./state.ts";

/** An object to write. */
export interface Wanted {
  kind: ResourceKind;
  namespace: string | undefined;
  name: string | undefined;
  inputs: Values;
  /** Field manager of the resource. */
  manager: string;
  /** Field manager that it had until now, see {@link withoutFormer}. */
  former?: string;
  /** Ask the server what would become of it, and change nothing. */
  preview: boolean;
  /** The object is somebody else's and only some of its fields are wanted: nothing else of it is touched. */
  partial?: boolean;
}

/** How long one that is being deleted may stand in a new object's way, in milliseconds. */
const leaving = 60_000;

/**
 * Creates an object. One that exists is taken over only if it carries this resource's mark, as after a crash between
 * the object's making and its recording, or if the provider or its annotation says so. One that is being deleted is
 * waited for: nothing of it will stay.
 */
export async function createObject(operation: Operation, wanted: Wanted): Promise<LiveObject> {
  const { kind, namespace, name, inputs, manager, preview } = wanted;
  const query = { fieldManager: manager, fieldValidation: "Warn", dryRun: preview ? "All" : undefined };
  for (const until = Date.now() + leaving; ; await sleep(500, undefined, { signal: operation.signal })) {
    try {
      const made: LiveObject = await call(operation, "POST", kind.path(namespace), { body: reveal(inputs), query });
      return preview ? made : await ownCreatedFields(operation, wanted, made);
    } catch (error) {
      if (!(error instanceof Refused && error.reason === "AlreadyExists") || name === undefined) throw error;
      const live = await get(operation, kind, namespace, name);
      if (!preview && (!live || live.metadata.deletionTimestamp) && Date.now() < until) {
        operation.engine.log("info", "waiting until the former one is gone", operation.urn, true);
        continue;
      }
      if (!live) throw error;
      const ours = live.metadata.managedFields?.some((entry) => entry.manager === manager);
      const upsert = operation.cluster.options.upsertExistingObjects;
      const { finalizers } = live.metadata;
      if (live.metadata.deletionTimestamp && !preview)
        throw new Refused(409, {
          reason: "AlreadyExists",
          message:
            `${kind.plural} "${name}" is being deleted` +
            `${finalizers?.length ? ` and has the finalizers ${finalizers.join(", ")}` : ""}; retry when it is gone`,
        });
      if (!ours && !upsert)
        throw new Refused(409, {
          reason: "AlreadyExists",
          message:
            `${kind.plural} "${name}" already exists and was not made by this stack; import ` +
            "it (pulumi import --generate-code=false), give yours another name, or delete " +
            "the one that is there",
        });
      return applyObject(operation, wanted, upsert);
    }
  }
}

/** Changes an object by server-side apply: fields that are no longer asked for go away, other owners' fields stay. */
export async function applyObject(
  operation: Operation,
  wanted: Wanted,
  force = operation.cluster.options.enablePatchForce || isForced(wanted.inputs),
): Promise<LiveObject> {
  const { kind, namespace, name, inputs, manager, former, preview, partial = false } = wanted;
  if (isWhole(kind) && !partial) return replaceObject(operation, wanted);
  const path = kind.path(namespace, name);
  if (!preview && !partial) await ownCreatedFields(operation, wanted, await get(operation, kind, namespace, name!));
  const patch = (withForce: boolean): Promise<LiveObject> =>
    call(operation, "PATCH", path, {
      // JSON is YAML too.
      contentType: "application/apply-patch+yaml",
      body: reveal(inputs),
      query: {
        fieldManager: manager,
        force: String(withForce),
        fieldValidation: "Warn",
        dryRun: preview ? "All" : undefined,
      },
    });
  try {
    return await patch(force);
  } catch (error) {
    if (!(
      error instanceof Refused &&
      error.status === 409 &&
      error.causes.some((cause) => cause.reason === "FieldManagerConflict")
    ))
      throw error;
    const others = [
      ...new Set(
        error.causes.map((cause) => /conflict with "([^"]*)"/.exec(cause.message ?? "")?.[1] ?? "another manager"),
      ),
    ];
    // Fields from an object's creation are the stack's own; in a preview they could not be taken over beforehand.
    const own = partial ? [former] : [former, creator, manager];
    if (others.every((other) => own.includes(other))) return patch(true);
    if (preview && !partial && (await get(operation, kind, namespace, name!))?.metadata.managedFields?.some(isCreation))
      return patch(true);
    const fields = error.causes.map((cause) => cause.field).filter(Boolean);
    throw new Refused(409, {
      reason: "Conflict",
      message:
        `fields ${fields.join(", ")} are managed by ${others.map((o) => `"${o}"`).join(", ")}; ` +
        "leave them out of the program, ignore them (ignoreChanges), or force them with the annotation " +
        'pulumi.com/patchForce: "true"',
    });
  }
}

/** Whether a kind's objects are changed as a whole, not field by field. */
export function isWhole({ group, kind }: ResourceKind): boolean {
  return kind === "CustomResourceDefinition" && group === "apiextensions.k8s.io";
}

/**
 * Puts an object in the place of the one that is there, whoever set its fields: a definition is one whole, as the
 * official plugin sees it (and `kubectl replace`).
 */
async function replaceObject(
  operation: Operation,
  { kind, namespace, name, inputs, manager, preview }: Wanted,
): Promise<LiveObject> {
  const object = reveal(inputs) as LiveObject;
  for (let attempt = 0; ; attempt++) {
    const live = await get(operation, kind, namespace, name!);
    const body = { ...object, metadata: { ...object.metadata, resourceVersion: live?.metadata.resourceVersion } };
    try {
      return await call(operation, "PUT", kind.path(namespace, name), {
        body,
        query: { fieldManager: manager, fieldValidation: "Warn", dryRun: preview ? "All" : undefined },
      });
    } catch (error) {
      // Its status was written in between.
      if (!(error instanceof Refused && error.status === 409 && live) || attempt === 5) throw error;
    }
  }
}

/** Gives up what a manager has set: what nobody else set goes. Applying nothing but the object's name does that. */
export async function relinquish(
  operation: Operation,
  kind: ResourceKind,
  { name, namespace }: { name: string; namespace?: string | undefined },
  manager: string,
): Promise<LiveObject> {
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version;
  const body = { apiVersion, kind: kind.kind, metadata: { name, ...(namespace ? { namespace } : {}) } };
  return call(operation, "PATCH", kind.path(namespace, name), {
    contentType: "application/apply-patch+yaml",
    body,
    query: { fieldManager: manager, force: "true" },
  });
}

/** An object after an update in the name of `manager`: the one from before, if it was another, gives its fields up. */
export async function withoutFormer(
  operation: Operation,
  live: LiveObject,
  { kind, manager, former }: Pick<Wanted, "kind" | "manager" | "former">,
): Promise<LiveObject> {
  // Who replaces an object as a whole need not own what was like that before.
  return former === undefined || former === manager || isWhole(kind)
    ? live
    : relinquish(operation, kind, live.metadata, former);
}

/**
 * An object's fields belong to its creation (`Update`) at first. Handing them to the resource's own manager
 * (`Apply`) lets server-side apply change them without a conflict, the official plugin's too, and remove what the
 * program no longer asks for.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#migration-between-client-side-and-server-side-apply
 *
 * @param live the object as it was seen last
 * @returns the object as it is then
 */
async function ownCreatedFields<T extends LiveObject | undefined>(
  operation: Operation,
  { kind, manager }: Wanted,
  live: T,
): Promise<T> {
  for (let seen: LiveObject | undefined = live, attempt = 0; seen && attempt < 5; attempt++) {
    const { name, namespace, resourceVersion, managedFields = [] }: LiveObject["metadata"] = seen.metadata;
    const migrated = migrate(managedFields, manager);
    if (!migrated) return seen as T;
    const body = [
      { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
      { op: "replace", path: "/metadata/managedFields", value: migrated },
    ];
    try {
      return await call(operation, "PATCH", kind.path(namespace, name), {
        contentType: "application/json-patch+json",
        body,
      });
    } catch (error) {
      // Somebody changed it in between: look again.
      if (!(error instanceof Refused && [409, 422].includes(error.status))) throw error;
      seen = await get(operation, kind, namespace, name);
    }
  }
  return live;
}

function isForced(inputs: Values): boolean {
  return (reveal(inputs["metadata"] ?? null) as any)?.annotations?.["pulumi.com/patchForce"] === "true";
}
