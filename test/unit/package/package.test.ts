import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectConfigs } from "../../../federation/adopt/initialProject.ts";
import { initialProject } from "../../../start/initialProject.ts";
import { readMesh } from "../federation/adopt/fixtures.ts";
import { apiReport, apiReports } from "../../../tools/package/apiReport.ts";
import { consumer, documentedPrograms, packageName, packedPackage, root, run, textsIn } from "./support/consumer.ts";

/** Programs of Node.js to test with besides this one, separated by colons: `/opt/node-22/bin/node`. */
const furtherNodes = (process.env["MESH_FEDERATION_TEST_NODES"] ?? "").split(":").filter((path) => path !== "");
const nodes = [process.execPath, ...furtherNodes];

const pulumiPackages = ["@pulumi/command", "@pulumi/kubernetes", "@pulumi/pulumi", "@pulumi/tls"];
const ownPackages = ["@peculiar/asn1-csr", "@peculiar/asn1-schema", "@peculiar/asn1-x509", "yaml", "zod"];

let folder: string;
let unpacked: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-package-"));
  unpacked = await packedPackage(folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package", () => {
  test("has the library alone, under 500 kB", () => {
    const files = [...textsIn(unpacked).keys()].sort();
    const folders = new Set(files.filter((path) => path.includes("/")).map((path) => path.split("/")[0]));
    expect([...folders]).toEqual(["components", "federation"]);
    expect(files.filter((path) => !path.includes("/"))).toEqual(["LICENSE", "README.md", "package.json"]);
    const bytes = files.reduce((sum, path) => sum + statSync(join(unpacked, path)).size, 0);
    expect(bytes).toBeLessThan(500_000);
  });

  test("depends on what it imports, and leaves the versions of Pulumi's packages to the program", () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8"));
    expect(Object.keys(dependencies)).toEqual(ownPackages);
    expect(Object.keys(peerDependencies)).toEqual(pulumiPackages);
  });

  test.each(apiReports)("has the public names that $path lists (`npm run docs:api-report`)", (report) => {
    const declarations = new Map([...textsIn(unpacked)].filter(([path]) => path.endsWith(".d.ts")));
    expect(readFileSync(join(root, report.path), "utf8")).toBe(apiReport(declarations, report));
  });
});

describe("a program with the package", () => {
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
      console.log(JSON.stringify({ types: types.sort(), same: UserError === model.UserError, found: exportsOf({}) }));
    }
    void run();
  `;
  const compilerOptions = { module: "nodenext", target: "es2023", strict: true, types: ["node"], outDir: "out" };
  const meshes = [readMesh("west", { gateway: undefined }), readMesh("east")] as const;
  const first = projectConfigs(...meshes, { service: "shop/cart", callers: "sleep" });
  let program: string;

  beforeAll(async () => {
    program = join(folder, "program");
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
    consumer(program, unpacked, [...pulumiPackages, ...ownPackages, "@types/node"], {
      ...Object.fromEntries([...files("commonjs"), ...files("module")]),
      // What `init` writes for meshes without a gateway.
      "commonjs/first.ts": initialProject(Object.fromEntries(first.map((config, i) => [`mesh-${i}`, config])))[
        "index.ts"
      ]!,
      "tsconfig.json": JSON.stringify({ compilerOptions, include: ["commonjs", "module"] }),
    });
    await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], program);
  }, 300_000);

  test.each(nodes.flatMap((node) => ["commonjs", "module"].map((type) => ({ type, node }))))(
    "of type $type runs with $node",
    async ({ type, node }) => {
      const text = readFileSync(join(program, "out", type, "program.js"), "utf8");
      expect(text).toContain(type === "commonjs" ? `require("${packageName}")` : `from "${packageName}"`);
      const printed = JSON.parse(await run(node, [`out/${type}/main.js`], program));
      expect(printed).toMatchObject({ same: true, found: ["contract-version-unsupported"] });
      expect(printed.types).toEqual(
        expect.arrayContaining([
          "kubernetes:networking.istio.io/v1:Gateway",
          "kubernetes:networking.istio.io/v1:ServiceEntry",
          "mesh-federation:federation:ExportedService",
          "mesh-federation:federation:ImportedService",
        ]),
      );
    },
  );

  test.each(nodes)("runs as Pulumi compiles TypeScript by default, with %s", async (node) => {
    // The compiler that Pulumi's language host brings along; it makes CommonJS.
    const [compiler] = globSync(join(root, "node_modules/@pulumi/pulumi/vendor/ts-node@*"));
    const options = { transpileOnly: true, skipProject: true, compilerOptions: { module: "commonjs" } };
    const register = `require(${JSON.stringify(compiler)}).register(${JSON.stringify(options)})`;
    const text = `${register}; console.log(require("./model.ts").exportsOf({}));`;
    const printed = await run(node, ["-e", text], join(program, "commonjs"));
    expect(printed).toContain("contract-version-unsupported");
  });

  test("needs no package of Pulumi for the model", async () => {
    const alone = join(folder, "model");
    const attempt = (name: string): string => `await import("${name}").then(() => "found", ({ code }) => code)`;
    const names = [`${packageName}/federation`, packageName, "@pulumi/pulumi"];
    consumer(alone, unpacked, ownPackages, { "main.mjs": `console.log(${names.map(attempt).join(", ")});` });
    const printed = await run(process.execPath, ["main.mjs"], alone);
    expect(printed.trim()).toBe("found ERR_MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND");
  });

  test("has the lines of the sources in its stack traces", async () => {
    const call = `import { importName } from "${packageName}/federation"; importName(undefined);`;
    const failed = run(process.execPath, ["--enable-source-maps", "--input-type=module", "-e", call], program);
    const { message } = (await failed.catch((error: Error) => error)) as Error;
    const [, file, line] = /pulumi-mesh-federation\/(federation\/[\w/]+\.ts):(\d+)/.exec(message)!;
    const lines = readFileSync(join(root, file!), "utf8").split("\n");
    const near = lines.slice(Number(line) - 4, Number(line) + 3).join("\n");
    expect(near).toContain("importName");
  });
});
