import { isObject, Secret, type Value, type Values } from "../shared/values.ts";
import type { ResourceKind } from "./kind.ts";
import { subjectFields } from "./subject.ts";

/** Where the official plugin keeps how its own form of the state differs from the properties. */
export const rawStateKey = "__pulumi_raw_state_delta";

/**
 * The difference between properties and the form of the state inside the official plugin, which rebuilds that form from
 * both: what is null there has no property, a subject is a list of one, and `streetAddresses` has another name.
 * Form: pulumi-terraform-bridge, pkg/tfbridge/rawstate.go.
 */
export function rawStateDelta(kind: ResourceKind, properties: Values): Value {
  const deltas: Values = {};
  for (const [name, rule] of Object.entries(kind.inputs)) {
    const value = properties[name];
    // The recorded states of 5.6.1 know neither write-only keys nor their versions.
    if (rule.writeOnly || name.endsWith("WoVersion")) continue;
    if (rule.type === "subject")
      deltas[name] = isObject(value) ? { plu: { i: subjectDelta(value as Values) } } : instead([]);
    else if (value === undefined) deltas[name] = instead(null);
    else if (rule.type === "strings") deltas[name] = list;
  }
  return { obj: Object.keys(deltas).length > 0 ? { ps: deltas } : {} };
}

const list = { arr: {} };

function subjectDelta(subject: Values): Value {
  const deltas = subjectFields.flatMap((field): [string, Value][] => {
    if (subject[field] === undefined || subject[field] === null) return [[field, instead(null)]];
    return field === "streetAddresses" ? [[field, list]] : [];
  });
  return {
    obj: {
      ...(deltas.length > 0 ? { ps: Object.fromEntries(deltas) } : {}),
      renamed: { streetAddresses: "street_address" },
    },
  };
}

/** A value that replaces the property's; secret there, because it could be a secret one. */
function instead(raw: Value): Secret {
  return new Secret({ replace: { raw } });
}
