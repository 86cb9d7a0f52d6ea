import { existsSync, readdirSync, readFileSync } from "node:fs";
import { labPaths } from "../../../offline/lab/paths.ts";

/** Leftovers of a clone's lab: directories, namespace, mounts, control groups, processes. The clone must exist. */
export function leftoversOf(clone: string): string[] {
  const paths = labPaths(clone);
  const groups = readdirSync("/sys/fs/cgroup").map((tree) => `/sys/fs/cgroup/${tree}/${paths.id}`);
  return [
    ...[paths.netns, paths.run, paths.engine, `/sys/fs/cgroup/${paths.id}`, ...groups].filter((path) =>
      existsSync(path),
    ),
    ...readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes(paths.id)),
    ...commandLines().filter((line) => line.includes(paths.run) || line.includes(paths.root)),
  ];
}

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return [];
      }
    });
}
