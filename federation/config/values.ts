/*
 * Reading of values that have no schema here: those of charts, and of objects that others write.
 */

/** Whether a value is a mapping: neither a list nor null. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value if it is a mapping, otherwise an empty one. */
export function mappingOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMapping(value) ? value : {};
}

/** Whether Istio reads a variable as true. https://pkg.go.dev/strconv#ParseBool */
export function isTrueInGo(value: unknown): boolean {
  return ["true", "True", "TRUE", "t", "T", "1"].includes(String(value));
}
