import { existsSync, readdirSync, readFileSync } from "node:fs";
import { placeOf } from "../../../offline/lab/place.ts";

/** Leftovers of a clone's lab: directories, namespace, mounts, control groups, processes. The clone must exist. */
export function leftoversOf(clone: string): string[] {
  const place = placeOf(clone);
  const groups = readdirSync("/sys/fs/cgroup").map((tree) => `/sys/fs/cgroup/${tree}/${place.id}`);
  return [
    ...[place.netns, place.run, place.engine, `/sys/fs/cgroup/${place.id}`, ...groups].filter((path) =>
      existsSync(path),
    ),
    ...readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes(place.id)),
    ...commandLines().filter((line) => line.includes(place.run) || line.includes(place.root)),
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
