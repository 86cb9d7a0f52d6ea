import {
  answeredBy,
  appsNamespace,
  appsReady,
  callerSays,
  echoDeployment,
  echoPorts,
  echoService,
} from "../support/echo.ts";
import { boundOutcomes, forgedCalls } from "../support/forgery/forgedCalls.ts";
import { forgedServers } from "../support/forgery/forgedServers.ts";
import { gatewayName, gatewayNameResolves } from "../support/gatewayName.ts";
import { keptExport, loadServer } from "../support/load/server.ts";
import { noFailure } from "../support/load/noFailure.ts";
import type { LoadEdge } from "../support/load/plan.ts";
import {
  gatesOpen,
  killedUp,
  mountSecrets,
  pin,
  restartIstiod,
  rootsOf,
  rotationTimeout,
  step,
  stopAgent,
  upStack,
} from "../support/rotation.ts";
import { editStack, writeStack } from "../support/stacks.ts";
import { eventually, type World } from "../support/world.ts";

const meshes = ["east", "north", "west"] as const;
const ports = echoPorts.filter(({ name }) => name === "http" || name === "tcp");
const hostOf = (mesh: string): string => `echo.${mesh}.global`;
const keptHostOf = (mesh: string): string => `kept.${mesh}.global`;
const others = (mesh: string): string[] => meshes.filter((name) => name !== mesh);

/** Who calls whom under load: both directions between east and west, and a third mesh at either end. */
const edges: LoadEdge[] = [
  ["east", "west"],
  ["west", "east"],
  ["north", "west"],
  ["east", "north"],
].map(([mesh, of]) => ({ mesh: mesh!, host: keptHostOf(of!), ports: { http: 8000, tcp: 9001 }, renewAfter: 0 }));

/** Of an import: who may call it, and which of its ports `verify` calls. */
const called = {
  ...{ visibleTo: ["apps"], client: { namespace: "apps", serviceAccount: "caller" } },
  probe: { http: {}, tcp: {} },
};

const exported = (name: string, host: string, to: string[]) => ({
  ...{ name, namespace: "apps", service: "echo", host, ports, to, public: true },
  ...{ selector: { app: "echo" }, serviceAccounts: ["echo"] },
});

/** Three meshes with roots and trust domains of their own. */
export function ownRoots(world: World): void {
  test("npm run up --pin federates three meshes that have no root in common", async () => {
    for (const [i, mesh] of meshes.entries())
      writeStack(world, mesh, {
        mesh: { name: mesh, slot: i + 1, trustDomain: `${mesh}.example` },
        profile: "small",
        cluster: { provider: "kind", podSubnet: `10.${70 + i}.0.0/16`, serviceSubnet: `10.255.${70 + i}.0/24` },
        ca: { provider: "own" },
        gateway: { provider: "managed", ...(mesh === "north" ? { addresses: [gatewayName] } : {}) },
      });
    await world.clone.must("up", ["--no-verify"]);
    for (const mesh of meshes) {
      await world.apply(
        mesh,
        ...appsNamespace(),
        ...echoDeployment(mesh, "echo", "echo"),
        echoService("echo", ports),
        ...echoDeployment(mesh, "caller", "caller"),
        ...loadServer("kept"),
      );
      if (mesh !== "north") await gatewayNameResolves(world, [mesh]);
      editStack(world, mesh, (config) => {
        const hosts = (peer: string) => ({ hosts: [`${peer}.global`, "all.global"] });
        config["peers"] = Object.fromEntries(others(mesh).map((peer) => [peer, hosts(peer)]));
        if (mesh !== "north") config["peers"].north.allowedAddresses = [gatewayName];
        config["exports"] = [
          exported("echo", hostOf(mesh), others(mesh)),
          keptExport({ host: keptHostOf(mesh), to: others(mesh) }),
        ];
        if (mesh !== "east") config["exports"].push(exported("all", "echo.all.global", others(mesh)));
        config["imports"] = others(mesh).flatMap((from) => [
          { name: "echo", from, ...called },
          { name: "kept", from, visibleTo: ["apps"] },
        ]);
        if (mesh === "east") config["imports"].push({ name: "all", from: ["west", "north"], ...called });
      });
    }
    for (const mesh of meshes) await appsReady(world, mesh);
    await world.clone.must("up", ["--no-verify", "--pin"]);
    for (const mesh of meshes) {
      const { federation } = await world.outputs(mesh);
      expect([federation.pendingImports, federation.pendingTrust]).toEqual([[], []]);
      expect(Object.keys(federation.mesh.trusts).sort()).toEqual(others(mesh));
    }
    for (const { mesh, host } of edges)
      await eventually(`an answer of ${host} in ${mesh}`, 60, async () => answered(world, mesh, host));
    // One import of two meshes, whose identities are below different roots.
    for (const mesh of ["west", "north"])
      await eventually(`an answer of ${mesh}`, 60, async () => {
        const answer = await answered(world, "east", "echo.all.global");
        return answer && answeredBy(answer) === mesh;
      });
    await world.clone.must("verify", ["--probe-pod"]);
  });

  test("workloads refuse what another mesh's CA signs in the name of theirs, of a third or of two", async () => {
    const victims = ["east", "north"].map((mesh) => ({
      ...{ mesh, trustDomain: `${mesh}.example`, host: hostOf(mesh) },
      third: mesh === "east" ? "north.example" : "east.example",
    }));
    const calls = await forgedCalls(world, { mesh: "west", trustDomain: "west.example" }, victims);
    expect(calls).toEqual({ east: boundOutcomes, north: boundOutcomes });
  });

  test("clients refuse a server with a certificate that its mesh's CA cannot sign, or another mesh's has", async () => {
    const servers = { client: "east", server: "west", host: hostOf("west"), deployments: ["echo-v1"], other: "north" };
    expect(await forgedServers(world, servers)).toEqual(boundOutcomes);
  });

  test(
    "no request fails while a mesh changes its root, key and anchors",
    () =>
      noFailure(world, edges, async () => {
        await newKey(world);
        await newRoot(world);
        await newAnchors(world);
      }),
    rotationTimeout,
  );
}

async function answered(world: World, mesh: string, host: string): Promise<string | undefined> {
  const said = await callerSays(world, mesh, `http://${host}:8000`);
  return said.includes("StatusCode=200") ? said : undefined;
}

/** West's CA gets another key, under the same root. */
async function newKey(world: World): Promise<void> {
  editStack(world, "west", (config) => (config["ca"].key = 2));
  await Promise.all([upStack(world, "west"), stopAgent(world, "west", "apps")]);
  await mountSecrets(world, "west");
  await restartIstiod(world, "west");
}

/** West changes to another root: three phases, each with a late agent and a restarted istiod. One `up` is killed. */
async function newRoot(world: World): Promise<void> {
  const [old] = await rootsOf(world, "west");
  await Promise.all([step(world, "west", "add", { more: ["--next", "2"] }), stopAgent(world, "west", "apps")]);
  await restartIstiod(world, "west");
  const both = await rootsOf(world, "west");
  expect(both).toHaveLength(2);
  for (const mesh of others("west")) await pin(world, mesh, "west", both);
  await Promise.all([step(world, "west", "switch", { deploy: killedUp }), stopAgent(world, "east", "apps")]);
  await restartIstiod(world, "east");
  await Promise.all([step(world, "west", "remove"), stopAgent(world, "north", "apps")]);
  await restartIstiod(world, "west");
  for (const mesh of others("west"))
    await pin(
      world,
      mesh,
      "west",
      both.filter((root) => root !== old),
    );
  await step(world, "west", "done");
  await gatesOpen(world);
}

/** East makes its anchors again, under another key. */
async function newAnchors(world: World): Promise<void> {
  const { urns } = await world.resources("east");
  const key = urns.find((urn) => urn.endsWith("::trust-anchors-key"))!;
  const replace = ["up", "--yes", "--skip-preview", "--stack", "east", "--replace", key];
  await Promise.all([world.clone.must("pulumi", replace), stopAgent(world, "east", "apps")]);
  await restartIstiod(world, "east");
}
