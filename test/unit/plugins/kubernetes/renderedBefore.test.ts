import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderedBefore } from "../../../../plugins/kubernetes/charts/renderedBefore.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-federation-rendered-"));
const before = process.env["PULUMI_HOME"];
beforeAll(() => void (process.env["PULUMI_HOME"] = join(folder, "home")));
afterAll(() => {
  if (before === undefined) delete process.env["PULUMI_HOME"];
  else process.env["PULUMI_HOME"] = before;
  rmSync(folder, { recursive: true });
});

test("a chart is rendered again exactly when it, the arguments or the files differ; one of a repository always", async () => {
  const chart = join(folder, "chart");
  mkdirSync(join(chart, "templates"), { recursive: true });
  const write = (text: string): void => writeFileSync(join(chart, "templates", "a.yaml"), text);
  write("a: 1");
  let times = 0;
  const render = async () => ({ checksum: String(++times), resourceNames: {} });
  const ask = async (args: string[] = ["template"], files: Record<string, string> = {}, name = chart) => (await renderedBefore(name, { args, files }, render)).checksum;
  expect([await ask(), await ask()]).toEqual(["1", "1"]);
  expect(await ask(["template", "--include-crds"])).toBe("2");
  expect(await ask(["template"], { "values.yaml": "x: 1" })).toBe("3");
  write("a: 2");
  expect([await ask(), await ask()]).toEqual(["4", "4"]);
  expect([await ask([], {}, "istio/base"), await ask([], {}, "istio/base")]).toEqual(["5", "6"]);
});
