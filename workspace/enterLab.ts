import { spawn } from "node:child_process";
import { join } from "node:path";
import { sourcesVariable } from "./sources.ts";
import { loadOffline } from "../tools/offline.ts";
import type { Toolchain } from "../tools/index.ts";
import { paths, root } from "./workspace.ts";

/** Runs `verify` inside the lab's network where there is a lab. Returns its exit code. */
export function verifyInLab(tools: Toolchain, args: string[]): Promise<number> {
  return enterLab(tools, "verify.ts", args);
}

/**
 * Runs one of our programs as a process of its own, inside the lab's network where there is a lab. Returns its exit
 * code.
 */
export async function enterLab(tools: Toolchain, program: string, args: string[]): Promise<number> {
  const lab = tools.source === "registry" ? await (await loadOffline()).findLab(root) : undefined;
  const [command, ...rest] = [...(lab?.enter ?? []), process.execPath, join(root, "cli", program), ...args];
  const child = spawn(command!, rest, {
    cwd: root,
    env: {
      NODE_COMPILE_CACHE: paths.compiled,
      ...process.env,
      ...lab?.env,
      ...(lab ? { [sourcesVariable]: paths.sources } : {}),
      [insideVariable]: "1",
    },
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Set where a process already runs inside the lab's network. */
export const insideVariable = "MESH_FEDERATION_INSIDE";
