import { cpSync } from "node:fs";
import { join } from "node:path";
import { curl } from "../support/echo.ts";
import { boundOutcomes, forgedCalls } from "../support/forgery/forgedCalls.ts";
import { leftoversOf } from "../support/leftovers.ts";
import type { LoadEdge } from "../support/load/plan.ts";
import { keptExport, loadServer } from "../support/load/server.ts";
import { noFailure } from "../support/load/noFailure.ts";
import { gatesOpen, mountSecrets, restartIstiod, rootsOf, stopAgent, upStack } from "../support/rotation.ts";
import { editStack } from "../support/stacks.ts";
import { eventually, type World } from "../support/world.ts";

const host = "httpbin.httpbin.svc.cluster.local";

const kept: LoadEdge = {
  ...{ mesh: "east", host: "kept.httpbin.svc.cluster.local", namespace: "sleep" },
  ...{ ports: { http: 8000, tcp: 9001 }, renewAfter: 0 },
};

/** The two meshes of the README with roots and trust domains of their own, by one command. */
export function exampleOfOwnRoots(world: World): void {
  test("npm run up --example own-roots ends with a 200 and identities of two trust domains", async () => {
    // Another scenario may have committed other files.
    const { folder } = world.clone;
    cpSync(join(folder, "examples", "default"), join(folder, "stacks"), { recursive: true });
    const { output } = await world.clone.must("up", ["--example", "own-roots"]);
    expect(output).toMatch(/status 200/);
    const [answer] = await curl(world, "east", `http://${host}:8000/headers`);
    expect(answer!.body).toContain("By=spiffe://west.example/ns/httpbin/sa/httpbin;");
    expect(answer!.body).toContain("URI=spiffe://east.example/ns/sleep/sa/sleep");
    const [east, west] = [await rootsOf(world, "east"), await rootsOf(world, "west")];
    expect([east, west]).toEqual([[expect.any(String)], [expect.any(String)]]);
    expect(east).not.toEqual(west);
  });

  test("west's workloads refuse what east's CA signs in the name of theirs, of a third or of two", async () => {
    const west = { mesh: "west", trustDomain: "west.example", host, third: "third.example" };
    const calls = await forgedCalls(world, { mesh: "east", trustDomain: "east.example" }, [west]);
    expect(calls).toEqual({ west: boundOutcomes });
  });

  test("no request fails while west's CA gets another key", async () => {
    await world.apply("west", ...loadServer("kept", "httpbin"));
    await world.kubectl("west", ["rollout", "status", "-n", "httpbin", "deployment/kept"]);
    editStack(world, "west", (config) => config["exports"].push(keptExport({ namespace: "httpbin", to: ["east"] })));
    editStack(world, "east", (config) => config["imports"].push({ name: "kept", from: "west", visibleTo: ["sleep"] }));
    await world.clone.must("up", ["--no-verify"]);
    await noFailure(world, [kept], async () => {
      editStack(world, "west", (config) => (config["ca"].key = 2));
      await Promise.all([upStack(world, "west"), stopAgent(world, "west", "httpbin")]);
      await mountSecrets(world, "west");
      await restartIstiod(world, "west");
      await gatesOpen(world);
    });
  });

  test("west cuts east off by one up, and lets it in again by another", async () => {
    const call = async () => (await curl(world, "east", `http://${host}:8000/headers`))[0]!.status;
    expect(await call()).toBe(200);
    editStack(world, "west", (config) => (config["quarantine"] = ["east"]));
    await upStack(world, "west");
    // Proxies close connections that they have for up to 45 s.
    await eventually("a call that fails", 60, async () => (await call()) !== 200);
    editStack(world, "west", (config) => delete config["quarantine"]);
    await world.clone.must("up");
    await eventually("an answer", 30, async () => (await call()) === 200);
  });

  test("npm run down removes the example", async () => {
    await world.clone.must("down");
    world.clone.git("checkout", "--quiet", "stacks");
    world.clone.git("clean", "--quiet", "--force", "stacks");
    expect(leftoversOf(world.clone.folder)).toEqual([]);
  });
}
