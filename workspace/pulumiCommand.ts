import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { UserError } from "../federation/errors/userError.ts";
import { loadOffline } from "../tools/offline.ts";
import { waitOnInterrupt, run } from "../tools/run.ts";
import type { Toolchain } from "../tools/index.ts";
import { errorFileVariable, readErrorFile } from "./errorFile.ts";
import { needsLab } from "./needsLab.ts";
import { countsOf, diagnosticsOf, type StackResult } from "./pulumiOutput.ts";
import { prepareInitFolder, refreshOwnFile } from "./stackConfig.ts";
import { paths, pulumiEnvironment, root, stateFile, usesOwnBackend } from "./workspace.ts";

/** Pulumi's commands that read a stack's configuration file. */
export const configCommands = ["up", "update", "preview", "destroy", "refresh", "config", "import", "watch"];

/** A program to start with its arguments and environment. */
export interface Invocation {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** How Pulumi is started: inside the lab's network where there is a lab, with the project's environment. */
export async function pulumiInvocation(tools: Toolchain, args: string[]): Promise<Invocation> {
  const lab = tools.source === "registry" ? await (await loadOffline()).findLab(root) : undefined;
  const [command, ...rest] = [...(lab?.enter ?? []), join(tools.bin, "pulumi"), ...args];
  return {
    command: command!,
    args: rest,
    env: { ...pulumiEnvironment(tools, await needsLab(tools.source, root)), ...lab?.env },
  };
}

/** A word quoted for a POSIX shell. */
export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Variables as `export` lines for a POSIX shell. */
export function shellExports(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`)
    .join("");
}

/** Creates a missing stack in the backend and updates the clone's copy of its file. Returns the copy's path. */
export async function ensureStack(tools: Toolchain, stack: string): Promise<string> {
  const known = usesOwnBackend() ? existsSync(stateFile(stack)) : (await listStacks(tools)).includes(stack);
  refreshOwnFile(stack);
  if (!known) {
    const { command, args, env } = await pulumiInvocation(tools, [
      "stack",
      "init",
      stack,
      "--no-select",
      "--non-interactive",
    ]);
    await run(command, args, { cwd: prepareInitFolder(), env });
  }
  return refreshOwnFile(stack);
}

/** Names of the project's stacks in the backend. */
export async function listStacks(tools: Toolchain): Promise<string[]> {
  return (await stacksInBackend(tools)).map((s) => s.name);
}

/** The project's stacks in the backend, with their number of resources where the backend reports it. */
export async function stacksInBackend(tools: Toolchain): Promise<{ name: string; resources: number | undefined }[]> {
  const { command, args, env } = await pulumiInvocation(tools, ["stack", "ls", "--json"]);
  const stacks = JSON.parse(await run(command, args, { cwd: root, env })) as { name: string; resourceCount?: number }[];
  return stacks.map((s) => ({ name: s.name.split("/").at(-1)!, resources: s.resourceCount }));
}

/** The outputs of a stack, by default with secrets in plain text: never print them. Undefined when it has none. */
export async function stackOutputs(
  tools: Toolchain,
  stack: string,
  secrets = true,
): Promise<Record<string, any> | undefined> {
  if (usesOwnBackend() && !existsSync(stateFile(stack))) return undefined;
  const { command, args, env } = await pulumiInvocation(tools, [
    "stack",
    "output",
    "--json",
    ...(secrets ? ["--show-secrets"] : []),
    "--stack",
    stack,
  ]);
  const outputs = JSON.parse((await run(command, args, { cwd: root, env })) || "{}") as Record<string, any>;
  return Object.keys(outputs).length > 0 ? outputs : undefined;
}

/** A failed operation of Pulumi on a stack, with Pulumi's diagnostics and the path of the log. */
export class OperationFailed extends UserError {
  /** The error of the stack's own program; undefined when Pulumi or a provider failed. */
  readonly programError: UserError | undefined;

  constructor(operation: string, stack: string, lines: readonly string[], log: string, programError?: UserError) {
    super("pulumi-failed", {
      subject: `stack "${stack}"`,
      problem: `pulumi ${operation} failed:\n${diagnosticsOf(lines)}\nLog: ${log}`,
      remedy: "",
    });
    this.programError = programError;
  }
}

/** Settings of {@link operate}. */
export interface OperateOptions {
  /** Called with each line that Pulumi prints. */
  onLine?: (line: string) => void;
  /** Variables for the program of the stack and its plugins. */
  env?: Record<string, string>;
}

/**
 * Runs `pulumi up` or `pulumi destroy` on a stack without confirmation. The output goes to a log file.
 * Throws an {@link OperationFailed}, with the error of the stack's program where there is one.
 */
export async function operate(
  tools: Toolchain,
  operation: "up" | "destroy",
  stack: string,
  { onLine = () => undefined, env = {} }: OperateOptions = {},
): Promise<StackResult> {
  const configFile = await ensureStack(tools, stack);
  const args = [operation, "--stack", stack, "--config-file", configFile];
  const flags = ["--yes", "--non-interactive", "--color", "never"];
  if (operation === "up") flags.push("--skip-preview");
  const invocation = await pulumiInvocation(tools, [...args, ...flags]);
  mkdirSync(paths.logs, { recursive: true });
  const log = join(paths.logs, `${operation}-${stack}.log`);
  const errorFile = join(paths.logs, `${operation}-${stack}.error.json`);
  rmSync(errorFile, { force: true });
  const child = spawn(invocation.command, invocation.args, {
    cwd: root,
    env: { ...process.env, ...invocation.env, ...env, [errorFileVariable]: errorFile },
    stdio: ["ignore", "pipe", "pipe"],
  });
  waitOnInterrupt(child);
  const { code, lines } = await readLines(child, log, onLine);
  if (code !== 0) throw new OperationFailed(operation, stack, lines, log, readErrorFile(errorFile));
  return countsOf(lines);
}

/** Waits for the end of a process. Its output goes to a file; its lines are trimmed, without empty ones. */
async function readLines(
  child: ChildProcessByStdio<null, Readable, Readable>,
  file: string,
  onLine: (line: string) => void,
): Promise<{ code: number | null; lines: string[] }> {
  const log = createWriteStream(file);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      log.write(text);
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      for (const line of parts.map((p) => p.trim()).filter(Boolean)) {
        lines.push(line);
        onLine(line);
      }
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  await new Promise((resolve) => log.end(resolve));
  return { code, lines };
}
