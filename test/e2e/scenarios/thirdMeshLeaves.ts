import { rmSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { editStack, withStack } from "../support/stacks.ts";
import type { World } from "../support/world.ts";

/** Removes the third mesh and everything it added, importers first. */
export function thirdMeshLeaves(world: World): void {
  test("the third mesh is removed after its importers, and up restores the committed federation", async () => {
    // East and west import from each other: neither may stop exporting before the other stops importing.
    const early = await withStack(
      world,
      "east",
      (config) => (config["exports"] = []),
      () => world.clone.run("pulumi", ["preview", "--stack", "east"]),
    );
    expect(early.output).toMatch(/export "shop".*removed.*mesh "west".*\[export-breaks-import\]/);
    const committed = parse(world.clone.git("show", "HEAD:stacks/Pulumi.east.yaml")) as {
      config: Record<string, unknown>;
    };
    editStack(world, "east", (config) => (config["imports"] = committed.config["mesh-federation:imports"]));
    editStack(world, "west", (config) => (config["imports"] = []));
    await world.clone.must("up", ["--no-verify"]);
    const refused = await world.clone.run("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", "west"]);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/mesh "north".*"echo".*\[mesh-has-importers\]/);
    await world.clone.must("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", "north"]);
    rmSync(join(world.clone.folder, "stacks", "Pulumi.north.yaml"));
    world.clone.git("checkout", "--quiet", "stacks");
    for (const mesh of ["east", "west"]) await world.kubectl(mesh, ["delete", "namespace", "apps", "--wait=false"]);
    await world.clone.must("up");
    expect(await world.containers()).toEqual(["east-control-plane", "west-control-plane"]);
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });
}
