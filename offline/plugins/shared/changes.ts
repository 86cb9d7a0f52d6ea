import { equal, isObject, Secret, type Value, type Values } from "./values.ts";

/** One difference at a property path. */
export interface Change {
  path: string;
  kind: "add" | "delete" | "update";
}

/** Differences between two sets of inputs as the official plugin names them, e.g. `environment.V`, `triggers[0]`. */
export function changedPaths(before: Values, after: Values): Change[] {
  return compareObjects("", before, after);
}

function compareObjects(prefix: string, before: Values, after: Values): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => compare(prefix ? `${prefix}${step(key)}` : key, before[key], after[key]));
}

function compare(path: string, before: Value | undefined, after: Value | undefined): Change[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [{ path, kind: "add" }];
  if (after === undefined) return [{ path, kind: "delete" }];
  if (equal(before, after)) return [];
  const [x, y] = [open(before), open(after)];
  if (isObject(x) && isObject(y)) return compareObjects(path, x as Values, y as Values);
  if (Array.isArray(x) && Array.isArray(y))
    return Array.from({ length: Math.max(x.length, y.length) }, (_, i) => compare(`${path}[${i}]`, x[i], y[i])).flat();
  return [{ path, kind: "update" }];
}

function open(value: Value): Value {
  return value instanceof Secret ? value.value : value;
}

/** Property path syntax: https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/ */
function step(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
