import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackOutputs } from "../../../workspace/pulumiCommand.ts";
import { stateFile } from "../../../workspace/workspace.ts";
import { readMeshes } from "../../../workspace/meshes.ts";
import { meshStackFiles, peersGiven } from "../../../workspace/stackFiles.ts";
import { contract } from "../federation/fixtures.ts";

// An ES module alone, which Jest does not load; nothing here reaches a cluster.
jest.mock("@kubernetes/client-node", () => ({
  KubeConfig: class {
    loadFromString() {}
    getCurrentCluster() {}
    makeApiClient() {}
    setCurrentContext() {}
  },
}));
jest.mock("../../../workspace/pulumiCommand.ts", () => ({ stackOutputs: jest.fn() }));
jest.mock("../../../workspace/stackFiles.ts", () => ({
  ...jest.requireActual("../../../workspace/stackFiles.ts"),
  meshStackFiles: jest.fn(),
  peersGiven: jest.fn(),
}));
const outputs = jest.mocked(stackOutputs);
const given = jest.mocked(peersGiven);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "peers-"));
  jest.mocked(meshStackFiles).mockReturnValue([{ name: "east", stack: "east", importsFrom: ["west"] }] as never);
  outputs
    .mockReset()
    .mockImplementation(async (_tools, stack) => (stack === "east" ? { federation: contract("east") } : undefined));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Names a file of contracts as that of mesh west. */
function handedOver(text: string) {
  const file = join(folder, "west.json");
  writeFileSync(file, text);
  given.mockReturnValue(new Map([["west", { file }]]));
}

const seen = async () =>
  (await readMeshes({} as never)).map(({ name, foreign, contract: read, problem }) => ({
    name,
    foreign: foreign ?? false,
    read: read?.mesh.name,
    problem,
  }));

test("a peer is read from the file that its owner handed over", async () => {
  handedOver(JSON.stringify(contract("west")));
  expect(await seen()).toEqual([
    { name: "east", foreign: false, read: "east", problem: undefined },
    { name: "west", foreign: true, read: "west", problem: undefined },
  ]);
});

test.each<[string, string, RegExp]>([
  ["no JSON", "{", /^cannot be read: peers\.west\.file: ".*" cannot be read as JSON/],
  ["another mesh's", JSON.stringify(contract("north")), /publishes the contract of mesh "north"/],
])("a file that is %s is a peer with a problem, not an error", async (_what, text, problem) => {
  handedOver(text);
  expect((await seen())[1]).toMatchObject({ name: "west", read: undefined, problem: expect.stringMatching(problem) });
});

test("a peer is read from the stack that is named in full, with its credentials unless one's own alone may be used", async () => {
  const stack = "acme/other/west";
  given.mockReturnValue(new Map([["west", { stack }]]));
  outputs.mockImplementation(async (_tools, name) =>
    name === stack ? { federation: contract("west") } : { federation: contract("east") },
  );
  expect((await seen())[1]).toEqual({ name: "west", foreign: true, read: "west", problem: undefined });
  expect(outputs).toHaveBeenCalledWith({}, stack, true);
  outputs.mockClear();
  await readMeshes({} as never, ["east"]);
  expect(outputs).not.toHaveBeenCalledWith({}, stack, true);
  expect(outputs).toHaveBeenCalledWith({}, stack, false);
});

test("a mesh that has a stack file here but is up elsewhere is known by its file; without one it stays a mesh that is not up", async () => {
  jest.mocked(meshStackFiles).mockReturnValue([
    { name: "east", stack: "east", importsFrom: [] },
    { name: "west", stack: "west", importsFrom: [] },
  ] as never);
  handedOver(JSON.stringify(contract("west")));
  expect((await seen())[1]).toMatchObject({ name: "west", foreign: true, read: "west" });
  handedOver("{");
  expect((await seen()).slice(1)).toEqual([
    { name: "west", foreign: false, read: undefined, problem: expect.stringMatching(/^is not up/) },
  ]);
});

test("where peers publish is read from the stack files; a peer without a source is a stack of this project", () => {
  const { peersGiven: read } = jest.requireActual<typeof import("../../../workspace/stackFiles.ts")>(
    "../../../workspace/stackFiles.ts",
  );
  mkdirSync(join(folder, "stacks"));
  const peers = {
    west: { file: "contracts/west.json" },
    south: { stack: "acme/other/south" },
    north: { trustDomain: "north.example" },
    up: { trustDomain: "up.example" },
  };
  writeFileSync(
    join(folder, "stacks", "Pulumi.east.yaml"),
    JSON.stringify({ config: { "mesh-federation:mesh": { name: "east" }, "mesh-federation:peers": peers } }),
  );
  writeFileSync(
    join(folder, "stacks", "Pulumi.up.yaml"),
    JSON.stringify({
      config: { "mesh-federation:mesh": { name: "up" }, "mesh-federation:peers": { west: { file: "another.json" } } },
    }),
  );
  expect([...read(folder)]).toEqual([
    ["west", { file: "contracts/west.json" }],
    ["south", { stack: "acme/other/south" }],
    ["north", { stack: "north" }],
  ]);
});

test("the state of a stack that is named in full is that of its project", () => {
  expect(
    [stateFile("west"), stateFile("organization/other/west")].map((file) => file.split("/").slice(-2).join("/")),
  ).toEqual(["mesh-federation/west.json", "other/west.json"]);
});
