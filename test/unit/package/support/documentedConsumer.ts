import { readFileSync } from "node:fs";
import { join } from "node:path";
import { consumer, documentedPrograms, ownPackages, packageName, pulumiPackages, root, run } from "./consumer.ts";

/** Kinds of modules that a program can have: what `type` of its package.json says. */
export const kinds = ["commonjs", "module"] as const;

/** Runs the documented program under mocks, and prints what it registers and whether both entries are one library. */
const main = `
  import * as pulumi from "@pulumi/pulumi";
  import { UserError } from "${packageName}";
  import * as model from "${packageName}/federation";
  import { exportsOf } from "./model.js";

  async function run(): Promise<void> {
    const types: string[] = [];
    await pulumi.runtime.setMocks({
      call: ({ inputs }) => inputs,
      newResource: ({ type, name, inputs }) => {
        types.push(type);
        return { id: name, state: inputs };
      },
    });
    await import("./program.js");
    await pulumi.runtime.disconnect();
    const { node } = process.versions;
    const same = UserError === model.UserError;
    console.log(JSON.stringify({ node, types: types.sort(), same, found: exportsOf({}) }));
  }
  void run();
`;
const compilerOptions = { module: "nodenext", target: "es2023", strict: true, types: ["node"], outDir: "out" };

/**
 * Writes the programs of docs/library.md as a consumer of the package, once as each of {@link kinds}: `program` and
 * `model` are the first and the last, `documented0` and so on those between.
 * @param more texts by path
 */
export function documentedConsumer(folder: string, unpacked: string, more: Record<string, string> = {}): void {
  const documented = documentedPrograms();
  const [components, model] = [documented[0], documented.at(-1)];
  const files = (type: string): [string, string][] => [
    [`${type}/package.json`, JSON.stringify({ type })],
    [`${type}/main.ts`, main],
    [`${type}/program.ts`, components!],
    [`${type}/model.ts`, model!],
    // Those between are compiled; the examples, which are longer, run in the engine tests.
    ...documented.slice(1, -1).map((text, i): [string, string] => [`${type}/documented${i}.ts`, text]),
    [`out/${type}/package.json`, JSON.stringify({ type })],
  ];
  consumer(folder, unpacked, [...pulumiPackages, ...ownPackages, "@types/node"], {
    ...Object.fromEntries(kinds.flatMap(files)),
    ...more,
    "tsconfig.json": JSON.stringify({ compilerOptions, include: kinds }),
  });
}

/** Compiles a consumer into its folder `out`. */
export async function compile(node: string, folder: string): Promise<void> {
  await run(node, [join(root, "node_modules/typescript/bin/tsc")], folder);
}

/** Runs a compiled consumer, which must register what it documents. Gives back the version of Node that ran it. */
export async function expectToRun(node: string, folder: string, type: (typeof kinds)[number]): Promise<string> {
  const text = readFileSync(join(folder, "out", type, "program.js"), "utf8");
  expect(text).toContain(type === "commonjs" ? `require("${packageName}")` : `from "${packageName}"`);
  const printed = JSON.parse(await run(node, [`out/${type}/main.js`], folder));
  expect(printed).toMatchObject({ same: true, found: ["contract-version-unsupported"] });
  expect(printed.types).toEqual(
    expect.arrayContaining([
      "kubernetes:networking.istio.io/v1:Gateway",
      "kubernetes:networking.istio.io/v1:ServiceEntry",
      "mesh-federation:federation:ExportedService",
      "mesh-federation:federation:ImportedService",
    ]),
  );
  return printed.node;
}
