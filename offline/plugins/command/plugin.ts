import { randomBytes } from "node:crypto";
import type { Engine } from "../shared/engine.ts";
import type { Plugin } from "../shared/plugin.ts";
import { equal, Secret, Unknown, type Value, type Values } from "../shared/values.ts";
import { checkCommand } from "./check.ts";
import { changedPaths } from "../shared/changes.ts";
import { execute, type Execution } from "./execute.ts";

const commandType = "command:local:Command";
const runToken = "command:local:run";

/** The stand-in for `command` 1.2.1: `local.Command` and `local.run`. Remote commands are not built. */
export function commandPlugin(): Plugin {
  let engine: Engine = { log: () => undefined };

  /** Runs a script of a resource and returns the resource's new properties. */
  const runOf = async (
    inputs: Values,
    script: Value | undefined,
    at: { urn: string; signal: AbortSignal },
    previous?: Values,
  ): Promise<Values> => {
    if (script === undefined) return { ...inputs, ...kept(previous) };
    const { stdout, stderr } = await execute(execution(inputs, script, previous), at.signal, (line) =>
      engine.log("info", line, at.urn),
    );
    return { ...inputs, stdout, stderr };
  };

  return {
    name: "command",
    version: "1.2.1",
    // The official plugin is unversioned inside and says so in every provider's state.
    checkConfig: async ({ news }) => ({ inputs: { ...news, "__pulumi-go-provider-version": "(devel)" } }),
    configure: async (request) => {
      engine = request.engine;
      return { supportsPreview: true, acceptsResources: true, acceptsOutputs: true };
    },
    check: async ({ type, news }) => {
      requireType(type);
      return { inputs: news, failures: checkCommand(news) };
    },
    diff: async ({ type, oldInputs, olds, news }) => {
      requireType(type);
      const before = Object.keys(oldInputs).length > 0 ? oldInputs : without(olds, outputs);
      const changes = changedPaths(before, news);
      const top = [...new Set(changes.map(({ path }) => path.split(/[.[]/)[0]!))];
      return {
        changes: top.length > 0,
        diffs: top,
        detailedDiff: Object.fromEntries(changes.map(({ path, kind }) => [path, { kind }])),
      };
    },
    create: async (request) => {
      requireType(request.type);
      const id = request.name + randomBytes(4).toString("hex");
      if (request.preview) return { id, properties: { ...request.properties, ...unknownOutputs } };
      return { id, properties: await runOf(request.properties, request.properties["create"], request) };
    },
    update: async (request) => {
      if (request.preview) return { properties: { ...request.news, ...unknownOutputs } };
      return {
        properties: await runOf(request.news, request.news["update"] ?? request.news["create"], request, request.olds),
      };
    },
    // A command leaves nothing that could be looked at: what it said last is what there is.
    read: async ({ id, properties, inputs }) => ({ id, properties, inputs }),
    delete: async (request) => {
      const script = request.properties["delete"];
      if (script !== undefined) await runOf(without(request.properties, outputs), script, request, request.properties);
    },
    invoke: async ({ token, args, signal }) => {
      if (token !== runToken) throw new Error(`function ${token} is not known; this stand-in has ${runToken} only`);
      const failures = checkCommand(args, "command");
      if (failures.length > 0) return { result: {}, failures };
      const { stdout, stderr } = await execute(execution(args, args["command"]!), signal, () => undefined);
      return { result: { ...args, stdout, stderr } };
    },
  };
}

const outputs = ["stdout", "stderr", "assets", "archive"];
const unknownOutputs = { stdout: Unknown.value, stderr: Unknown.value };

function requireType(type: string): void {
  if (type !== commandType)
    throw new Error(`resource type ${type} is not known; this stand-in has ${commandType} only`);
}

function kept(previous: Values | undefined): Values {
  return { stdout: previous?.["stdout"] ?? "", stderr: previous?.["stderr"] ?? "" };
}

function without(values: Values, keys: string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}

function execution(inputs: Values, script: Value, previous?: Values): Execution {
  const passOn = previous && !equal(inputs["addPreviousOutputInEnv"], false);
  return {
    script,
    interpreter: inputs["interpreter"],
    dir: inputs["dir"],
    stdin: inputs["stdin"],
    logging: inputs["logging"],
    environment: {
      ...plain(inputs["environment"]),
      ...(passOn ? said(previous) : {}),
    },
  };
}

/** What a command said before, for the environment; nothing for what it did not say, so that `${PULUMI_COMMAND_STDOUT-none}` works. */
function said({ stdout, stderr }: Values): Values {
  return Object.fromEntries(
    Object.entries({ PULUMI_COMMAND_STDOUT: stdout, PULUMI_COMMAND_STDERR: stderr }).filter(
      (entry): entry is [string, Value] => entry[1] !== undefined && !equal(entry[1], ""),
    ),
  );
}

/** A map whose secrecy, if it is secret as a whole, goes down to its entries. */
function plain(map: Value | undefined): Values {
  if (map instanceof Secret)
    return Object.fromEntries(Object.entries(map.value as Values).map(([k, v]) => [k, new Secret(v)]));
  return (map ?? {}) as Values;
}
