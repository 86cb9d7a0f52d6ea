import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { checkArguments, type ComponentArguments } from "./arguments.ts";
import { components } from "./components.ts";

/** A class of a component. */
interface ComponentClass {
  readonly type: string;
  new (name: string, args: any, opts?: pulumi.ComponentResourceOptions): pulumi.ComponentResource;
}

/** What the provider reads of schema.json. */
interface Schema {
  version: string;
  resources: Record<string, ComponentArguments & { properties: Record<string, unknown> }>;
}

/** Creates components for programs in other languages. */
export class ComponentProvider implements pulumi.provider.Provider {
  readonly version: string;
  readonly schema: string;
  private readonly specs: Schema["resources"];
  private readonly classes: ReadonlyMap<string, ComponentClass>;

  constructor(classes: readonly ComponentClass[] = Object.values(components)) {
    this.schema = readFileSync(join(import.meta.dirname, "schema.json"), "utf8");
    const { version, resources } = JSON.parse(this.schema) as Schema;
    this.version = version;
    this.specs = resources;
    this.classes = new Map(classes.map((component) => [component.type, component]));
  }

  /**
   * Creates a component and its children.
   * @throws UserError for arguments that are missing, unknown, or outputs where only plain values can be
   */
  async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.provider.ConstructResult> {
    const component = this.classes.get(type);
    const spec = this.specs[type];
    if (!component || !spec) throw new Error(`unknown component ${type}`);
    // A program gives null for an argument that it does not set.
    const args = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null));
    checkArguments(name, type, args, spec);
    const created = new component(name, args, options) as pulumi.ComponentResource & Record<string, unknown>;
    const state = Object.fromEntries(Object.keys(spec.properties).map((output) => [output, created[output]]));
    return { urn: created.urn, state };
  }
}
