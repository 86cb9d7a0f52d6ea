import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackOutputs } from "../../../workspace/pulumiCommand.ts";
import { stateFile } from "../../../workspace/workspace.ts";
import { inTime, readMeshes, reasonOf } from "../../../workspace/meshes.ts";
import { meshStackFiles, peersGiven } from "../../../workspace/stackFiles.ts";
import { contract } from "../federation/fixtures.ts";

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

/** Sets the file with the contract of mesh west. */
function writeContract(text: string) {
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

describe("the meshes of a workspace", () => {
  test("include a peer from its owner's file", async () => {
    writeContract(JSON.stringify(contract("west")));
    expect(await seen()).toEqual([
      { name: "east", foreign: false, read: "east", problem: undefined },
      { name: "west", foreign: true, read: "west", problem: undefined },
    ]);
  });

  test.each<[string, string, RegExp]>([
    ["no JSON", "{", /^cannot be read: peers\.west\.file: ".*" is not JSON/],
    ["another mesh's", JSON.stringify(contract("north")), /it is the contract of mesh "north"/],
  ])("include a peer with a problem for a file that is %s", async (_what, text, problem) => {
    writeContract(text);
    expect((await seen())[1]).toMatchObject({ name: "west", read: undefined, problem: expect.stringMatching(problem) });
  });

  test("include a peer from a fully named stack, with its credentials where allowed", async () => {
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

  test("include a mesh that is up elsewhere, from its owner's contract", async () => {
    jest.mocked(meshStackFiles).mockReturnValue([
      { name: "east", stack: "east", importsFrom: [] },
      { name: "west", stack: "west", importsFrom: [] },
    ] as never);
    writeContract(JSON.stringify(contract("west")));
    expect((await seen())[1]).toMatchObject({ name: "west", foreign: true, read: "west" });
    writeContract("{");
    expect((await seen()).slice(1)).toEqual([
      { name: "west", foreign: false, read: undefined, problem: expect.stringMatching(/^is not up/) },
    ]);
  });

  test("include the peers of the stack files, by default as stacks of this project", () => {
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

  test("use the project of a fully named stack for its state", () => {
    expect(
      [stateFile("west"), stateFile("organization/other/west")].map((file) => file.split("/").slice(-2).join("/")),
    ).toEqual(["mesh-federation/west.json", "other/west.json"]);
  });

  test("fail with the stack's name and Pulumi's reason for late outputs", async () => {
    await expect(inTime("west", new Promise(() => undefined), 10)).rejects.toThrow(/stack "west" within 0.01 s/);
    expect(await inTime("west", Promise.resolve(1), 1000)).toBe(1);
    expect(
      reasonOf(new Error("pulumi stack output ended with exit code 255:\n  error: no stack named 'west' found")),
    ).toMatch(/255: error: no stack named 'west' found$/);
  });
});
