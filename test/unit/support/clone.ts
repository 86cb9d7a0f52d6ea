import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const project = resolve(import.meta.dirname, "..", "..", "..");

/** Copies the program to a new folder: a clone with its own state, lock file and tools. Returns the folder. */
export function cloneAt(folder: string): string {
  const parts = [
    "cli",
    "components",
    "deploy",
    "examples",
    "federation",
    "infra",
    "kube",
    "offline",
    "policy",
    "render",
    "review",
    "stacks",
    "status",
    "tools",
    "verify",
    "workspace",
    "package.json",
    "Pulumi.yaml",
  ];
  for (const part of parts) cpSync(join(project, part), join(folder, part), { recursive: true });
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** A running command. */
export interface Started {
  child: ChildProcess;
  ended: Promise<number | null>;
  /** Its output so far. */
  output: () => string;
  /** Its standard output so far. */
  lines: () => string;
}

/** Starts a command of a clone's `cli`, without the proxies of this machine. */
export function start(clone: string, command: string, args: string[], environment: Record<string, string>): Started {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([variable]) => !/_proxy$|^PULUMI_/i.test(variable)),
  );
  const child = spawn(process.execPath, [join(clone, "cli", `${command}.ts`), ...args], {
    cwd: clone,
    env: { ...inherited, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, lines] = ["", ""];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stdout.on("data", (text: string) => (lines += text));
  const ended = new Promise<number | null>((done, fail) => child.on("error", fail).on("close", done));
  return { child, ended, output: () => output, lines: () => lines };
}
