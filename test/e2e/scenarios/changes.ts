import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../support/world.ts";
import { expectFederatedCall } from "./firstUp.ts";

/** What happens when the configuration, the peer or the engine changes. */
export function changes(world: World): void {
  test("a changed pod network replaces the cluster with everything in it, and ends in a 200", async () => {
    const file = join(world.clone.folder, "stacks", "Pulumi.west.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("10.30.0.0/16", "10.40.0.0/16"));
    world.clone.git("commit", "-aqm", "another pod network");
    const { output } = await world.clone.must("up");
    expectFederatedCall(output);
    expect(
      (
        await world.kubectl("west", ["get", "pod", "-n", "httpbin", "-o", "jsonpath={.items[0].status.podIP}"])
      ).startsWith("10.40."),
    ).toBe(true);
    expect(await world.containers()).toEqual(["east-control-plane", "west-control-plane"]);
  });

  test("west destroyed by hand: east's preview takes the import away and says why", async () => {
    await world.clone.must("pulumi", ["destroy", "--yes", "--stack", "west"], { MESH_FEDERATION_ALLOW_BREAKING: "1" });
    const { output } = await world.clone.must("pulumi", ["preview", "--stack", "east"]);
    expect(output).toMatch(/pending: stack "west" has published nothing/);
    expect(output).toMatch(/-.*ServiceEntry.*delete/);
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });

  test("npm run up repairs a federation whose engine died, and brings the destroyed mesh back", async () => {
    const { env } = await world.lab();
    if (env["DOCKER_HOST"]) world.killEngine();
    const { output } = await world.clone.must("up");
    expectFederatedCall(output);
    expect(await world.containers()).toEqual(["east-control-plane", "west-control-plane"]);
  });
}
