import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Toolchain } from "../tools/index.ts";
import { pulumiInvocation } from "./pulumiCommand.ts";
import { paths, root } from "./workspace.ts";

/** What a Pulumi command printed on stdout and stderr, and how it ended. */
export interface PulumiOutput {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a Pulumi command that changes nothing, its output kept: it may hold secrets and is never shown as it is. */
export async function runPulumi(tools: Toolchain, args: string[]): Promise<PulumiOutput> {
  const { command, args: all, env } = await pulumiInvocation(tools, [...args, "--non-interactive", "--color", "never"]);
  // Without a lab there is no list of what it is made of; the official releases are what is previewed then.
  const sources = existsSync(paths.sources) ? {} : { MESH_FEDERATION_SOURCES: "" };
  const child = spawn(command, all, {
    cwd: root,
    env: { ...process.env, ...env, ...sources },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  return { code: code ?? -1, ...output };
}

/** The JSON that a Pulumi command prints. Rejects with what it says on stderr. */
export async function pulumiJson(tools: Toolchain, args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runPulumi(tools, args);
  if (code !== 0) throw new Error(stderr.trim() || `pulumi ${args[0]} ended with exit code ${code}`);
  return stdout.trim() === "" ? undefined : JSON.parse(stdout);
}
