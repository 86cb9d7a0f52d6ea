import type { Engine } from "./engine.ts";
import type { Value, Values } from "./values.ts";

/** Kind of one change in a diff, as the protocol names it. */
export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

/** Answer of `diff` and `diffConfig`. */
export interface DiffResult {
  /** Left out: the engine compares by itself. */
  changes?: boolean;
  /** Properties that force a replacement. */
  replaces?: string[];
  deleteBeforeReplace?: boolean;
  /** Top-level properties that differ. */
  diffs?: string[];
  /** Change by property path. */
  detailedDiff?: Record<string, { kind: DiffKind; inputDiff?: boolean }>;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

/** Which resource a request is about, and how it may be stopped. */
export interface ResourceRequest {
  urn: string;
  /** Type token, e.g. `kubernetes:core/v1:Service`. */
  type: string;
  /** Logical name. */
  name: string;
  /** Aborted when the engine cancels or ends. */
  signal: AbortSignal;
}

export interface CreateResult {
  id: string;
  properties: Values;
}

/** Names of resources without a name, from the project's setting `pulumi:autonaming`. */
export interface Autonaming {
  /** Proposed name. */
  proposedName: string;
  /** `disable`: a resource without a name is an error. */
  mode: "propose" | "enforce" | "disable";
}

/** Request to create the children of a component of the plugin. */
export interface ConstructRequest {
  type: string;
  name: string;
  parent: string;
  inputs: Values;
  /** Providers by package, as `urn::id`. */
  providers: Record<string, string>;
  dependencies: string[];
  /** URN of the resource with which this one is deleted. Empty without one. */
  deletedWith: string;
  monitorEndpoint: string;
  dryRun: boolean;
  project: string;
  stack: string;
  parallel: number;
  acceptsOutputs: boolean;
  /** Aborted when the engine cancels or ends. */
  signal: AbortSignal;
}

/** Capabilities of a plugin, its answer to Configure. */
export interface ConfigureResult {
  /** Whether create and update understand `preview`. Default false. */
  supportsPreview?: boolean;
  /** Default false. */
  supportsAutonaming?: boolean;
  /** Whether inputs arrive with their secrets marked; without, they arrive revealed. Default true. */
  acceptsSecrets?: boolean;
  /** Whether resources among inputs arrive as references; without, as their ids. Default false. */
  acceptsResources?: boolean;
  /** Whether outputs among inputs arrive with what they depend on; without, as their values. Default false. */
  acceptsOutputs?: boolean;
}

/** A resource plugin: what the provider protocol asks, with plain values. What is left out answers "unimplemented". */
export interface Plugin {
  name: string;
  version: string;
  checkConfig?(request: {
    urn: string;
    olds: Values;
    news: Values;
  }): Promise<{ inputs: Values; failures?: CheckFailure[] }>;
  diffConfig?(request: { urn: string; olds: Values; news: Values }): Promise<DiffResult>;
  configure(request: { args: Values; engine: Engine }): Promise<ConfigureResult>;
  check(
    request: ResourceRequest & { olds: Values; news: Values; randomSeed: Uint8Array; autonaming?: Autonaming },
  ): Promise<{ inputs: Values; failures?: CheckFailure[] }>;
  diff(
    request: ResourceRequest & { id: string; olds: Values; oldInputs: Values; news: Values; ignoreChanges: string[] },
  ): Promise<DiffResult>;
  create(request: ResourceRequest & { properties: Values; timeout: number; preview: boolean }): Promise<CreateResult>;
  read(
    request: ResourceRequest & { id: string; properties: Values; inputs: Values },
  ): Promise<{ id: string; properties: Values; inputs: Values } | undefined>;
  update(
    request: ResourceRequest & {
      id: string;
      olds: Values;
      oldInputs: Values;
      news: Values;
      timeout: number;
      ignoreChanges: string[];
      preview: boolean;
    },
  ): Promise<{ properties: Values }>;
  delete(
    request: ResourceRequest & { id: string; properties: Values; oldInputs: Values; timeout: number },
  ): Promise<void>;
  invoke?(request: {
    token: string;
    args: Values;
    signal: AbortSignal;
  }): Promise<{ result: Value; failures?: CheckFailure[] }>;
  construct?(request: ConstructRequest): Promise<{ urn: string; state: Values }>;
}

/**
 * The object exists, but did not become what it should: the engine keeps it in state, and the next `up` goes on with
 * it.
 */
export class InitFailed extends Error {
  readonly id: string;
  readonly properties: Values;
  readonly inputs: Values;
  readonly reasons: string[];
  constructor(message: string, kept: { id: string; properties: Values; inputs: Values; reasons: string[] }) {
    super(message);
    this.id = kept.id;
    this.properties = kept.properties;
    this.inputs = kept.inputs;
    this.reasons = kept.reasons;
  }
}
