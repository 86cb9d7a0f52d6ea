import type { CheckFailure } from "../shared/plugin.ts";
import type { Value, Values } from "../shared/values.ts";

/** One input of a resource type: its type, default and rules. */
export interface InputRule {
  type: "string" | "integer" | "boolean" | "strings" | "subject";
  required?: true;
  /** Default, which the outputs get. */
  default?: Value;
  secret?: true;
  /** An input that is not among the outputs. */
  writeOnly?: true;
  /** A change is written into state; a change of any other input replaces the resource. */
  updatable?: true;
  /** What is wrong with a known value of the right type. */
  wrong?(value: any): string | undefined;
}

/** What {@link ResourceKind.make} made: the id and all outputs that are not inputs. */
export interface Made {
  id: string;
  outputs: Values;
}

/** One resource type of this plugin. Its resources exist in the state only. */
export interface ResourceKind {
  /** Type token, e.g. `tls:index/privateKey:PrivateKey`. */
  token: string;
  inputs: Record<string, InputRule>;
  /** Names of computed outputs, `id` aside, and whether each is secret. */
  outputs: Record<string, { secret?: true }>;
  /** Version of the state's shape; 0 is not written. */
  schemaVersion?: number;
  /** Whether it is a certificate that ends, and is renewed by the next `up` before its end. */
  renews?: true;
  /** What is wrong between inputs. */
  check?(inputs: Values): CheckFailure[];
  /** Makes it from known inputs with defaults filled in; throws with a message for the user. */
  make(inputs: Record<string, any>, warn: (message: string) => void): Promise<Made>;
}

/** Inputs with defaults, without nulls: what state will hold of them. */
export function withDefaults(kind: ResourceKind, inputs: Values): Values {
  const defaults = Object.entries(kind.inputs).flatMap(([name, rule]) =>
    rule.default === undefined ? [] : [[name, rule.default]],
  );
  return { ...Object.fromEntries(defaults), ...withoutNulls(inputs) };
}

/** Top-level properties that are not null. */
export function withoutNulls(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}

/** Those of `values` that are inputs kept in state. */
export function keptInputs(kind: ResourceKind, values: Values): Values {
  return withoutNulls(
    Object.fromEntries(
      Object.entries(kind.inputs).flatMap(([name, rule]) =>
        rule.writeOnly || values[name] === undefined ? [] : [[name, values[name]!]],
      ),
    ),
  );
}
