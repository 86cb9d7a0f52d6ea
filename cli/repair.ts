import { readdirSync, readFileSync, rmSync, existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { identityOf } from "../toolchain/processes.ts";
import type { Progress } from "../toolchain/progress.ts";
import { run } from "../toolchain/run.ts";
import type { Toolchain } from "../toolchain/index.ts";
import { pulumiInvocation } from "./pulumiCommand.ts";
import { paths, project, root, stateFile } from "./workspace.ts";

/** What a lock file of the local backend holds. */
interface Lock {
  pid: number;
  hostname: string;
  timestamp: string;
}

/**
 * Mends what a killed run left in the clone's own backend: locks whose owner is dead, and operations that were under
 * way. An operation that was under way is forgotten, because creating again adopts what the killed one had made.
 * Locks of a living process, or of another machine, are left alone.
 */
export async function repairStack(tools: Toolchain, stack: string, progress: Progress): Promise<void> {
  clearDeadLocks(stack, progress);
  const file = stateFile(stack);
  if (!existsSync(file)) return;
  const state = JSON.parse(readFileSync(file, "utf8")) as { checkpoint?: { latest?: { pending_operations?: { type: string; resource: { urn: string } }[] } } };
  const pending = state.checkpoint?.latest?.pending_operations ?? [];
  if (pending.length === 0) return;
  for (const operation of pending) progress.note(`${stack}: an earlier run was stopped while ${operation.type} ${operation.resource.urn.split("::").at(-1)}; going on from there`);
  const exported = await pulumiInvocation(tools, ["stack", "export", "--stack", stack]);
  const deployment = JSON.parse(await run(exported.command, exported.args, { cwd: root, env: exported.env })) as { deployment: { pending_operations?: unknown } };
  delete deployment.deployment.pending_operations;
  const imported = await pulumiInvocation(tools, ["stack", "import", "--stack", stack]);
  await run(imported.command, imported.args, { cwd: root, env: imported.env, input: JSON.stringify(deployment) });
}

function clearDeadLocks(stack: string, progress: Progress): void {
  const folder = join(paths.state, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const lock = readLock(path);
    if (!lock || lock.hostname !== hostname() || ownerLives(lock)) continue;
    progress.note(`${stack}: removed the lock of process ${lock.pid}, which is dead`);
    rmSync(path, { force: true });
  }
}

function readLock(path: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Lock;
  } catch {
    return undefined;
  }
}

/** A process of that pid that is no Pulumi took the number over after the owner's death. */
function ownerLives(lock: Lock): boolean {
  if (!identityOf(lock.pid)) return false;
  try {
    return readFileSync(`/proc/${lock.pid}/comm`, "utf8").trim() === "pulumi";
  } catch {
    return true;
  }
}
