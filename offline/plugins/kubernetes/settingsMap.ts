import { isObject, reveal, type Value } from "../shared/values.ts";

/** A map that a provider was given, or its JSON, as the SDK sends it. Throws for what is no map. */
export function settingsMap(given: Value | undefined): Record<string, unknown> {
  const plain: unknown = reveal(given ?? null);
  const value: unknown = typeof plain === "string" && plain !== "" ? JSON.parse(plain) : plain || {};
  if (!isObject(value)) throw new Error(`no map: ${typeof value}`);
  return value;
}
