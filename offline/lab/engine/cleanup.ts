import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../tools/run.ts";
import type { LabPaths } from "../paths.ts";
import { recordedDaemon, stopDaemon } from "./daemon.ts";
import { endProcesses, processesInGroup, processesInNamespace, processNamespaceOf } from "./processes.ts";
import { controlGroup } from "./settings.ts";

/**
 * Ends the engine of a lab and removes its mounts and control groups: the recorded engine, one whose record was lost,
 * and processes in the lab's control group. Namespace and group are named after the clone, so no process of another
 * clone or of the machine's own Docker is among them.
 *
 * @param tools also ends processes of the user or of a killed run in the lab's network
 */
export async function stopProcesses(paths: LabPaths, tools: boolean): Promise<void> {
  const engine = recordedDaemon(paths);
  if (engine) await stopDaemon(engine);
  // Only an engine's processes have a process namespace of their own.
  const own = processNamespaceOf(process.pid);
  const others = processesInNamespace(paths.netns);
  await endProcesses(
    others.filter(({ pid }) => processNamespaceOf(pid) !== own),
    0,
  );
  if (tools) await endProcesses(others, 2_000);
  const groups = groupsOf(paths);
  await endProcesses(groups.flatMap(processesInGroup), 0);
  for (const dir of mountsBelow([paths.run, paths.engine])) await run("umount", ["--lazy", dir]);
  for (const group of groups.sort((a, b) => b.length - a.length)) await removeGroup(group); // the inner ones first
}

/** Removes the lab's network namespace, its folder under /run and the engine's data. */
export async function removeFolders(paths: LabPaths): Promise<void> {
  if (existsSync(paths.netns)) await run("ip", ["netns", "delete", paths.id]);
  rmSync(paths.run, { recursive: true, force: true });
  rmSync(paths.engine, { recursive: true, force: true });
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
function groupsOf(paths: LabPaths): string[] {
  const mounts = "/sys/fs/cgroup";
  const trees = existsSync(join(mounts, "cgroup.controllers"))
    ? [mounts]
    : readdirSync(mounts).map((name) => join(mounts, name));
  return trees
    .map((tree) => join(tree, controlGroup(paths)))
    .filter((dir) => existsSync(dir))
    .flatMap(withSubfolders);
}

function withSubfolders(dir: string): string[] {
  const inner = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [dir, ...inner.flatMap((entry) => withSubfolders(join(dir, entry.name)))];
}

/** Retries while processes of the group are ending, which takes some milliseconds. */
async function removeGroup(dir: string): Promise<void> {
  for (let attempts = 0; ; attempts++) {
    try {
      return rmdirSync(dir);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT") return;
      if (code !== "EBUSY" || attempts === 100) throw error;
      await sleep(20);
    }
  }
}
