import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinRoot } from "../../../deploy/pinRoots.ts";

const [first, second] = ["a", "b"].map((digit) => digit.repeat(64)) as [string, string];
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pins-"));
  file = join(folder, "Pulumi.east.yaml");
});
afterEach(() => rmSync(folder, { recursive: true }));

const pin = (text: string, peer = "west", root = first) => {
  writeFileSync(file, text);
  return pinRoot(file, peer, root);
};
const withPeers = (peers: string) => `config:\n  mesh-federation:peers:${peers}\n`;

describe("the pin of a root in a stack file", () => {
  test("is written beside the file, and takes its place in one step", () => {
    writeFileSync(file, "config: {}\n");
    const before = statSync(file).ino;
    expect(pinRoot(file, "west", first)).toEqual({ pinned: true });
    expect(statSync(file).ino).not.toBe(before);
    expect(readdirSync(folder)).toEqual(["Pulumi.east.yaml"]);
    expect(pinRoot(file, "west", second)).toEqual({ pinned: false });
  });

  test("is not written where the file pins the root for another peer", () => {
    const text = withPeers(`\n    north:\n      roots: ["${second}", "${first}"]`);
    expect(pin(text)).toEqual({ pinned: false, other: "north" });
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(pin(withPeers("\n    west:\n      roots:"))).toEqual({ pinned: true });
  });

  test.each([
    ["JSON text", withPeers(` '{"west":{}}'`)],
    ["a peer without a value", withPeers("\n    west:")],
    ["an alias", `x: &x\n  roots: []\n${withPeers("\n    west: *x")}`],
    ["an alias of all peers", `x: &x\n  north: {}\n${withPeers(" *x")}`],
    ["no YAML", "config: [\n"],
  ])("is refused for %s, with the file and the lines to add", (_, text) => {
    expect(() => pin(text)).toThrow(
      expect.objectContaining({
        code: "stack-file-invalid",
        subject: file,
        remedy: expect.stringContaining(`mesh-federation:peers:\n  west:\n    roots:\n      - ${first}`),
      }),
    );
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});
