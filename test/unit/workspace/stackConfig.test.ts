import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";

type StackConfig = typeof import("../../../workspace/stackConfig.ts");

const project = resolve(import.meta.dirname, "..", "..", "..");
const salt = "v1:of-this-clone";
const plain = "# why\nconfig:\n  mesh-federation:mesh:\n    name: east\n";
const secret = (given: string): string =>
  `config:\n  mesh-federation:kubeconfig:\n    secure: v1:abc\nencryptionsalt: ${given}\n`;

let clone: string;
let stackConfig: StackConfig;
beforeEach(async () => {
  clone = mkdtempSync(join(tmpdir(), "stack-config-"));
  for (const part of [
    "workspace/stackConfig.ts",
    "workspace/workspace.ts",
    "workspace/engineLog.ts",
    "tools/writeInOneStep.ts",
    "federation/errors",
  ])
    cpSync(join(project, part), join(clone, part), { recursive: true });
  symlinkSync(join(project, "node_modules"), join(clone, "node_modules"));
  mkdirSync(join(clone, "stacks"));
  stackConfig = (await import(join(clone, "workspace/stackConfig.ts"))) as StackConfig;
});
afterEach(() => rmSync(clone, { recursive: true }));

const commit = (text: string): void => writeFileSync(stackConfig.committedFile("east"), text);
const committed = (): string => readFileSync(stackConfig.committedFile("east"), "utf8");
const own = (): Record<string, any> => parse(readFileSync(stackConfig.ownFile("east"), "utf8")) as Record<string, any>;
/** What Pulumi does to the copy that it is given. */
const pulumiWrites = (text: string): void => {
  mkdirSync(dirname(stackConfig.ownFile("east")), { recursive: true });
  writeFileSync(stackConfig.ownFile("east"), text);
};

describe("the copy of a stack file", () => {
  test("has the committed configuration and keeps the clone's salt", () => {
    commit(plain);
    pulumiWrites(`encryptionsalt: ${salt}\n`);
    expect(stackConfig.refreshOwnFile("east")).toBe(stackConfig.ownFile("east"));
    expect(own()).toEqual({ config: { "mesh-federation:mesh": { name: "east" } }, encryptionsalt: salt });
    commit(plain.replace("east", "orient"));
    stackConfig.refreshOwnFile("east");
    expect(own()).toEqual({ config: { "mesh-federation:mesh": { name: "orient" } }, encryptionsalt: salt });
    expect(committed()).not.toContain("encryptionsalt");
  });

  test("takes the settings of a committed file, for its secrets", () => {
    commit(secret("v1:shared"));
    pulumiWrites(`encryptionsalt: ${salt}\nencryptedkey: k\n`);
    stackConfig.refreshOwnFile("east");
    expect(own()["encryptionsalt"]).toBe("v1:shared");
    expect(own()["encryptedkey"]).toBeUndefined();
  });

  test("is not copied back when Pulumi adds only its salt", () => {
    commit(plain);
    stackConfig.refreshOwnFile("east");
    pulumiWrites(`${plain}encryptionsalt: ${salt}\n`);
    stackConfig.keepChanges("east");
    expect(committed()).toBe(plain);
  });

  test("passes on a plain value without the salt", () => {
    commit(plain);
    pulumiWrites(
      `config:\n  mesh-federation:mesh:\n    name: east\n  mesh-federation:requireImports: "true"\nencryptionsalt: ` +
        `${salt}\n`,
    );
    stackConfig.keepChanges("east");
    expect(parse(committed())).toEqual({
      config: { "mesh-federation:mesh": { name: "east" }, "mesh-federation:requireImports": "true" },
    });
  });

  test("passes on a secret with its salt", () => {
    commit(plain);
    pulumiWrites(secret(salt));
    stackConfig.keepChanges("east");
    expect(parse(committed())).toEqual({
      config: { "mesh-federation:kubeconfig": { secure: "v1:abc" } },
      encryptionsalt: salt,
    });
  });

  test("is in a directory of the project's name, away from committed files", () => {
    const folder = stackConfig.prepareInitFolder();
    expect(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"))).toMatchObject({
      name: "mesh-federation",
      stackConfigDir: "stacks",
    });
    expect(dirname(stackConfig.ownFile("east"))).toBe(join(folder, "stacks"));
    expect(existsSync(join(clone, "stacks", "Pulumi.east.yaml"))).toBe(false);
  });

  test("names a file that is not YAML", () => {
    commit("config: {a: b\nc: d");
    expect(() => stackConfig.refreshOwnFile("east")).toThrow(/stacks\/Pulumi\.east\.yaml: is not valid YAML: /);
  });
});
