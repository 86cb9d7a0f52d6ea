import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "../support/world.ts";
import { expectFederatedCall } from "./firstUp.ts";

/** Seed of the moments; printed, so that a failure can be had again. */
const seed = Number(process.env["MESH_FEDERATION_TEST_SEED"] ?? Date.now() % 100_000);

/** `npm run up` killed in each stage; the next run finishes the job. */
export function interruptions(world: World): void {
  test("SIGKILL while clusters are made, while Istio is installed and while services are imported: the next run finishes", async () => {
    const before = { east: (await world.resources("east")).urns, west: (await world.resources("west")).urns };
    await world.clone.must("down");
    process.stderr.write(`interruptions: MESH_FEDERATION_TEST_SEED=${seed}\n`);
    const random = randomOf(seed);
    const log = (stack: string) => readIfThere(join(world.clone.folder, ".federation", "logs", `up-${stack}.log`));
    await killWhen(world, (output) => output.includes("up west ..."), 1000 + random() * 7000);
    await killWhen(world, () => log("west").includes("istio-istiod:"), random() * 4000);
    await killWhen(world, (output) => output.includes("next: imports of east"), 500 + random() * 2500);
    const { output } = await world.clone.must("up");
    expectFederatedCall(output);
    expect(await world.containers()).toEqual(["east-control-plane", "west-control-plane"]);
    for (const stack of ["east", "west"] as const) expect(await world.resources(stack)).toEqual({ urns: before[stack], pending: [] });
    // Nothing stands twice, and nothing stands that no stack knows.
    const entries = (await world.kubectl("east", ["get", "serviceentry,destinationrule", "-A", "-o", "name"])).trim().split("\n");
    expect(entries).toHaveLength(2);
  });
}

/** Starts `npm run up`, and kills its whole process group some time after its output looks right. */
async function killWhen(world: World, ready: (output: string) => boolean, delay: number): Promise<void> {
  const child = world.clone.start("up");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  let over = false;
  void ended.then(() => (over = true));
  for (const until = Date.now() + 240_000; !ready(output) && !over; await sleep(50)) if (Date.now() > until) throw new Error(`the moment to kill did not come:\n${output.slice(-3000)}`);
  await sleep(delay);
  if (over) throw new Error(`it had ended before it could be killed:\n${output.slice(-3000)}`);
  process.kill(-child.pid!, "SIGKILL");
  await ended;
  process.stderr.write(`killed after: ${output.trim().split("\n").at(-1)}\n`);
}

/** Mulberry32: a small seeded generator of numbers from 0 to 1. */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
