import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { placeOf } from "../../../lab/place.ts";
import type { World } from "../support/world.ts";

/** Taking everything away. */
export function afterwards(world: World): void {
  test("npm run down leaves no cluster, daemon, mount or namespace, and no change in git", async () => {
    const place = placeOf(world.clone.folder);
    const { output } = await world.clone.must("down");
    expect(output).toContain("nothing of this clone is left running");
    expect(existsSync(place.netns)).toBe(false);
    expect(existsSync(place.run)).toBe(false);
    expect(existsSync(place.engine)).toBe(false);
    expect(readFileSync("/proc/mounts", "utf8")).not.toContain(place.id);
    expect(commandLines().filter((line) => line.includes(place.run) || line.includes(world.clone.folder))).toEqual([]);
    expect(readdirSync(join(world.clone.folder, ".federation", "clusters"))).toEqual([]);
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });

  test("a second npm run down has nothing to do", async () => {
    const { output } = await world.clone.must("down");
    expect(output).not.toMatch(/destroy|take imports/);
  });
}

function commandLines(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    try {
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      return [];
    }
  });
}
