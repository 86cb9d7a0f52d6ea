import { parse } from "yaml";

/*
 * Reading of values that have no schema here: those of charts, and of objects that others write.
 */

/** Values of a mapping, by key. */
export type Values = Readonly<Record<string, unknown>>;

/** The value at a path, whose parts are joined by dots; undefined where there is none. */
export function valueAt(values: Values, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (isMapping(value) ? value[key] : undefined), values);
}

/** Whether a value is given, be it null, which removes what a chart's values have. */
export function isSet(values: Values, path: string): boolean {
  return valueAt(values, path) !== undefined;
}

/** Whether a value is a mapping: neither a list nor null. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value if it is a mapping, otherwise an empty one. */
export function mappingOf(value: unknown): Values {
  return isMapping(value) ? value : {};
}

/** The mapping that a text is in YAML; empty where it is another value, or no YAML. */
export function mappingIn(text: string | undefined): Values {
  try {
    return mappingOf(parse(text ?? ""));
  } catch {
    return {};
  }
}

/** A value if it is a list, otherwise an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Whether Istio reads a variable as true. https://pkg.go.dev/strconv#ParseBool */
export function isTrueInGo(value: unknown): boolean {
  return ["true", "True", "TRUE", "t", "T", "1"].includes(String(value));
}
