import { findLab } from "../../../offline/lab/index.ts";
import { withStack } from "../support/stacks.ts";
import { leftoversOf } from "../support/leftovers.ts";
import type { World } from "../support/world.ts";
import { expectFederatedCall } from "./firstUp.ts";

const stacks = ["trust", "west", "east"];

/** Without a change of the configuration, no run changes anything. */
export function steadyState(world: World): void {
  test("a second npm run up changes nothing and takes at most a minute", async () => {
    const { output, seconds } = await world.clone.must("up");
    expect(output).toMatch(/no changes/);
    expectFederatedCall(output);
    expect(seconds).toBeLessThan(60);
  });

  test("a preview by hand of a mesh shows no changes, in at most three times that of a few certificates", async () => {
    const fastest = Object.fromEntries(stacks.map((stack) => [stack, Infinity]));
    // Another process on the machine may slow down one attempt.
    for (let attempt = 0; attempt < 2; attempt++)
      for (const stack of stacks) {
        const { seconds } = await world.clone.must("pulumi", ["preview", "--expect-no-changes", "--stack", stack]);
        fastest[stack] = Math.min(fastest[stack]!, seconds);
      }
    for (const mesh of ["west", "east"]) expect(fastest[mesh]! / fastest["trust"]!).toBeLessThanOrEqual(3);
  });

  test("a review with the lab up reports no change, or the changes, in at most six times a preview", async () => {
    const preview = await world.clone.must("pulumi", ["preview", "--stack", "west"]);

    const review = () => world.clone.must("review", ["--base", "HEAD", "--comment", ".federation/review.md"]);
    const none = await review();
    expect(none.output).toContain("Nothing changes between or within the meshes.");
    expect(none.output).not.toMatch(/resources change|order on deployment|Pulumi diff/i);
    const removed = await withStack(world, "east", (config) => (config["imports"] = []), review);
    expect(removed.output).toMatch(/^- east no longer imports httpbin\/httpbin:8000 from west/m);
    expect(removed.output).toContain("Pulumi diff, resources touched: 2<");
    // It previews three stacks, runs policies, and describes what changes.
    expect(Math.max(none.seconds, removed.seconds) / preview.seconds).toBeLessThan(6);
  });

  test("refresh, then preview: no changes in any stack", async () => {
    for (const stack of stacks) {
      await world.clone.must("pulumi", ["refresh", "--yes", "--expect-no-changes", "--stack", stack]);
      await world.clone.must("pulumi", ["preview", "--expect-no-changes", "--stack", stack]);
    }
  });

  test("git sees no change after up and previews", () => {
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });

  test("a second clone with another passphrase works from the same files and leaves nothing behind", async () => {
    const { Clone } = await import("../support/clone.ts");
    const other = new Clone();
    const passphrase = { PULUMI_CONFIG_PASSPHRASE: "another passphrase" };
    try {
      await other.must("pulumi", ["up", "--yes", "--stack", "trust"], passphrase);
      await other.must("pulumi", ["preview", "--expect-no-changes", "--stack", "trust"], passphrase);
      expect(other.git("status", "--porcelain")).toBe("");
      if (await findLab(other.folder)) expect(leftoversOf(other.folder)).not.toEqual([]);
    } finally {
      await other.must("down", [], passphrase); // the lab of this clone outlives its folder
      expect(leftoversOf(other.folder)).toEqual([]);
      other.remove();
    }
  });
}
