/** How values travel between the engine and a plugin. Signatures: pulumi/sdk/go/common/resource/plugin/rpc.go. */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** Placeholder of a value that is not known yet, in a preview. */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that must stay encrypted in state and masked in output. */
export class Secret {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** A value that a preview does not know. */
export class Unknown {
  static readonly value = new Unknown();
}

export type Value = null | boolean | number | string | Secret | Unknown | Value[] | { [key: string]: Value };
export type Values = Record<string, Value>;

/** Converts values of the protocol: secrets and unknowns become objects of their own. */
export function decode(wire: unknown): Value {
  if (wire === unknownText) return Unknown.value;
  if (Array.isArray(wire)) return wire.map(decode);
  if (typeof wire !== "object" || wire === null) return (wire ?? null) as Value;
  const object = wire as Record<string, unknown>;
  if (object[signature] === secretSignature) return new Secret(decode(object["value"]));
  if (object[signature] === outputSignature) {
    const value = "value" in object ? decode(object["value"]) : Unknown.value;
    return object["secret"] === true ? new Secret(value) : value;
  }
  return mapValues(object, decode);
}

/** The reverse of {@link decode}. */
export function encode(value: Value | undefined): unknown {
  if (value === undefined) return null;
  if (value instanceof Secret) return { [signature]: secretSignature, value: encode(value.value) };
  if (value instanceof Unknown) return unknownText;
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== "object" || value === null) return value;
  return mapValues(value, encode);
}

/** The value without its secret marks, at any depth. */
export function reveal(value: Value): any {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null || value instanceof Unknown) return value;
  return mapValues(value, reveal);
}

/** Whether a value is, or holds, something not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  return some(value, (v) => v instanceof Unknown);
}

/** Whether a value is, or holds, a secret. */
export function hasSecret(value: Value | undefined): boolean {
  return some(value, (v) => v instanceof Secret);
}

/** Marks as secret in `value` whatever is secret at the same place in `model`. */
export function markLike(value: any, model: Value | undefined): Value {
  if (model instanceof Secret) return value instanceof Secret ? value : new Secret(value);
  if (Array.isArray(value) && Array.isArray(model)) return value.map((v, i) => markLike(v, model[i]));
  if (isObject(value) && isObject(model))
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, markLike(v, (model as Values)[k])]));
  return value as Value;
}

/** Whether two values are equal, secret marks aside; an unknown equals nothing but an unknown. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  const [x, y] = [a instanceof Secret ? a.value : a, b instanceof Secret ? b.value : b];
  if (x instanceof Secret || y instanceof Secret) return equal(x, y);
  if (Array.isArray(x) && Array.isArray(y)) return x.length === y.length && x.every((v, i) => equal(v, y[i]));
  if (isObject(x) && isObject(y)) {
    const keys = new Set([...Object.keys(x as Values), ...Object.keys(y as Values)]);
    return [...keys].every((key) => equal((x as Values)[key], (y as Values)[key]));
  }
  return x === y;
}

/** A plain object: neither array, nor null, nor one of our marks. */
export function isObject(value: unknown): value is Record<string, any> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Unknown)
  );
}

function some(value: Value | undefined, test: (v: Value) => boolean): boolean {
  if (value === undefined) return false;
  if (test(value)) return true;
  if (value instanceof Secret) return some(value.value, test);
  if (Array.isArray(value)) return value.some((v) => some(v, test));
  return isObject(value) && Object.values(value).some((v) => some(v as Value, test));
}

function mapValues<A, B>(object: Record<string, A>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
