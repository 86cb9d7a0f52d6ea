import type { ManagedFields } from "./state.ts";

/** Manager of the fields that an object is created with, as the official plugin names it. */
export const creator = "pulumi-kubernetes";
/**
 * Whose fields an update takes over, by the beginnings of their names: those of creations, and what people change by
 * hand. The official plugin's rule; it does not hold in previews, where an edit by hand is a conflict, unless
 * nothing was updated since the creation. https://github.com/fluxcd/pkg/blob/main/ssa/patch.go
 */
const takenOver = {
  Update: ["kubectl", "before-first-apply", creator, "pulumi-resource-kubernetes"],
  Apply: ["kubectl"],
};

/** Managed fields in which the creation's belong to `manager`; undefined when there is nothing to move. */
export function migrate(managed: ManagedFields[], manager: string): ManagedFields[] | undefined {
  const applied = managed.find((e) => e.operation === "Apply" && e.manager === manager && !e.subresource);
  const created = managed.filter((e) => e !== applied && isOwn(e, manager));
  if (created.length === 0) return undefined;
  const base = applied ?? { ...created[0]!, manager, operation: "Apply" as const };
  const merged = { ...base, fieldsV1: created.reduce((fields, e) => union(fields, e.fieldsV1), base.fieldsV1) };
  return [merged, ...managed.filter((e) => e !== applied && !created.includes(e))];
}

/** Whether fields are those of the resource of that manager, or are taken over by it. */
export function isOwn({ manager: by, operation, subresource }: ManagedFields, manager: string): boolean {
  return !subresource && (by === manager || takenOver[operation].some((name) => by.startsWith(name)));
}

/** Whether fields are an object's as it was created by the official plugin, of any version. */
export function isCreation({ manager, operation }: ManagedFields): boolean {
  return operation === "Update" && [creator, `${creator}.exe`, "pulumi-resource-kubernetes"].includes(manager);
}

function union(a: Record<string, any>, b: Record<string, any>): Record<string, any> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(keys.map((key) => [key, union(a[key] ?? {}, b[key] ?? {})]));
}
