import { isObject, Secret, type Value, type Values } from "../../shared/values.ts";

/** What says which object it is. A resource's type and name show it, so marking it would hide nothing. */
const identity = ["apiVersion", "kind"];
const named = ["name", "namespace", "generateName"];

/**
 * An object, or a list of them, whose secret marks are below what says which object it is: of a secret object (or
 * one out of a secret text) everything else is marked.
 *
 * @param secret whether a mark further up, or the text it comes from, covers it
 */
export function opened(value: Value, secret = false): Value {
  if (value instanceof Secret) return opened(value.value, true);
  if (!isObject(value)) return marked(value, secret);
  return Object.fromEntries(
    Object.entries(value as Values).map(([key, part]) => [
      key,
      openedPart(key, part as Value, secret, isList(value as Values)),
    ]),
  );
}

function openedPart(key: string, part: Value, secret: boolean, list: boolean): Value {
  if (identity.includes(key)) return bare(part);
  const covered = secret || part instanceof Secret;
  const inner = part instanceof Secret ? part.value : part;
  if (list && key === "items" && Array.isArray(inner)) return inner.map((item) => opened(item, covered));
  if (key !== "metadata" || !isObject(inner)) return marked(part, secret);
  return Object.fromEntries(
    Object.entries(inner as Values).map(([name, value]) => [
      name,
      named.includes(name) ? bare(value) : marked(value, covered),
    ]),
  );
}

function isList(object: Values): boolean {
  return String(bare(object["kind"] ?? "")).endsWith("List");
}

function marked(value: Value, secret: boolean): Value {
  return secret && !(value instanceof Secret) ? new Secret(value) : value;
}

function bare(value: Value): Value {
  return value instanceof Secret ? bare(value.value) : value;
}
