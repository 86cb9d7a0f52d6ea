import { hasSecret, isObject, Secret, type Value, type Values } from "../../shared/values.ts";
import { parsePropertyPath, type PropertyPath } from "./propertyPath.ts";
import type { LiveObject } from "./state.ts";
import { isOwn } from "./managedFields.ts";

/**
 * Inputs in which ignored fields are as the object has them. One that only others set is left out: asking for it
 * would be a conflict, or would make this resource its owner too. One that is set here stays, with the object's
 * value: leaving it out would take it away, as it would from an object that is changed as a `whole`. What the object
 * does not have is asked for as it is.
 */
export function withIgnored(
  inputs: Values,
  live: LiveObject,
  manager: string,
  ignoreChanges: string[],
  whole = false,
): Values {
  const [ours, theirs] = [true, false].map((own) =>
    (live.metadata.managedFields ?? []).filter((entry) => isOwn(entry, manager) === own).map((entry) => entry.fieldsV1),
  );
  const paths = ignoreChanges.flatMap((text) => places(live, parsePropertyPath(text)));
  let changed: Value | undefined = inputs;
  for (const path of paths) {
    const elsewhere =
      !whole && theirs!.some((fields) => owns(fields, live, path)) && !ours!.some((fields) => owns(fields, live, path));
    changed = replaced(changed, path, elsewhere ? undefined : path.reduce<any>(at, live));
  }
  return changed as Values;
}

/** The places in an object that a path with `*` stands for; none when there is nothing. */
function places(live: any, [step, ...rest]: PropertyPath, before: PropertyPath = []): PropertyPath[] {
  if (step === undefined) return [before];
  const steps =
    step !== "*" ? [step] : Array.isArray(live) ? [...live.keys()] : isObject(live) ? Object.keys(live) : [];
  return steps.flatMap((s) => (at(live, s) === undefined ? [] : places(at(live, s), rest, [...before, s])));
}

/**
 * Whether managed fields hold a place of an object, or all of what it is in.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
function owns(fields: Record<string, any>, live: any, [step, ...rest]: PropertyPath): boolean {
  if (step === undefined) return true;
  const value = at(live, step);
  const names = Object.keys(fields);
  if (names.length === 0) return true;
  const name = typeof step === "string" ? `f:${step}` : names.find((key) => isItem(key, value));
  return name !== undefined && name in fields && owns(fields[name], value, rest);
}

/** Whether managed fields mean a list's item by `name`: `k:{"port":80}` by its keys, `v:"a"` by its value. */
function isItem(name: string, item: any): boolean {
  if (name.startsWith("v:")) return name === `v:${JSON.stringify(item)}`;
  if (!name.startsWith("k:")) return false;
  return Object.entries(JSON.parse(name.slice(2))).every(([key, value]) => item?.[key] === value);
}

/** A value with another at a path, or without it. Nothing is made above it; what was secret there stays so. */
function replaced(value: Value | undefined, [step, ...rest]: PropertyPath, by: Value | undefined): Value | undefined {
  if (step === undefined) return by !== undefined && hasSecret(value) ? new Secret(by) : by;
  if (value instanceof Secret) return new Secret(replaced(value.value, [step, ...rest], by) ?? null);
  const inner = replaced(at(value, step), rest, by);
  if (Array.isArray(value))
    return inner === undefined || Number(step) >= value.length ? value : value.with(Number(step), inner);
  if (!isObject(value) || (inner === undefined && !(step in value))) return value;
  const { [step]: _, ...others } = value as Values;
  return inner === undefined ? others : { ...others, [step]: inner };
}

function at(value: any, step: string | number): any {
  const open = value instanceof Secret ? value.value : value;
  return isObject(open) || Array.isArray(open) ? (open as any)[step] : undefined;
}
