import { isObject, Secret, type Value, type Values } from "../../shared/values.ts";
import { canonicalQuantity } from "./quantity.ts";

/** Maps of the program's own texts: only their being empty matters. */
const opaque = new Set(
  "annotations labels matchLabels nodeSelector data binaryData parameters volumeAttributes".split(" "),
);
/** Maps whose values are quantities. */
const quantityMaps = new Set("limits requests overhead hard capacity".split(" "));
const quantities = new Set("sizeLimit divisor averageValue".split(" "));
/** Lists that mean something when they are empty. */
const keptLists = new Set(["rules", "items"]);
/** Texts that mean something when they are empty. */
const keptTexts = new Set(
  (
    "name key operator mountPath apiGroup storageClassName storageClass ingressClassName " +
    "runtimeClassName appProtocol"
  ).split(" "),
);
/** Switches and numbers for which unset and zero are the same. */
const zeroIsUnset = new Set(
  (
    "hostNetwork hostPID hostIPC stdin stdinOnce tty readOnly publishNotReadyAddresses " +
    "paused minReadySeconds initialDelaySeconds nodePort hostPort"
  ).split(" "),
);

/**
 * Inputs of a kind of Kubernetes's own without what says nothing (empty maps, lists and texts; nulls), quantities in
 * canonical form: `annotations: {}` is nothing, `cpu: 2000m` is `2`. The official plugin keeps inputs like that, so
 * that writing the same in another way is no change.
 */
export function normalised(inputs: Values): Values {
  return ownFields(inputs);
}

function ownFields(object: Values): Values {
  const entries = Object.entries(object).map(([key, value]) => [key, field(key, value)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

function field(key: string, value: Value): Value | undefined {
  if (value instanceof Secret) {
    const inner = field(key, value.value);
    return inner === undefined ? undefined : new Secret(inner);
  }
  if (value === null) return undefined;
  if (value === "") return keptTexts.has(key) ? value : undefined;
  if ((value === false || value === 0) && zeroIsUnset.has(key)) return undefined;
  if (quantities.has(key)) return canonicalQuantity(value) as Value;
  if (Array.isArray(value))
    return value.length === 0 && !keptLists.has(key)
      ? undefined
      : value.map((item) => (isObject(item) ? ownFields(item as Values) : item));
  if (!isObject(value)) return value;
  const empty = Object.keys(value).length === 0;
  if (opaque.has(key)) return empty ? undefined : (value as Values);
  if (!quantityMaps.has(key)) return ownFields(value as Values);
  return empty
    ? undefined
    : Object.fromEntries(Object.entries(value).map(([name, amount]) => [name, canonicalQuantity(amount) as Value]));
}
