import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { node22Variable } from "../../support/node22.ts";
import { packedPackage } from "../../unit/package/support/consumer.ts";
import { compile, documentedConsumer, expectToRun, kinds } from "../../unit/package/support/documentedConsumer.ts";
import { ownPulumi, WrittenProject } from "../start/adoptedStack.ts";

jest.setTimeout(4 * 60_000);

/** The oldest Node.js that the package promises to run with; the unit tests use the one that runs them. */
const node = process.env[node22Variable]!;
let folder: string;
let program: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-node22-"));
  program = join(folder, "program");
  documentedConsumer(program, await packedPackage(folder));
  await compile(node, program);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(kinds)("a consumer of type %s that Node 22 has built runs with it", async (type) => {
  expect(await expectToRun(node, program, type)).toMatch(/^22\./);
});

test.each(kinds)("the engine previews a consumer of type %s with Node 22", async (type) => {
  const project = { name: "consumer", runtime: "nodejs", main: `out/${type}/documented0.js` };
  writeFileSync(join(program, "Pulumi.yaml"), JSON.stringify(project));
  const own = ownPulumi(join(folder, type));
  const stack = new WrittenProject(program, { ...own, PATH: [dirname(node), own["PATH"]].join(delimiter) });
  await stack.pulumi("stack", "init", type);
  expect(await stack.steps(type)).toEqual(expect.arrayContaining(["create payments", "create payments-entry"]));
});
