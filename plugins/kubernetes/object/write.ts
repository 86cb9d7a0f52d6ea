import { reveal, type Values } from "../../shared/values.ts";
import type { ResourceKind } from "../cluster.ts";
import { call, get, Refused, type Operation } from "./api.ts";
import type { LiveObject, ManagedFields } from "./state.ts";

/** Manager of the fields that an object is created with, as the official plugin names it. */
const creator = "pulumi-kubernetes";

/** An object to write. */
export interface Wanted {
  kind: ResourceKind;
  namespace: string | undefined;
  name: string | undefined;
  inputs: Values;
  /** Field manager of the resource. */
  manager: string;
  /** Ask the server what would become of it, and change nothing. */
  preview: boolean;
}

/**
 * Creates an object. One that exists is taken over only if it carries this resource's mark, as after a crash between
 * the object's making and its recording, or if the provider or its annotation says so.
 */
export async function createObject(operation: Operation, wanted: Wanted): Promise<LiveObject> {
  const { kind, namespace, name, inputs, manager, preview } = wanted;
  const query = { fieldManager: manager, fieldValidation: "Strict", dryRun: preview ? "All" : undefined };
  try {
    return await call(operation, "POST", kind.path(namespace), { body: reveal(inputs), query });
  } catch (error) {
    if (!(error instanceof Refused && error.reason === "AlreadyExists") || name === undefined) throw error;
    const live = await get(operation, kind, namespace, name);
    if (!live) throw error;
    const ours = live.metadata.managedFields?.some((entry) => entry.manager === manager);
    const upsert = operation.cluster.options.upsertExistingObjects;
    if (!ours && !upsert)
      throw new Refused(409, {
        reason: "AlreadyExists",
        message: `${kind.plural} "${name}" already exists and was not made by this stack; import it (pulumi import), give yours another name, or delete the one that is there`,
      });
    return applyObject(operation, wanted, upsert);
  }
}

/** Changes an object by server-side apply: fields that are no longer asked for go away, other owners' fields stay. */
export async function applyObject(operation: Operation, wanted: Wanted, force = operation.cluster.options.enablePatchForce || isForced(wanted.inputs)): Promise<LiveObject> {
  const { kind, namespace, name, inputs, manager, preview } = wanted;
  const path = kind.path(namespace, name);
  if (!preview) await ownCreatedFields(operation, wanted);
  const patch = (withForce: boolean): Promise<LiveObject> =>
    call(operation, "PATCH", path, {
      // JSON is YAML too.
      contentType: "application/apply-patch+yaml",
      body: reveal(inputs),
      query: { fieldManager: manager, force: String(withForce), fieldValidation: "Strict", dryRun: preview ? "All" : undefined },
    });
  try {
    return await patch(force);
  } catch (error) {
    if (!(error instanceof Refused && error.status === 409 && error.causes.some((cause) => cause.reason === "FieldManagerConflict"))) throw error;
    const others = [...new Set(error.causes.map((cause) => /conflict with "([^"]*)"/.exec(cause.message ?? "")?.[1] ?? "another manager"))];
    // Fields from an object's creation are the stack's own; in a preview they could not be taken over beforehand.
    if (others.every((other) => other === creator || other === manager)) return patch(true);
    const fields = error.causes.map((cause) => cause.field).filter(Boolean);
    throw new Refused(409, {
      reason: "Conflict",
      message: `fields ${fields.join(", ")} are managed by ${others.map((o) => `"${o}"`).join(", ")}; leave them out of the program, ignore them (ignoreChanges), or win the conflict with the annotation pulumi.com/patchForce: "true"`,
    });
  }
}

/**
 * An object's fields belong to its creation (`Update`) at first. Handing them to the resource's own manager (`Apply`)
 * lets server-side apply remove what the program no longer asks for.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#migration-between-client-side-and-server-side-apply
 */
async function ownCreatedFields(operation: Operation, { kind, namespace, name, manager }: Wanted): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const live = await get(operation, kind, namespace, name!);
    const managed = live?.metadata.managedFields;
    if (!live || !managed) return;
    const migrated = migrate(managed, manager);
    if (!migrated) return;
    const body = [
      { op: "test", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
      { op: "replace", path: "/metadata/managedFields", value: migrated },
    ];
    try {
      await call(operation, "PATCH", kind.path(namespace, name), { contentType: "application/json-patch+json", body });
      return;
    } catch (error) {
      // Somebody changed it in between: look again.
      if (!(error instanceof Refused && [409, 422].includes(error.status))) throw error;
    }
  }
}

/** Managed fields in which the creation's belong to `manager`; undefined when there is nothing to move. */
export function migrate(managed: ManagedFields[], manager: string): ManagedFields[] | undefined {
  const created = managed.filter((e) => e.operation === "Update" && !e.subresource && (e.manager === creator || e.manager === manager));
  if (created.length === 0) return undefined;
  const applied = managed.find((e) => e.operation === "Apply" && e.manager === manager && !e.subresource);
  const base = applied ?? { ...created[0]!, manager, operation: "Apply" as const };
  const merged = { ...base, fieldsV1: created.reduce((fields, e) => union(fields, e.fieldsV1), base.fieldsV1) };
  return [merged, ...managed.filter((e) => e !== applied && !created.includes(e))];
}

function union(a: Record<string, any>, b: Record<string, any>): Record<string, any> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(keys.map((key) => [key, union(a[key] ?? {}, b[key] ?? {})]));
}

function isForced(inputs: Values): boolean {
  return (reveal(inputs["metadata"] ?? null) as any)?.annotations?.["pulumi.com/patchForce"] === "true";
}
