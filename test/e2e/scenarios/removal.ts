import { readdirSync } from "node:fs";
import { join } from "node:path";
import { leftoversOf } from "../support/leftovers.ts";
import type { World } from "../support/world.ts";

/** `npm run down` removes everything. */
export function removal(world: World): void {
  test("npm run down leaves no cluster, daemon, mount or namespace, and no change in git", async () => {
    await world.clone.must("down");
    expect(leftoversOf(world.clone.folder)).toEqual([]);
    expect(readdirSync(join(world.clone.folder, ".federation", "clusters"))).toEqual([]);
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });

  test("a second npm run down has nothing to do", async () => {
    const { output } = await world.clone.must("down");
    expect(output).not.toMatch(/(destroy|import).* (trust|west|east)\b/);
  });
}
