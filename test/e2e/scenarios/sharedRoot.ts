import { boundOutcomes, forgedCalls } from "../support/forgery/forgedCalls.ts";
import { forgedServers } from "../support/forgery/forgedServers.ts";
import { keptExport, loadServer } from "../support/load/server.ts";
import { noFailure } from "../support/load/noFailure.ts";
import type { LoadEdge } from "../support/load/plan.ts";
import {
  gatesOpen,
  mountSecrets,
  restartIstiod,
  rotationTimeout,
  step,
  stopAgent,
  upStack,
} from "../support/rotation.ts";
import { editStack, readStack, writeStack } from "../support/stacks.ts";
import type { World } from "../support/world.ts";

const meshes = ["east", "north", "west"];
const host = "echo.apps.svc.cluster.local";
const keptHost = "kept.apps.svc.cluster.local";
const edges: LoadEdge[] = [
  { mesh: "east", namespace: "apps" },
  { mesh: "north", namespace: "sleep" },
].map((client) => ({ ...client, host: keptHost, ports: { http: 8000, tcp: 9001 }, renewAfter: 0 }));

/** Three meshes under one root, which is that of the trust stack; north has a trust domain of its own. */
export function sharedRoot(world: World): void {
  test("west's workloads refuse what north's CA signs in the name of west, of a third or of two", async () => {
    const west = { mesh: "west", trustDomain: "cluster.local", host, third: "third.example" };
    const calls = await forgedCalls(world, { mesh: "north", trustDomain: "north.local" }, [west]);
    expect(calls).toEqual({ west: boundOutcomes });
  });

  test("clients refuse a server with a certificate that its mesh's CA cannot sign, or another mesh's has", async () => {
    const servers = { client: "east", server: "west", host, deployments: ["echo-v1", "echo-v2"], other: "north" };
    expect(await forgedServers(world, servers)).toEqual(boundOutcomes);
  });

  test(
    "no request fails while the owners change CAs and the shared root, one after the other",
    async () => {
      await serveLoad(world);
      await noFailure(world, edges, async () => {
        await newIntermediates(world);
        await newRoot(world);
      });
    },
    rotationTimeout,
  );
}

/** Exports a server that closes no connection from west, to both importers. */
async function serveLoad(world: World): Promise<void> {
  await world.apply("west", ...loadServer("kept"));
  await world.kubectl("west", ["rollout", "status", "-n", "apps", "deployment/kept"]);
  editStack(world, "west", (config) => config["exports"].push(keptExport({ to: ["east", "north"] })));
  for (const { mesh, namespace } of edges)
    editStack(world, mesh, (config) => config["imports"].push({ name: "kept", from: "west", visibleTo: [namespace] }));
  await world.clone.must("up", ["--no-verify"]);
}

/** The trust stack signs the meshes' CAs for another time. */
async function newIntermediates(world: World): Promise<void> {
  editStack(world, "trust", (config) => (config["root"].intermediateValidityHours = 10_000));
  await upStack(world, "trust");
  for (const mesh of meshes) {
    await Promise.all([upStack(world, mesh), stopAgent(world, "west", "apps")]);
    await mountSecrets(world, mesh);
  }
  await restartIstiod(world, "west");
}

async function newRoot(world: World): Promise<void> {
  editStack(world, "trust", (config) => (config["root"].generations = [1, 2]));
  await upStack(world, "trust");
  for (const mesh of meshes)
    await Promise.all([step(world, mesh, "add", { more: ["--next", "2"] }), stopAgent(world, "west", "apps")]);
  await restartIstiod(world, "west");
  for (const mesh of meshes) await Promise.all([step(world, mesh, "switch"), stopAgent(world, "east", "apps")]);
  await restartIstiod(world, "east");
  for (const mesh of meshes) await Promise.all([step(world, mesh, "remove"), stopAgent(world, "west", "apps")]);
  await restartIstiod(world, "north");
  for (const mesh of meshes) await step(world, mesh, "done");
  editStack(world, "trust", (config) => (config["root"].generations = [2]));
  await upStack(world, "trust");
  await gatesOpen(world);
  commitRoots(world);
}

/** Commits the new roots for the scenarios that go on with the committed files, without the third mesh. */
function commitRoots(world: World): void {
  const [trust, ...changed] = ["trust", ...meshes].map((stack) => [stack, readStack(world, stack)] as const);
  world.clone.git("checkout", "--quiet", "stacks");
  for (const stack of ["east", "west"])
    editStack(world, stack, (config) => (config["ca"] = { root: 2, provider: "shared" }));
  writeStack(world, ...trust!);
  world.clone.git("commit", "-aqm", "Change the root");
  for (const file of changed) writeStack(world, ...file);
}
