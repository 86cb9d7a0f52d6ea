import { spawn, type StdioOptions } from "node:child_process";

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** How a command runs. */
export interface RunOptions {
  cwd: string;
  /** Variables besides this process's. */
  env?: Record<string, string>;
  /** Whether its output is seen only where it fails. Default: it is the user's as it comes. */
  isQuiet?: boolean;
}

/** Runs a command. Resolves to its exit code; undefined where it cannot be run. */
export function runCommand([program, ...words]: Command, options: RunOptions): Promise<number | undefined> {
  const { cwd, env, isQuiet = false } = options;
  return new Promise((done) => {
    const stdio: StdioOptions = isQuiet ? ["ignore", "pipe", "pipe"] : "inherit";
    const child = spawn(program, words, { cwd, stdio, env: { ...process.env, ...env } });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => output.push(part));
    child
      .on("error", () => done(undefined))
      .on("close", (code) => {
        if (code !== 0) process.stderr.write(Buffer.concat(output));
        done(code ?? 1);
      });
  });
}
