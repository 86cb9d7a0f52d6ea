import { randomBytes } from "node:crypto";
import type { Engine } from "../shared/engine.ts";
import type { DiffResult, Plugin } from "../shared/plugin.ts";
import { equal, Secret, Unknown, type Value, type Values } from "../shared/values.ts";
import { checkCommand } from "./check.ts";
import { changedPaths } from "../shared/changes.ts";
import { execute, type Execution } from "./execute.ts";

const commandType = "command:local:Command";
const runToken = "command:local:run";

/** The stand-in for `command` 1.2.1: `local.Command` and `local.run`, without remote commands. */
export function commandPlugin(): Plugin {
  let engine: Engine = { log: () => undefined };
  return {
    name: "command",
    version: "1.2.1",
    // The official plugin has no version inside, and writes so into every provider's state.
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
      return diffCommand(Object.keys(oldInputs).length > 0 ? oldInputs : without(olds, outputs), news);
    },
    create: async (request) => {
      const { type, name, preview, properties } = request;
      requireType(type);
      const id = name + randomBytes(4).toString("hex");
      if (preview) return { id, properties: { ...properties, ...unknownOutputs } };
      return { id, properties: await runScript(engine, request, properties, properties["create"]) };
    },
    update: async (request) => {
      const { news, olds, preview } = request;
      if (preview) return { properties: { ...news, ...unknownOutputs } };
      return { properties: await runScript(engine, request, news, news["update"] ?? news["create"], olds) };
    },
    // A command has no object to read: its last output is its state.
    read: async ({ id, properties, inputs }) => ({ id, properties, inputs }),
    delete: async (request) => {
      const { properties } = request;
      const script = properties["delete"];
      if (script !== undefined) await runScript(engine, request, without(properties, outputs), script, properties);
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

/** Runs a script of a resource. Returns the resource's new properties. */
async function runScript(
  engine: Engine,
  { urn, signal }: { urn: string; signal: AbortSignal },
  inputs: Values,
  script: Value | undefined,
  previous?: Values,
): Promise<Values> {
  if (script === undefined) return { ...inputs, ...previousOutputs(previous) };
  const log = (line: string): void => engine.log("info", line, urn);
  const { stdout, stderr } = await execute(execution(inputs, script, previous), signal, log);
  return { ...inputs, stdout, stderr };
}

function diffCommand(before: Values, after: Values): DiffResult {
  const changes = changedPaths(before, after);
  const diffs = [...new Set(changes.map(({ path }) => path.split(/[.[]/)[0]!))];
  const detailedDiff = Object.fromEntries(changes.map(({ path, kind }) => [path, { kind }]));
  return { changes: diffs.length > 0, diffs, detailedDiff };
}

const outputs = ["stdout", "stderr", "assets", "archive"];
const unknownOutputs = { stdout: Unknown.value, stderr: Unknown.value };

function requireType(type: string): void {
  if (type !== commandType)
    throw new Error(`resource type ${type} is not known; this stand-in has ${commandType} only`);
}

function previousOutputs(previous: Values | undefined): Values {
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
      ...entriesOf(inputs["environment"]),
      ...(passOn ? outputVariables(previous) : {}),
    },
  };
}

/** Variables with the last outputs. An empty output has no variable, so that `${PULUMI_COMMAND_STDOUT-none}` works. */
function outputVariables({ stdout, stderr }: Values): Values {
  return Object.fromEntries(
    Object.entries({ PULUMI_COMMAND_STDOUT: stdout, PULUMI_COMMAND_STDERR: stderr }).filter(
      (entry): entry is [string, Value] => entry[1] !== undefined && !equal(entry[1], ""),
    ),
  );
}

/** A map. If it is secret as a whole, each of its entries is. */
function entriesOf(map: Value | undefined): Values {
  if (map instanceof Secret)
    return Object.fromEntries(Object.entries(map.value as Values).map(([k, v]) => [k, new Secret(v)]));
  return (map ?? {}) as Values;
}
