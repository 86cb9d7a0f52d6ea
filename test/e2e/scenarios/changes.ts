import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../support/world.ts";
import { expectFederatedCall } from "./firstUp.ts";

/** A changed configuration, a destroyed peer, a dead engine. */
export function changes(world: World): void {
  test("a changed pod network replaces the cluster with everything in it, and calls work again", async () => {
    const file = join(world.clone.folder, "stacks", "Pulumi.west.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("10.30.0.0/16", "10.40.0.0/16"));
    world.clone.git("commit", "-aqm", "Change the pod network");
    const { output } = await world.clone.must("up");
    expectFederatedCall(output);
    const podIP = ["get", "pod", "-n", "httpbin", "-o", "jsonpath={.items[0].status.podIP}"];
    expect(await world.kubectl("west", podIP)).toMatch(/^10\.40\./);
    expect(await world.containers()).toEqual(["east-control-plane", "west-control-plane"]);
  });

  test("after west is destroyed by hand, east's preview removes the import and says why", async () => {
    await world.clone.must("pulumi", ["destroy", "--yes", "--stack", "west"], { MESH_FEDERATION_ALLOW_BREAKING: "1" });
    const { output } = await world.clone.must("pulumi", ["preview", "--stack", "east"]);
    expect(output).toMatch(/pending: stack "west" has published nothing/);
    expect(output).toMatch(/-.*ServiceEntry.*delete/);
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });

  test("npm run up restarts a dead engine and recreates the destroyed mesh", async () => {
    const { env } = await world.lab();
    if (env["DOCKER_HOST"]) world.killEngine();
    const { output } = await world.clone.must("up");
    expectFederatedCall(output);
    expect(await world.containers()).toEqual(["east-control-plane", "west-control-plane"]);
  });
}
