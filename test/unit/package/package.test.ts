import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectConfigs } from "../../../federation/adopt/initialProject.ts";
import { initialProject } from "../../../start/initialProject.ts";
import { readMesh } from "../federation/adopt/fixtures.ts";
import { apiReport, apiReports } from "../../../tools/package/apiReport.ts";
import {
  consumer,
  ownPackages,
  packageName,
  packedPackage,
  pulumiPackages,
  root,
  run,
  textsIn,
} from "./support/consumer.ts";
import { compile, documentedConsumer, expectToRun, kinds } from "./support/documentedConsumer.ts";

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
  const meshes = [readMesh("west", { gateway: undefined }), readMesh("east")] as const;
  const first = projectConfigs(...meshes, { service: "shop/cart", callers: "sleep" });
  let program: string;

  beforeAll(async () => {
    program = join(folder, "program");
    // What `init` writes for meshes without a gateway.
    const configs = Object.fromEntries(first.map((config, i) => [`mesh-${i}`, config]));
    documentedConsumer(program, unpacked, { "commonjs/first.ts": initialProject(configs)["index.ts"]! });
    await compile(process.execPath, program);
  }, 300_000);

  test.each(kinds)("of type %s runs", (type) => expectToRun(process.execPath, program, type));

  test("runs as Pulumi compiles TypeScript by default", async () => {
    // The compiler that Pulumi's language host brings along; it makes CommonJS.
    const [compiler] = globSync(join(root, "node_modules/@pulumi/pulumi/vendor/ts-node@*"));
    const options = { transpileOnly: true, skipProject: true, compilerOptions: { module: "commonjs" } };
    const register = `require(${JSON.stringify(compiler)}).register(${JSON.stringify(options)})`;
    const text = `${register}; console.log(require("./model.ts").exportsOf({}));`;
    const printed = await run(process.execPath, ["-e", text], join(program, "commonjs"));
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
