import type { Mesh } from "../../../workspace/meshes.ts";
import { planVerification } from "../../../verify/plan.ts";
import { publishedImport } from "../../../federation/imports/resolveImports.ts";
import { anExport, anImport, contract, resolved } from "../federation/fixtures.ts";

const west = contract("west", [anExport({ to: ["east", "north"] })]);
const imports = [
  publishedImport(resolved(anImport({ client: { namespace: "sleep", serviceAccount: "sleep" } }), west)),
];
const mesh = (name: string, more: Partial<Mesh> = {}): Mesh => ({
  name,
  stack: name,
  importsFrom: [],
  contract: contract(name, [], { imports }),
  cluster: { server: name } as never,
  fallbackClient: undefined,
  problem: undefined,
  ...more,
});
const meshes = [mesh("east"), mesh("north"), mesh("west", { contract: west })];

describe("the plan of verify", () => {
  test("reads each peer once for all importing meshes", async () => {
    const read: string[] = [];
    const { tasks, unreachable, silent } = await planVerification(
      meshes,
      meshes,
      "both",
      undefined,
      async ({ server }) => (read.push(server), "aa"),
    );
    expect([read, unreachable, silent.size]).toEqual([["west"], [], 0]);
    expect(tasks.map(({ edge, access }) => [edge.mesh, [...access.peers.keys()], access.issuers])).toEqual([
      ["east", ["north", "west"], { west: "aa" }],
      ["north", ["east", "west"], { west: "aa" }],
    ]);
  });

  test("gives an unreachable cluster one line and no retry", async () => {
    const { tasks, unreachable, silent } = await planVerification(meshes, meshes, "both", undefined, () =>
      Promise.reject(new Error("https://west does not answer")),
    );
    expect(unreachable).toEqual(['mesh "west": https://west does not answer; its hops are seen from east, north']);
    expect([...silent]).toEqual(["west"]);
    expect(tasks.map(({ access }) => access.peers.has("west"))).toEqual([false, false]);
  });

  test("reads only the importing mesh's cluster with its credentials alone", async () => {
    const { tasks, unreachable } = await planVerification(meshes, [meshes[0]!], "own", undefined, () =>
      Promise.reject(new Error("read")),
    );
    expect([unreachable, tasks.map(({ access }) => access.peers.size)]).toEqual([[], [0]]);
  });

  test("gives each unreadable or uncallable importer a line", async () => {
    const problem = "is not up";
    const all = [
      mesh("east", { cluster: undefined }),
      mesh("north", { contract: undefined, cluster: undefined, problem }),
      mesh("west", { contract: west, cluster: undefined }),
    ];
    const { tasks, unreachable } = await planVerification(all, all, "both", undefined, async () => "aa");
    expect([tasks, unreachable]).toEqual([[], ['mesh "north" is not up', 'mesh "east" has no credentials here']]);
  });

  test("leaves out imports that are pending or have no client, and selects by name", async () => {
    const pendingImports = [{ name: "other", from: "south", reason: 'stack "south" does not exist' }];
    const east = mesh("east", {
      contract: contract("east", [], { imports: [{ ...imports[0]!, client: undefined }], pendingImports }),
    });
    const plan = await planVerification([east, meshes[2]!], [east], "both", undefined, async () => "aa");
    expect([plan.tasks.length, plan.withoutClient.map((e) => e.name), plan.pending]).toEqual([
      0,
      ["httpbin"],
      ['east <- south/other: stack "south" does not exist'],
    ]);
    const picked = await planVerification([east, meshes[2]!], [east], "both", "other", async () => "aa");
    expect([picked.withoutClient.length, picked.pending.length]).toEqual([0, 1]);
  });
});
