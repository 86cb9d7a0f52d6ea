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
      before:
        "config:\n  mesh-federation:rotation:\n    next: 2 # two\n    # now\n    phase: add\n  mesh-federation:ca:\n    provider: own",
      switched:
        "config:\n  mesh-federation:rotation:\n    next: 2 # two\n    # now\n    phase: switch\n  mesh-federation:ca:\n    provider: own",
      done: "config:\n  mesh-federation:ca:\n    provider: own\n    root: 2\n",
    },
    {
      what: "quotes, and a comment behind the last key",
      before:
        'config:\n  "mesh-federation:ca": {"provider": "own", "root": 1}\n  mesh-federation:rotation: {next: 2, phase: "add"} # soon\n\n# The end.\n',
      switched:
        'config:\n  "mesh-federation:ca": {"provider": "own", "root": 1}\n  mesh-federation:rotation: {next: 2, phase: switch} # soon\n\n# The end.\n',
      done: 'config:\n  "mesh-federation:ca": {"provider": "own", "root": 2}\n\n# The end.\n',
    },
    {
      what: "an empty key",
      before: "config:\n  mesh-federation:rotation:\n  mesh-federation:ca: {}\n",
      switched: "config:\n  mesh-federation:ca: {}\n  mesh-federation:rotation: { next: 2, phase: switch }\n",
      done: "config:\n  mesh-federation:ca: { root: 2 }\n",
    },
  ])("is written to a file with $what", ({ before, switched, done }) => {
    expect(withRotation(before, "switch", own)).toBe(switched);
    expect(withRotation(switched, "done", own)).toBe(done);
  });

  test("changes no other line of the committed stack files", () => {
    for (const name of readdirSync("stacks")) {
      const before = readFileSync(`stacks/${name}`, "utf8");
      expect(withRotation(before, "add", own)).toBe(`${before}  mesh-federation:rotation: { next: 2, phase: add }\n`);
    }
  });
});
