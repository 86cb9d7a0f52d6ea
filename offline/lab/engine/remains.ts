import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../tools/run.ts";
import type { Place } from "../place.ts";
import { recordedDaemon, stopDaemon } from "./daemon.ts";
import { end, processesInGroup, processesInNamespace, processNamespaceOf } from "./processes.ts";
import { controlGroup } from "./settings.ts";

/**
 * Ends the engine of `place`, in order or not, and takes away its mounts and control groups: the recorded engine, one
 * whose record was lost, and what is left in the lab's control group. Namespace and group are named after the clone,
 * so nothing of another clone or of the machine's own docker can be among them.
 *
 * @param tools also end what the user or a killed run left running in the lab's network
 */
export async function clearProcesses(place: Place, tools: boolean): Promise<void> {
  const engine = recordedDaemon(place);
  if (engine) await stopDaemon(engine);
  // Only an engine's processes have a process namespace of their own.
  const own = processNamespaceOf(process.pid);
  const others = processesInNamespace(place.netns);
  await end(
    others.filter(({ pid }) => processNamespaceOf(pid) !== own),
    0,
  );
  if (tools) await end(others, 2_000);
  const groups = groupsOf(place);
  await end(groups.flatMap(processesInGroup), 0);
  for (const dir of mountsBelow([place.run, place.engine])) await run("umount", ["--lazy", dir]);
  for (const group of groups.sort((a, b) => b.length - a.length)) await removeGroup(group); // the inner ones first
}

/** Takes away the lab's network namespace, its folder under /run and the engine's data. */
export async function clearFolders(place: Place): Promise<void> {
  if (existsSync(place.netns)) await run("ip", ["netns", "delete", place.id]);
  rmSync(place.run, { recursive: true, force: true });
  rmSync(place.engine, { recursive: true, force: true });
}

/** Mount points of this mount namespace at or below `dirs`, the innermost first. */
export function mountsBelow(dirs: string[], mountinfo = readFileSync("/proc/self/mountinfo", "utf8")): string[] {
  return mountinfo
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))))
    .filter((path) => dirs.some((dir) => path === dir || path.startsWith(`${dir}/`)))
    .reverse();
}

/** The lab's control groups: one tree per controller (version 1), or one (version 2). */
function groupsOf(place: Place): string[] {
  const mounts = "/sys/fs/cgroup";
  const trees = existsSync(join(mounts, "cgroup.controllers"))
    ? [mounts]
    : readdirSync(mounts).map((name) => join(mounts, name));
  return trees
    .map((tree) => join(tree, controlGroup(place)))
    .filter((dir) => existsSync(dir))
    .flatMap(withSubfolders);
}

function withSubfolders(dir: string): string[] {
  const inner = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [dir, ...inner.flatMap((entry) => withSubfolders(join(dir, entry.name)))];
}

/** A group of processes that are just ending cannot be removed for some milliseconds yet. */
async function removeGroup(dir: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return rmdirSync(dir);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT") return;
      if (code !== "EBUSY" || tries === 100) throw error;
      await sleep(20);
    }
  }
}
