import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderedBefore, type Rendering } from "../../../../plugins/kubernetes/charts/renderedBefore.ts";
import { withHelm } from "./stubHelm.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-federation-rendered-"));
const before = process.env["PULUMI_HOME"];
beforeAll(() => void (process.env["PULUMI_HOME"] = join(folder, "home")));
afterAll(() => {
  if (before === undefined) delete process.env["PULUMI_HOME"];
  else process.env["PULUMI_HOME"] = before;
  rmSync(folder, { recursive: true });
});

const chart = join(folder, "chart");
const kept = join(folder, "home", "rendered-charts");
const write = (text: string): void => writeFileSync(join(chart, "templates", "a.yaml"), text);
let times = 0;
const render = async () => ({ checksum: String(++times), resourceNames: {} });
/** Which rendering it is, counted from the first one of a test. */
const ask = async (
  call: { args?: string[]; files?: Record<string, string>; environment?: Record<string, string> } = {},
  rendering: Partial<Rendering> = {},
) => (await renderedBefore({ chart, ...rendering }, { args: ["template"], files: {}, ...call }, render)).checksum;

beforeEach(() => {
  times = 0;
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(join(chart, "templates"), { recursive: true });
  write("a: 1");
});

test("a chart is rendered again exactly when it, the program, its variables, the arguments or the files differ", async () => {
  expect([await ask(), await ask()]).toEqual(["1", "1"]);
  expect(await ask({ args: ["template", "--include-crds"] })).toBe("2");
  expect(await ask({ files: { "values.yaml": "x: 1" } })).toBe("3");
  expect(await ask({ environment: { HELM_PLUGINS: "/other" } })).toBe("4");
  write("a: 2");
  expect([await ask(), await ask()]).toEqual(["5", "5"]);
  await withHelm("true", async () => {
    expect([await ask(), await ask()]).toEqual(["6", "6"]);
    appendFileSync(process.env["MESH_FEDERATION_HELM"]!, "# a newer one\n");
    expect(await ask()).toBe("7");
  });
});

test.each<{ name: string; rendering: Partial<Rendering> }>([
  { name: "of a repository", rendering: { chart: "istio/base" } },
  { name: "of a repository, where a folder is named as it is", rendering: { repo: "https://charts.example" } },
  { name: "whose dependencies are fetched", rendering: { dependencyUpdate: true } },
  { name: "that is verified", rendering: { verify: true } },
])("a chart is rendered each time: one $name", async ({ rendering }) =>
  expect([await ask({}, rendering), await ask({}, rendering)]).toEqual(["1", "2"]),
);

test("a chart that is changed while it is rendered is not kept", async () => {
  const slow = async () => (write("a: 2"), { checksum: "of either", resourceNames: {} });
  await renderedBefore({ chart }, { args: ["template"], files: {} }, slow);
  write("a: 1");
  expect(await ask()).toBe("1");
});

test.each(["", '{"checksum":"x', "{}", "null"])(
  "what was not written to its end is rendered again: %j",
  async (text) => {
    await ask();
    writeFileSync(join(kept, readdirSync(kept)[0]!), text);
    expect([await ask(), await ask()]).toEqual(["2", "2"]);
  },
);

test("a folder that cannot be written to stops nothing", async () => {
  writeFileSync(kept, "a file");
  expect([await ask(), await ask()]).toEqual(["1", "2"]);
});

test("nothing but a checksum and names is kept, for this user alone, and not for ever", async () => {
  mkdirSync(kept, { recursive: true });
  for (let i = 0; i < 250; i++) {
    writeFileSync(join(kept, `${i}.json`), "{}");
    utimesSync(join(kept, `${i}.json`), 1000 + i, 1000 + i);
  }
  await ask({ files: { "values.yaml": "password: hush" } });
  const names = readdirSync(kept);
  expect(names).toHaveLength(200);
  expect(names).toContain("249.json");
  expect(names).not.toContain("50.json");
  const newest = join(
    kept,
    names.find((name) => name.length > 20)!,
  );
  expect(readFileSync(newest, "utf8")).toBe('{"checksum":"1","resourceNames":{}}');
  expect(statSync(newest).mode & 0o777).toBe(0o600);
});
