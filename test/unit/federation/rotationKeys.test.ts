import { readdirSync, readFileSync } from "node:fs";
import { configuredRotation, withRotation } from "../../../federation/config/rotationKeys.ts";
import { stackFileKeys } from "../../../federation/config/declaredMesh.ts";

const file = `# West's stack.
config:
  mesh-federation:mesh:
    name: west # its name
  mesh-federation:ca: { provider: own }
  # Comment of the last key, in a line that is longer than the eighty characters at which the library folds texts.
  mesh-federation:samples: [httpbin]
`;
/** A stack file with these lines below `config`, without the project's prefix. */
const fileOf = (lines: string[]) =>
  `config:\n${lines.map((line) => (line ? `  ${line.replace(/^(?=[a-z])/, "mesh-federation:")}\n` : "\n")).join("")}`;
const own = { next: 2, provider: "own" };
const read = (text: string) => configuredRotation(stackFileKeys(text, "x"), "west");

describe("the keys of a rotation", () => {
  test.each([
    { raw: {}, shows: { phase: "none", next: undefined, provider: "shared", root: 1 } },
    { raw: { istio: { provider: "existing", version: "1.31.0" } }, shows: { provider: "external", root: undefined } },
    { raw: { ca: { provider: "own", root: 3 } }, shows: { provider: "own", root: 3 } },
    { raw: { ca: { provider: "existing" } }, shows: { provider: "existing", root: undefined } },
    { raw: { rotation: { next: 2, phase: "switch" }, exports: "wrong" }, shows: { phase: "switch", next: 2 } },
  ])("are read: $raw", ({ raw, shows }) => expect(configuredRotation(raw, "west")).toMatchObject(shows));

  test("are refused where they are not valid", () =>
    expect(() => configuredRotation({ rotation: { next: 0, phase: "x" } }, "west")).toThrow(/config-invalid/));
});

describe("the next step of a rotation", () => {
  test("is written to the stack file, and everything else stays", () => {
    let text = file;
    for (const step of ["add", "switch", "remove"] as const) {
      text = withRotation(text, step, own);
      expect(text).toBe(`${file}  mesh-federation:rotation: { next: 2, phase: ${step} }\n`);
      expect(read(text)).toEqual({ phase: step, next: 2, provider: "own", root: 1 });
    }
    text = withRotation(text, "done", own);
    expect(text).toBe(file.replace("{ provider: own }", "{ provider: own, root: 2 }"));
    expect(read(text)).toEqual({ phase: "none", next: undefined, provider: "own", root: 2 });
  });

  test("names the CA that was the default", () => {
    const text = withRotation("config:\n  mesh-federation:mesh: {}\n", "done", { next: 2, provider: "shared" });
    expect(read(text)).toEqual({ phase: "none", next: undefined, provider: "shared", root: 2 });
  });

  test.each([
    {
      what: "a block",
      before: ["rotation:", "  next: 2 # two", "  # now", "  phase: add", "ca:", "  provider: own"],
      switched: ["rotation:", "  next: 2 # two", "  # now", "  phase: switch", "ca:", "  provider: own"],
      done: ["ca:", "  provider: own", "  root: 2"],
    },
    {
      what: "no spaces, and comments",
      before: ["ca: {provider: own, root: 1}", 'rotation: {next: 2, phase: "add"} # soon', "", "# The end."],
      switched: ["ca: {provider: own, root: 1}", "rotation: {next: 2, phase: switch} # soon", "", "# The end."],
      done: ["ca: {provider: own, root: 2}", "", "# The end."],
    },
    {
      what: "an empty key",
      before: ["rotation:", "ca: {}"],
      switched: ["ca: {}", "rotation: { next: 2, phase: switch }"],
      done: ["ca: { root: 2 }"],
    },
  ])("is written to a file with $what", ({ before, switched, done }) => {
    expect(withRotation(fileOf(before), "switch", own)).toBe(fileOf(switched));
    expect(withRotation(fileOf(switched).trimEnd(), "done", own).trimEnd()).toBe(fileOf(done).trimEnd());
  });

  test("changes no other line of the committed stack files", () => {
    for (const name of readdirSync("stacks")) {
      const before = readFileSync(`stacks/${name}`, "utf8");
      expect(withRotation(before, "add", own)).toBe(`${before}  mesh-federation:rotation: { next: 2, phase: add }\n`);
    }
  });
});
