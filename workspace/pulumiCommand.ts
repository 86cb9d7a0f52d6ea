import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { loadOffline } from "../tools/offline.ts";
import { letFinish, run } from "../tools/run.ts";
import type { Toolchain } from "../tools/index.ts";
import { needsLab } from "./needsLab.ts";
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

/** A word that a POSIX shell takes as it is, whatever it holds. */
export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Variables as lines for a POSIX shell. */
export function shellExports(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`)
    .join("");
}

/** Makes sure that a stack exists in the backend and that the clone's copy of its file is up to date; returns the copy. */
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

/** The project's stacks in the backend, and how many resources each has where the backend says so. */
export async function stacksInBackend(tools: Toolchain): Promise<{ name: string; resources: number | undefined }[]> {
  const { command, args, env } = await pulumiInvocation(tools, ["stack", "ls", "--json"]);
  const stacks = JSON.parse(await run(command, args, { cwd: root, env })) as { name: string; resourceCount?: number }[];
  return stacks.map((s) => ({ name: s.name.split("/").at(-1)!, resources: s.resourceCount }));
}

/** A stack's outputs, by default with its secrets in clear: never to be printed. Undefined when it has none. */
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

/** What an operation on a stack did. */
export interface StackResult {
  /** Pulumi's own counts, e.g. `31 unchanged` or `+ 12 created, 3 unchanged`. */
  counts: string;
  /** Whether anything was changed. */
  changed: boolean;
}

/**
 * Runs `pulumi up` or `pulumi destroy` on a stack without asking, its output going to a log file.
 * Rejects with Pulumi's own diagnostics and the log's path.
 * @param onLine called with each line, for progress
 */
export async function operate(
  tools: Toolchain,
  operation: "up" | "destroy",
  stack: string,
  onLine: (line: string) => void,
  extra: string[] = [],
  moreEnv: Record<string, string> = {},
): Promise<StackResult> {
  const configFile = await ensureStack(tools, stack);
  const skip = operation === "up" ? ["--skip-preview"] : [];
  const invocation = await pulumiInvocation(tools, [
    operation,
    "--stack",
    stack,
    "--config-file",
    configFile,
    "--yes",
    "--non-interactive",
    "--color",
    "never",
    ...skip,
    ...extra,
  ]);
  mkdirSync(paths.logs, { recursive: true });
  const logPath = join(paths.logs, `${operation}-${stack}.log`);
  const log = createWriteStream(logPath);
  const child = spawn(invocation.command, invocation.args, {
    cwd: root,
    env: { ...process.env, ...invocation.env, ...moreEnv },
    stdio: ["ignore", "pipe", "pipe"],
  });
  letFinish(child);
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
  if (code !== 0)
    throw new Error(`pulumi ${operation} --stack ${stack} failed:\n${diagnostics(lines)}\nwhole output: ${logPath}`);
  return countsOf(lines);
}

/** Pulumi's own summary of errors in what it printed, without the progress lines before it; else its last lines. */
export function diagnostics(lines: string[]): string {
  const start = lines.lastIndexOf("Diagnostics:");
  const end = lines.findIndex((line, i) => i > start && /^(Outputs|Resources):/.test(line));
  const told = start < 0 ? lines.slice(-15) : lines.slice(start + 1, end < 0 ? undefined : end);
  return told.map((line) => `  ${line}`).join("\n");
}

/** The counts of changes that Pulumi printed at the end. */
export function countsOf(lines: string[]): StackResult {
  const start = lines.lastIndexOf("Resources:");
  const counts =
    start < 0
      ? []
      : lines
          .slice(start + 1)
          .filter((line) => /^([+\-~]{1,2}\s*)?\d+ \w/.test(line) && !/^\d+ (changes?|warnings?)/.test(line));
  return { counts: counts.join(", ") || "no resources", changed: counts.some((line) => !/ unchanged$/.test(line)) };
}
