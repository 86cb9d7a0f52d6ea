import { readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describeProcess } from "../tools/processes.ts";
import type { Progress } from "../tools/progress.ts";
import { run } from "../tools/run.ts";
import type { Toolchain } from "../tools/index.ts";
import { pulumiInvocation } from "../workspace/pulumiCommand.ts";
import { readState } from "../workspace/state.ts";
import { paths, project, root } from "../workspace/workspace.ts";

/** What a lock file of the local backend holds. */
interface Lock {
  pid: number;
  hostname: string;
  timestamp: string;
}

/**
 * Repairs what a killed run left in the clone's own backend: locks whose owner is dead, and operations that were under
 * way. An operation that was under way is forgotten, because creating again adopts what the killed one had made.
 * Locks of a living process, or of another machine, are left alone; so is everything while one is held.
 */
export async function repairStack(tools: Toolchain, stack: string, progress: Progress): Promise<void> {
  const { dead, held } = locksIn(join(paths.state, ".pulumi", "locks", "organization", project, stack));
  for (const { path, pid } of dead) {
    for (const file of [path, `${path}.attrs`]) rmSync(file, { force: true });
    progress.note(`${stack}: removed the lock of process ${pid}, which is dead`);
  }
  const pending = readState(stack)?.checkpoint?.latest?.pending_operations ?? [];
  // An operation that runs now is not repaired; Pulumi says who holds the lock.
  if (pending.length === 0 || held) return;
  for (const operation of pending)
    progress.note(
      `${stack}: an earlier run was stopped while ${operation.type} ${operation.resource.urn.split("::").at(-1)}; ` +
        `going on from there`,
    );
  const exported = await pulumiInvocation(tools, ["stack", "export", "--stack", stack]);
  const deployment = JSON.parse(await run(exported.command, exported.args, { cwd: root, env: exported.env })) as {
    deployment: { pending_operations?: unknown };
  };
  delete deployment.deployment.pending_operations;
  const imported = await pulumiInvocation(tools, ["stack", "import", "--stack", stack]);
  await run(imported.command, imported.args, { cwd: root, env: imported.env, input: JSON.stringify(deployment) });
}

/**
 * Starts nodes of this clone's clusters that stand still, and says which clusters have lost theirs.
 * @param env by which docker finds their engine, where it is not the machine's own
 */
export async function startClusters(progress: Progress, env: Record<string, string> = {}): Promise<void> {
  const report = await run("sh", ["components/kind/start.sh", ".federation/clusters"], { cwd: root, env });
  for (const line of report.split("\n").filter(Boolean)) {
    const [what, cluster] = line.split(" ");
    progress.note(
      `cluster ${cluster}: ` +
        (what === "started"
          ? "its node was stopped and is started again"
          : "another program removed its node, and everything that ran there; " +
            "`npm run down` and `npm run up` create it again"),
    );
  }
}

/** The locks in a folder of the local backend: those of dead owners, and whether anybody may still hold one. */
export function locksIn(folder: string, host = hostname()): { dead: { path: string; pid: number }[]; held: boolean } {
  const locks = filesIn(folder).map((path) => ({ path, lock: readLock(path) }));
  const dead = locks.flatMap(({ path, lock }) =>
    lock && lock.hostname === host && !ownerLives(lock) ? [{ path, pid: lock.pid }] : [],
  );
  return { dead, held: dead.length < locks.length };
}

function filesIn(folder: string): string[] {
  try {
    // Beside each file the backend keeps another with its attributes (.attrs), which is no lock.
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function readLock(path: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Lock;
  } catch {
    return undefined;
  }
}

/** How far a process's start, as the system reports it, may be from the time that it wrote itself, in milliseconds. */
const inaccuracy = 5_000;

/** A process of that pid that is no Pulumi, or began after the lock was made, has the number of a dead one. */
function ownerLives(lock: Lock): boolean {
  const owner = describeProcess(lock.pid);
  return owner !== undefined && owner.name === "pulumi" && !(owner.started > Date.parse(lock.timestamp) + inaccuracy);
}
