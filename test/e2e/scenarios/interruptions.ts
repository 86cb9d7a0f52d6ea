import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheRoot } from "../../../tools/artefact.ts";
import { editStack } from "../support/stacks.ts";
import { tracesOf } from "../support/traces.ts";
import type { World } from "../support/world.ts";
import { expectFederatedCall } from "./firstUp.ts";

/** Seed of the moments; printed, so that a failure can be had again. */
const seed = Number(process.env["MESH_FEDERATION_TEST_SEED"] ?? Date.now() % 100_000);

/** `npm run down` of meshes that need each other, and `npm run up` killed in each stage; the next run finishes the job. */
export function interruptions(world: World): void {
  test("npm run down of meshes that import from each other; then SIGKILL while tools are built, while clusters are made, while Istio is installed and while services are imported: the next run finishes", async () => {
    const before = { east: (await world.resources("east")).urns, west: (await world.resources("west")).urns };
    await downOfACircle(world);
    process.stderr.write(`interruptions: MESH_FEDERATION_TEST_SEED=${seed}\n`);
    const random = randomOf(seed);
    const cache = cacheWithout("kind", "bin");
    const env = { MESH_FEDERATION_CACHE: cache };
    // With compiled packages at hand the build may be over before it is killed; without any it takes several seconds.
    const goCache = mkdtempSync(join(tmpdir(), "mesh-federation-go-"));
    await killWhen(
      world,
      { ...env, GOCACHE: goCache },
      (output) => output.includes("build kind ..."),
      100 + random() * 900,
    );
    expect(readdirSync(cache).filter((name) => name.startsWith("kind-"))).toEqual([]); // killed half-way
    const log = (stack: string) => readIfThere(join(world.clone.folder, ".federation", "logs", `up-${stack}.log`));
    await killWhen(world, env, (output) => output.includes("up west ..."), 1000 + random() * 7000);
    expect(readdirSync(cache).filter((name) => /^(kind|bin)-/.test(name))).toHaveLength(2);
    expect(readdirSync(cache).filter((name) => name.startsWith(".building"))).toEqual([]);
    await killWhen(world, env, () => log("west").includes("istio-istiod:"), random() * 4000);
    await killWhen(world, env, (output) => output.includes("next: imports of east"), 500 + random() * 2500);
    const { output } = await world.clone.must("up", [], env);
    expectFederatedCall(output);
    expect(await world.containers()).toEqual(["east-control-plane", "west-control-plane"]);
    for (const stack of ["east", "west"] as const)
      expect(await world.resources(stack)).toEqual({ urns: before[stack], pending: [] });
    // Nothing stands twice, and nothing stands that no stack knows.
    const entries = (await world.kubectl("east", ["get", "serviceentry,destinationrule", "-A", "-o", "name"]))
      .trim()
      .split("\n");
    expect(entries).toHaveLength(2);
    for (const folder of [cache, goCache]) rmSync(folder, { recursive: true });
  });
}

/** `npm run down` of meshes of which neither can go before the other, because each imports from the other. */
async function downOfACircle(world: World): Promise<void> {
  editStack(
    world,
    "east",
    (config) =>
      (config["exports"] = [
        {
          name: "sleep",
          namespace: "sleep",
          service: "sleep",
          ports: [{ name: "http", number: 80, protocol: "HTTP" }],
          serviceAccounts: ["sleep"],
          to: ["west"],
        },
      ]),
  );
  editStack(world, "west", (config) => (config["imports"] = [{ name: "sleep", from: "east", visibleTo: ["httpbin"] }]));
  await world.clone.must("up", ["--no-verify"]);
  expect((await world.outputs("west")).federation.imports).toHaveLength(1);
  const { output } = await world.clone.must("down");
  for (const stack of ["east", "west"]) expect(output).toMatch(new RegExp(`un-import ${stack}: done`));
  expect(tracesOf(world.clone.folder)).toEqual([]);
  world.clone.git("checkout", "--quiet", "stacks");
}

/** Starts `npm run up`, and kills its whole process group some time after its output looks right. */
async function killWhen(
  world: World,
  env: Record<string, string>,
  ready: (output: string) => boolean,
  delay: number,
): Promise<void> {
  const child = world.clone.start("up", [], env);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  let over = false;
  void ended.then(() => (over = true));
  for (const until = Date.now() + 240_000; !ready(output) && !over; await sleep(50))
    if (Date.now() > until) throw new Error(`the moment to kill did not come:\n${output.slice(-3000)}`);
  await sleep(delay);
  if (over) throw new Error(`it had ended before it could be killed:\n${output.slice(-3000)}`);
  process.kill(-child.pid!, "SIGKILL");
  await ended;
  process.stderr.write(`killed after: ${output.trim().split("\n").at(-1)}\n`);
}

/** A tool cache that has everything but these artefacts, and in which they can be built without touching the user's. */
function cacheWithout(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "mesh-federation-cache-"));
  for (const entry of readdirSync(cacheRoot())) {
    if (/^[.]|^(locks|logs)$/.test(entry) || names.some((name) => new RegExp(`^${name}-[0-9a-f]{12}$`).test(entry)))
      continue;
    symlinkSync(join(cacheRoot(), entry), join(folder, entry));
  }
  return folder;
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
