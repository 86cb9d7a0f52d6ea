import * as pulumi from "@pulumi/pulumi";

const known = new WeakMap<object, Map<string, pulumi.Output<() => unknown>>>();

/**
 * What an input says, read once however many components take the same input: a contract with hundreds of exports is
 * read by each of hundreds of imports.
 *
 * It is in a function, because Pulumi copies objects, field by field, wherever outputs are combined, and passes
 * functions on as they are.
 * @param what tells readings of one input apart
 * @param read takes the value; what it throws rejects the output
 */
export function readOnce<T>(
  input: pulumi.Input<unknown>,
  what: string,
  read: (value: unknown) => T,
): pulumi.Output<() => T> {
  const fresh = (): pulumi.Output<() => T> =>
    (pulumi.output(input) as pulumi.Output<unknown>).apply((value) => {
      const result = read(value);
      return () => result;
    }) as pulumi.Output<() => T>;
  if (typeof input !== "object" || input === null) return fresh();
  const readings = known.get(input) ?? new Map<string, pulumi.Output<() => unknown>>();
  known.set(input, readings);
  const reading = (readings.get(what) as pulumi.Output<() => T> | undefined) ?? fresh();
  readings.set(what, reading);
  return reading;
}
