import { isObject, Secret, type Value, type Values } from "../../shared/values.ts";

/**
 * What became of what was asked for: the inputs, with the values that the object really has in their place. What the
 * server added (defaults, status) is not there; what it left out (an empty map, say) is as it was asked for, and so
 * is a list whose length the server changed: what is new in it cannot be told from what was asked for.
 */
export function reached(inputs: Values, live: Values): Values {
  const { status, ...wanted } = inputs;
  // A status is the server's own, whatever a manifest says.
  return { ...(valueReached(wanted, live) as Values), ...(status === undefined ? {} : { status }) };
}

function valueReached(input: Value, live: Value | undefined): Value {
  if (input instanceof Secret) return new Secret(valueReached(input.value, live instanceof Secret ? live.value : live));
  const is = live instanceof Secret ? live.value : live;
  if (is === undefined || is === null) return input;
  if (isObject(input) && isObject(is))
    return Object.fromEntries(
      Object.entries(input as Values).map(([key, value]) => [key, valueReached(value, (is as Values)[key])]),
    );
  if (Array.isArray(input) && Array.isArray(is))
    return is.length === input.length ? input.map((value, i) => valueReached(value, is[i])) : input;
  return is;
}
