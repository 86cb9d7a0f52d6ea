import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheRoot } from "../../../tools/artifact.ts";
import { killWhen } from "../support/killWhen.ts";
import { editStack } from "../support/stacks.ts";
import { leftoversOf } from "../support/leftovers.ts";
import type { World } from "../support/world.ts";
import { expectFederatedCall } from "./firstUp.ts";

const stacks = ["east", "west"];

/** Seed of the moments at which a run is killed; printed, so that a failure can be reproduced. */
const seed = Number(process.env["MESH_FEDERATION_TEST_SEED"] ?? Date.now() % 100_000);

/** `npm run down` of meshes that import from each other, and `npm run up` killed in each stage. */
export function interruptions(world: World): void {
  const before = new Map<string, string[]>();

  test("npm run down removes meshes that import from each other", async () => {
    for (const stack of stacks) before.set(stack, (await world.resources(stack)).urns);
    await downOfCycle(world);
  });

  test("after SIGKILL during builds, cluster creation, Istio or imports, the next up finishes", async () => {
    process.stderr.write(`interruptions: MESH_FEDERATION_TEST_SEED=${seed}\n`);
    const random = randomOf(seed);
    const cache = cacheWithout("kind", "bin");
    const env = { MESH_FEDERATION_CACHE: cache };
    const up = (variables: Record<string, string>) => world.clone.start("up", [], variables);
    // An empty Go cache makes the build take several seconds, so that it is not over before the kill.
    const goCache = mkdtempSync(join(tmpdir(), "mesh-federation-go-"));
    await killWhen(up({ ...env, GOCACHE: goCache }), (output) => /kind \.\.\./.test(output), 100 + random() * 900);
    expect(readdirSync(cache).filter((name) => name.startsWith("kind-"))).toEqual([]); // the build was interrupted
    const log = (stack: string) => readIfThere(join(world.clone.folder, ".federation", "logs", `up-${stack}.log`));
    await killWhen(up(env), (output) => output.includes("up west ..."), 1000 + random() * 7000);
    expect(readdirSync(cache).filter((name) => /^(kind|bin)-/.test(name))).toHaveLength(2);
    expect(readdirSync(cache).filter((name) => name.startsWith(".building"))).toEqual([]);
    await killWhen(up(env), () => log("west").includes("istio-istiod:"), random() * 4000);
    await killWhen(up(env), importsAreCreated, 500 + random() * 2500);
    const { output } = await world.clone.must("up", [], env);
    expectFederatedCall(output);
    expect(await world.containers()).toEqual(["east-control-plane", "west-control-plane"]);
    for (const stack of stacks) expect(await world.resources(stack)).toEqual({ urns: before.get(stack), pending: [] });
    // No object is duplicated, and none is missing from the state.
    const entries = (await world.kubectl("east", ["get", "serviceentry,destinationrule", "-A", "-o", "name"]))
      .trim()
      .split("\n");
    expect(entries).toEqual([expect.stringMatching(/^serviceentry\..*\/import-west-httpbin$/)]);
    for (const folder of [cache, goCache]) rmSync(folder, { recursive: true });
  });
}

/** `npm run down` of two meshes that import from each other, so that neither can be destroyed before the other. */
async function downOfCycle(world: World): Promise<void> {
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
  for (const stack of stacks) expect(output).toMatch(new RegExp(`import.* ${stack}: done`));
  expect(leftoversOf(world.clone.folder)).toEqual([]);
  world.clone.git("checkout", "--quiet", "stacks");
}

/** Whether `up` of east started a second time, which creates the import that was pending in the first. */
function importsAreCreated(output: string): boolean {
  return output.split("up east ...").length > 2;
}

/** A copy of the tool cache, by links, without these artifacts. */
function cacheWithout(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "mesh-federation-cache-"));
  for (const entry of readdirSync(cacheRoot())) {
    if (/^[.]|^(locks|logs)$/.test(entry) || names.some((name) => new RegExp(`^${name}-[0-9a-f]{12}$`).test(entry)))
      continue;
    symlinkSync(join(cacheRoot(), entry), join(folder, entry));
  }
  return folder;
}

/** Mulberry32, a seeded generator of numbers from 0 to 1. */
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
