import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { useExample } from "../../../deploy/examples.ts";
import { pinsIn, withPin } from "../../../deploy/pins.ts";
import { meshStackFiles } from "../../../workspace/stackFiles.ts";
import { EngineClone } from "../support/engineClone.ts";

jest.setTimeout(120_000);

const silent = { note: () => undefined, step: () => ({ update() {}, done() {}, fail() {} }) } as never;
const [ofEast, ofWest] = ["a", "b"].map((digit) => digit.repeat(64));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "examples-"));
  cpSync("examples", join(root, "examples"), { recursive: true });
  cpSync("examples/default", join(root, "stacks"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const stackFile = (name: string) => join(root, "stacks", `Pulumi.${name}.yaml`);
const stacks = () => readdirSync(join(root, "stacks")).sort();
const text = (name: string) => readFileSync(stackFile(name), "utf8");
const example = (name: string, stack: string) => readFileSync(`examples/${name}/Pulumi.${stack}.yaml`, "utf8");
const use = (name: string, deployed: string[] = []) => useExample(root, name, deployed, silent);
const refused = (name: string, deployed: string[] = []) => {
  try {
    use(name, deployed);
  } catch (error) {
    return error as { code: string; details: { subject: string }[] };
  }
  throw new Error("not refused");
};

describe("the stack files of an example", () => {
  test("are those of the repository for the default, and differ by trust only for roots of their own", () => {
    for (const stack of ["east", "west", "trust"])
      expect(readFileSync(`stacks/Pulumi.${stack}.yaml`, "utf8")).toBe(example("default", stack));
    for (const stack of ["east", "west"]) {
      const { config } = parse(example("own-roots", stack));
      expect(config["mesh-federation:mesh"].trustDomain).toBe(`${stack}.example`);
      expect(config["mesh-federation:ca"]).toEqual({ provider: "own" });
      delete config["mesh-federation:mesh"].trustDomain;
      delete config["mesh-federation:ca"];
      expect({ config }).toEqual(parse(example("default", stack)));
    }
  });

  test("replace those of another one, also a half of them, and go back", () => {
    use("own-roots");
    expect(stacks()).toEqual(["Pulumi.east.yaml", "Pulumi.west.yaml"]);
    expect(meshStackFiles(root).map(({ signedBy }) => signedBy)).toEqual([undefined, undefined]);
    rmSync(stackFile("west"));
    cpSync("examples/default/Pulumi.trust.yaml", stackFile("trust"));
    use("default");
    expect(stacks()).toEqual(["Pulumi.east.yaml", "Pulumi.trust.yaml", "Pulumi.west.yaml"]);
    expect(text("east")).toBe(example("default", "east"));
  });

  test("never replace an edit, and the error names each file", () => {
    writeFileSync(stackFile("east"), `${text("east")}# mine\n`);
    writeFileSync(stackFile("north"), "config: {}\n");
    for (const name of ["own-roots", "default"]) {
      const { code, details } = refused(name);
      expect([code, ...details.map(({ subject }) => subject)]).toEqual([
        "stack-files-edited",
        "stacks/Pulumi.east.yaml",
        "stacks/Pulumi.north.yaml",
      ]);
    }
    expect(text("east")).toContain("# mine");
    expect(stacks()).toContain("Pulumi.trust.yaml");
  });

  test("keep pinned roots while they are up, and lose them with the next start", () => {
    use("own-roots");
    writeFileSync(stackFile("east"), withPin(text("east"), "west", ofWest!)!);
    writeFileSync(stackFile("west"), withPin(text("west"), "east", ofEast!)!);
    expect(pinsIn(text("east"))).toEqual([{ peer: "west", root: ofWest }]);
    use("own-roots", ["east", "west"]);
    expect(text("east")).toContain(ofWest);
    expect(refused("default", ["east"]).code).toBe("example-deployed");
    use("own-roots");
    expect(text("east")).toBe(example("own-roots", "east"));
    writeFileSync(stackFile("west"), withPin(text("west"), "east", ofEast!)!);
    use("default");
    expect(text("west")).toBe(example("default", "west"));
  });

  test("are refused while something else is up", () => {
    expect(refused("own-roots", ["trust"]).code).toBe("example-deployed");
    expect(stacks()).toContain("Pulumi.trust.yaml");
    expect(() => use("nothing")).toThrow(/\[arguments-invalid\]/);
  });
});

/*
 * A Pulumi whose meshes have a root each, of which the first letter is all: a mesh trusts what its file pins, and east
 * imports from west once each trusts the other.
 */
const fakePulumi = `#!${process.execPath}
const fs = require("fs"), path = require("path");
const args = process.argv.slice(2);
fs.appendFileSync(path.join(process.env.CONTROL, "calls"), args.join(" ") + "\\n");
const folder = path.join(process.env.PULUMI_BACKEND_URL.slice(7), ".pulumi/stacks/mesh-federation");
fs.mkdirSync(folder, { recursive: true });
const file = (stack) => path.join(folder, stack + ".json");
const save = (stack, resources) =>
  fs.writeFileSync(file(stack), JSON.stringify({ checkpoint: { latest: { resources } } }));
const read = (stack) =>
  fs.existsSync(file(stack)) ? JSON.parse(fs.readFileSync(file(stack))).checkpoint.latest.resources : [];
const after = (name) => args[args.indexOf(name) + 1];
const roots = { east: "a".repeat(64), west: "b".repeat(64) }, other = { east: "west", west: "east" };
const trusts = (mesh) => read(mesh)[0]?.config.includes(roots[other[mesh]]) ?? false;
if (args[0] === "stack" && args[1] === "init") save(args[2], []);
else if (args[0] === "up") {
  const config = fs.readFileSync(after("--config-file"), "utf8");
  const same = read(after("--stack"))[0]?.config === config;
  save(after("--stack"), [{ type: "r", config }]);
  console.log("Resources:\\n    " + (same ? "3 unchanged" : "+ 3 created"));
} else if (args[0] === "destroy") save(after("--stack"), []);
else if (args[0] === "stack" && args[1] === "output") {
  const mesh = after("--stack"), peer = other[mesh];
  const mutual = trusts("east") && trusts("west");
  const own = { name: mesh, trusts: trusts(mesh) ? { [peer]: [roots[peer]] } : {} };
  console.log(JSON.stringify({ federation: {
    mesh: { ...own, roots: [{ sha256: roots[mesh], pem: "", use: "active" }] },
    exports: mesh === "west" ? [{ to: ["east"] }] : [],
    imports: [],
    pendingTrust: trusts(mesh) || read(peer).length === 0 ? [] : [{ mesh: peer, reason: "not pinned" }],
    pendingImports: mesh === "east" && !mutual ? [{ name: "httpbin", from: "west", reason: "not trusted" }] : [],
  } }));
}
`;

test("up brings up an example with pinned roots, goes on with it, and goes back after down", async () => {
  const engine = await EngineClone.start(fakePulumi);
  const inClone = (stack: string) => readFileSync(join(engine.clone, "stacks", `Pulumi.${stack}.yaml`), "utf8");
  const operations = (): string[] => {
    const calls = readFileSync(join(engine.folder, "calls"), "utf8");
    rmSync(join(engine.folder, "calls"));
    return [...new Set(calls.match(/^(up|destroy) --stack \S+/gm) ?? [])].sort();
  };
  const up = (...args: string[]) => engine.run("up", "--no-verify", ...args);
  try {
    const first = await up("--example", "own-roots");
    expect(first).toEqual({ code: 0, output: expect.stringContaining("of example own-roots") });
    expect(operations()).toEqual(["up --stack east", "up --stack west"]);
    expect([pinsIn(inClone("east")), pinsIn(inClone("west"))]).toEqual([
      [{ peer: "west", root: ofWest }],
      [{ peer: "east", root: ofEast }],
    ]);
    const again = await up("--example", "own-roots");
    expect(again).toEqual({ code: 0, output: expect.stringContaining("every stack reports no changes") });
    expect((await up("--example", "default")).output).toContain("[example-deployed]");
    expect((await engine.run("down")).code).toBe(0);
    operations();
    expect((await up("--example", "default")).output).toContain("of example default");
    expect(operations()).toContain("up --stack trust");
    expect(existsSync(join(engine.clone, "stacks", "Pulumi.trust.yaml"))).toBe(true);
  } finally {
    await engine.stop();
  }
});
