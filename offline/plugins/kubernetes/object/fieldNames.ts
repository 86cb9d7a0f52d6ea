import { isObject, Secret, type Value, type Values } from "../../shared/values.ts";

/**
 * Fields of a schema whose names are no identifiers: programs and states write them with underscores, everybody else
 * with dashes.
 */
const dashedFields = [
  "embedded-resource",
  "int-or-string",
  "list-map-keys",
  "list-type",
  "map-type",
  "preserve-unknown-fields",
  "validations",
].map((name) => `x-kubernetes-${name}`);
const toDashes = new Map(dashedFields.map((name) => [name.replaceAll("-", "_"), name]));
const toUnderscores = new Map(dashedFields.map((name) => [name, name.replaceAll("-", "_")]));
/** What of an object's metadata is the API server's alone. */
const readOnly = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/**
 * What of inputs asks for something: without nulls and read-only metadata, such as a generated manifest's
 * `creationTimestamp: null`.
 */
export function asked(inputs: Values): Values {
  const { metadata, ...rest } = renamed(inputs, toDashes, true) as Values;
  return metadata === undefined ? rest : { ...rest, metadata: writable(metadata) };
}

/** An object out of a state, with the field names of the API server. */
export function fromState(object: Values): Values {
  return renamed(object, toDashes, false) as Values;
}

/** The reverse of {@link fromState}. */
export function forState(object: Values): Values {
  return renamed(object, toUnderscores, false) as Values;
}

function writable(metadata: Value): Value {
  if (metadata instanceof Secret) return new Secret(writable(metadata.value));
  if (!isObject(metadata)) return metadata;
  return Object.fromEntries(Object.entries(metadata as Values).filter(([key]) => !readOnly.includes(key)));
}

function renamed(value: Value, names: Map<string, string>, withoutNulls: boolean): Value {
  if (value instanceof Secret) return new Secret(renamed(value.value, names, withoutNulls));
  if (Array.isArray(value)) return value.map((item) => renamed(item, names, withoutNulls));
  if (!isObject(value)) return value;
  const entries = Object.entries(value as Values).filter(([, inner]) => !(withoutNulls && inner === null));
  return Object.fromEntries(
    entries.map(([key, inner]) => [names.get(key) ?? key, renamed(inner, names, withoutNulls)]),
  );
}
