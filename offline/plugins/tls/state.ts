import { Secret, Unknown, type Value, type Values } from "../shared/values.ts";
import { keptInputs, type ResourceKind } from "./kind.ts";
import { rawStateDelta, rawStateKey } from "./rawState.ts";

/** State of a resource, in the official form, from revealed inputs and outputs. */
export function stateOf(kind: ResourceKind, id: string, inputs: Values, outputs: Values): Values {
  const properties = { ...keptInputs(kind, inputs), ...pick(outputs, Object.keys(kind.outputs)), id };
  return {
    ...markSecrets(kind, properties),
    ...(kind.schemaVersion ? { __meta: JSON.stringify({ schema_version: String(kind.schemaVersion) }) } : {}),
    [rawStateKey]: rawStateDelta(kind, properties),
  };
}

/** State of a resource that only `up` will make. */
export function plannedState(kind: ResourceKind, inputs: Values): Values {
  const outputs = Object.fromEntries(
    Object.keys(kind.outputs).map((name) => [name, name === "readyForRenewal" ? false : Unknown.value]),
  );
  return markSecrets(kind, { ...keptInputs(kind, inputs), ...outputs, id: Unknown.value });
}

/** Marks what is secret by its name, whoever gave it: the engine reveals inputs to this plugin. */
export function markSecrets(kind: ResourceKind, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isSecret(kind, name) && !(value instanceof Secret) ? new Secret(value) : value,
    ]),
  );
}

function isSecret(kind: ResourceKind, name: string): boolean {
  return kind.inputs[name]?.secret ?? kind.outputs[name]?.secret ?? false;
}

function pick(values: Values, names: string[]): Values {
  return Object.fromEntries(
    names.flatMap((name): [string, Value][] => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
}
