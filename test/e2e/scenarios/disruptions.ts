import { isSoak } from "../../support/soak.ts";
import {
  deletePod,
  drain,
  killPod,
  measureLoss,
  roll,
  serveSteadily,
  tagImages,
  upgrade,
} from "../support/load/disruptions.ts";
import { startLoad } from "../support/load/load.ts";
import type { LoadEdge } from "../support/load/plan.ts";
import { upStack } from "../support/rotation.ts";
import { editStack, readStack, withStack } from "../support/stacks.ts";
import type { World } from "../support/world.ts";
import { VERSIONS } from "../../../offline/lab/images/names.ts";

const edge: LoadEdge = { mesh: "east", host: "steady.north.global", ports: { http: 8000, tcp: 9001 } };
const soak = isSoak();

/** The gateway of north, which has two nodes and the profile for production, is disturbed while east calls it. */
export function disruptions(world: World): void {
  test("no request fails while a gateway rolls, loses a node, and Istio is upgraded", async () => {
    await serveSteadily(world, "north", edge);
    const each = soak ? [roll, deletePod, drain("steady"), upgrade] : [roll, drain("steady"), upgrade];
    const losses = await measureLoss(world, { edge, mesh: "north", disruptions: each });
    expect(losses.map(({ name, failures }) => ({ name, failures }))).toEqual(
      each.map(({ name }) => ({ name, failures: [] })),
    );
  });

  test("a preview refuses to remove a control plane that pods use, and names them", async () => {
    const { istio } = readStack(world, "north");
    const { code, output } = await withStack(
      world,
      "north",
      (config) => (config["istio"] = { ...istio, revision: "green" }),
      () => world.clone.run("pulumi", ["preview", "--stack", "north"], {}, true),
    );
    expect([code === 0, output]).toEqual([false, expect.stringContaining(`control plane ${istio.revision}: `)]);
    expect(output).toMatch(/pods still use it: .*httpbin\/httpbin-.*\[control-plane-in-use\]/s);
  });

  if (!soak) return;

  test("a canary of Istio takes over by three ups, each shown by a preview", async () => {
    const tag = `${VERSIONS.istio}.2`;
    await tagImages(world, "north", tag);
    const { istio } = readStack(world, "north");
    const next = { revision: "green", tag };
    const load = await startLoad(world, [edge]);
    let stopped = false;
    try {
      await deploy(world, { ...istio, canary: next }, /istiod-green/);
      await deploy(
        world,
        { ...istio, ...next, canary: { revision: istio.revision, tag: istio.tag } },
        /istio-default-tag/,
      );
      stopped = true;
      expect((await load.stop())[0]!.failed).toBeLessThanOrEqual(2);
    } finally {
      if (!stopped) await load.abandon();
    }
    const control = [
      "get",
      "pods",
      "-n",
      "istio-system",
      "-l",
      "app=istiod",
      "-o",
      "jsonpath={.items[*].metadata.name}",
    ];
    expect(await world.kubectl("north", control)).toMatch(new RegExp(`istiod-${istio.revision}-.*istiod-green-`));
    // Their owners restart the workloads, which the new control plane injects then.
    for (const app of ["apps", "sleep", "httpbin"]) {
      await world.kubectl("north", ["rollout", "restart", "-n", app, "deployment"]);
      await world.kubectl("north", ["rollout", "status", "-n", app, "deployment", "--timeout=120s"]);
    }
    const again = await startLoad(world, [edge]);
    await deploy(world, { ...istio, ...next }, /istiod-.* delete/);
    expect((await again.stop())[0]!.failed).toBe(0);
    expect(await world.kubectl("north", control)).not.toContain(`istiod-${istio.revision}-`);
  });

  test("a gateway pod that is killed costs requests that are under way at most", async () => {
    const [loss] = await measureLoss(world, { edge, mesh: "north", disruptions: [killPod] });
    expect(loss!.failed).toBeLessThan(100);
  });
}

/** Deploys north with another Istio, after a preview that shows what it says. */
async function deploy(world: World, istio: Record<string, unknown>, shows: RegExp): Promise<void> {
  editStack(world, "north", (config) => (config["istio"] = istio));
  const { output } = await world.clone.must("pulumi", ["preview", "--stack", "north"], {}, true);
  expect(output).toMatch(shows);
  await upStack(world, "north");
}
