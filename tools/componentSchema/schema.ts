/*
 * The part of Pulumi's package schema that components need.
 * https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */

/** A type: a primitive one, a list, a map, or a reference to an object type. */
export interface TypeSpec {
  type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  $ref?: string;
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
}

/** An argument, an output, or a property of an object type. */
export interface PropertySpec extends TypeSpec {
  /**
   * Whether an output is refused in place of the whole value. Parts of it may be outputs: the generator for Go cannot
   * compile a type that occurs only where outputs are refused.
   */
  plain?: true;
  description?: string;
}

/** An object type. */
export interface ObjectSpec {
  type: "object";
  description?: string;
  properties: Record<string, PropertySpec>;
  required: string[];
}

/** A component. */
export interface ComponentSpec extends Omit<ObjectSpec, "type"> {
  isComponent: true;
  inputProperties: Record<string, PropertySpec>;
  requiredInputs: string[];
}

/** A package of components. */
export interface PackageSpec {
  name: string;
  displayName: string;
  version: string;
  description: string;
  license: string;
  language: Record<string, unknown>;
  types: Record<string, ObjectSpec>;
  resources: Record<string, ComponentSpec>;
}

/** Any value. */
export const anyValue: TypeSpec = { $ref: "pulumi.json#/Any" };
