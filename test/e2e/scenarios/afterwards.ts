import { readdirSync } from "node:fs";
import { join } from "node:path";
import { tracesOf } from "../support/traces.ts";
import type { World } from "../support/world.ts";

/** Taking everything away. */
export function afterwards(world: World): void {
  test("npm run down leaves no cluster, daemon, mount or namespace, and no change in git", async () => {
    const { output } = await world.clone.must("down");
    expect(output).toContain("nothing of this clone is left running");
    expect(tracesOf(world.clone.folder)).toEqual([]);
    expect(readdirSync(join(world.clone.folder, ".federation", "clusters"))).toEqual([]);
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });

  test("a second npm run down has nothing to do", async () => {
    const { output } = await world.clone.must("down");
    expect(output).not.toMatch(/destroy|take imports/);
  });
}
