import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";

// The mocks hide parent, dependencies and options from `newResource`; the request that the monitor gets has them.
let request: any;
const registerResource = MockMonitor.prototype.registerResource;
MockMonitor.prototype.registerResource = function (this: MockMonitor, req: any, callback: any) {
  request = req;
  return registerResource.call(this, req, callback);
};

/** A registered resource as the engine would see it. */
export interface Registered {
  type: string;
  name: string;
  inputs: any;
  parent: string | undefined;
  provider: string | undefined;
  dependencies: string[];
  deleteBeforeReplace: boolean;
  /** The resource with which it is gone; empty when there is none. */
  deletedWith: string;
}

/** What a program registered, and what it gave back. */
export interface Graph<T> {
  resources: Registered[];
  result: T;
}

/** Options of {@link record}. */
export interface RecordOptions {
  /** State that a created resource gets besides its inputs. */
  stateOf?: (type: string, name: string, inputs: any) => Record<string, unknown>;
  /** Answers to invokes. Rejecting makes the invoke fail. */
  invoke?: (token: string, inputs: any) => unknown;
  /** Whether to run as a preview does, where nothing is created. */
  preview?: boolean;
  /** Stack name. Default `east`. */
  stack?: string;
  /** Configuration keys with their project prefix. */
  config?: Record<string, unknown>;
  /** Which of those keys are secret. */
  secretKeys?: string[];
}

/** Runs a program under Pulumi's mocks and returns the graph it registered. */
export async function record<T>(program: () => T | Promise<T>, options: RecordOptions = {}): Promise<Graph<T>> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const req = request;
        request = undefined;
        if (args.type === "pulumi:pulumi:Stack") return { id: undefined, state: {} };
        resources.push({
          type: args.type,
          name: args.name,
          inputs: args.inputs,
          parent: req?.getParent().split("::").at(-1),
          provider: args.provider?.split("::").slice(0, -1).at(-1),
          dependencies: (req?.getDependenciesList() ?? []).map((urn: string) => urn.split("::").at(-1)!).sort(),
          deleteBeforeReplace: req?.getDeletebeforereplace() ?? false,
          deletedWith: req?.getDeletedwith().split("::").at(-1) ?? "",
        });
        return {
          id: args.custom ? `${args.name}-id` : undefined,
          state: { ...args.inputs, ...options.stateOf?.(args.type, args.name, args.inputs) },
        };
      },
      // The engine's errors are gRPC errors, whose text is in `details`.
      call: async (args) => {
        try {
          return (await options.invoke?.(args.token, args.inputs)) as any;
        } catch (error) {
          throw Object.assign(error as Error, { details: (error as Error).message });
        }
      },
    },
    "mesh-federation",
    options.stack ?? "east",
    options.preview ?? false,
    "organization",
  );
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(options.config ?? {}).map(([k, v]) => [k, typeof v === "string" ? v : JSON.stringify(v)]),
    ),
    options.secretKeys,
  );
  let outcome!: { result: T } | { error: unknown };
  // As the engine runs it: below a root stack resource, which cannot pass an error on.
  await pulumi.runtime.runInPulumiStack(async () => {
    outcome = await Promise.resolve()
      .then(program)
      .then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
    return {};
  });
  // Registrations that wait for outputs arrive late; this drains them.
  await pulumi.runtime.disconnect();
  if ("error" in outcome) throw outcome.error;
  return { resources, result: outcome.result };
}

/** The one resource of that logical name. */
export function named(graph: Graph<unknown>, name: string): Registered {
  const found = graph.resources.filter((r) => r.name === name);
  if (found.length !== 1)
    throw new Error(
      `${found.length} resources are named "${name}"; there are: ${graph.resources.map((r) => r.name).join(", ")}`,
    );
  return found[0]!;
}

/** The value of an output, secret or not. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
