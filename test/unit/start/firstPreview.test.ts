import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { projectConfigs } from "../../../federation/adopt/initialProject.ts";
import { publishedContract } from "../../../federation/meshes/publishedContract.ts";
import { describeMesh } from "../../../federation/meshes/meshDescription.ts";
import { firstPreview } from "../../../start/firstPreview.ts";
import { initialProject } from "../../../start/initialProject.ts";
import { library } from "../../../start/packageVersions.ts";
import { readMesh } from "../federation/adopt/fixtures.ts";

/**
 * A `pulumi` that notes how it is called, fails where PULUMI_TEST_FAILS matches, and writes an event log as the engine
 * does. `stack init` writes the salt of the backend's passphrase into the stack file.
 */
const pulumi = `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
const words = process.argv.slice(2);
const { PULUMI_BACKEND_URL: backend, TEST_CALLS, TEST_FAILS, TEST_OUTPUTS } = process.env;
const after = (name) => words[words.indexOf(name) + 1];
const has = (name) => words.includes(name);
const file = has("--file") ? after("--file") : has("--config-file") ? after("--config-file") : undefined;
const read = file && readFileSync(file, "utf8");
const call = { words: words.join(" "), backend, cwd: process.cwd(), read };
appendFileSync(TEST_CALLS, JSON.stringify(call) + "\\n");
if (words[1] === "init") appendFileSync("Pulumi." + words[2] + ".yaml", "encryptionsalt: " + backend + "\\n");
if (has("--event-log") && process.env.PULUMI_DEBUG_COMMANDS) {
  const metadata = { type: "pulumi:pulumi:Stack", new: { outputs: JSON.parse(TEST_OUTPUTS) } };
  const events = [{ preludeEvent: {} }, { resOutputsEvent: { metadata } }];
  writeFileSync(after("--event-log"), events.map((e) => JSON.stringify(e) + "\\n").join(""));
}
process.exitCode = TEST_FAILS && call.words.match(TEST_FAILS) ? 3 : 0;
`;

interface Call {
  words: string;
  backend: string;
  cwd: string;
  read?: string;
}

const first = { service: "shop/cart", callers: "sleep" };
const configs = projectConfigs(readMesh("west"), readMesh("east"), first);
const { meshName, exports: _, ...facts } = configs[0].mesh as any;
const contract = publishedContract(describeMesh({ name: meshName, ...facts }), { exports: [], imports: [] }, {});

let folder: string;
let project: string;
const before = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-preview-"));
  project = join(folder, "project");
  for (const path of ["bin", "tmp", join("project", "node_modules", library.name)])
    mkdirSync(join(folder, path), { recursive: true });
  for (const [path, text] of Object.entries(initialProject({ west: configs[0], east: configs[1] })))
    writeFileSync(join(project, path), text);
  writeFileSync(join(folder, "bin", "pulumi"), pulumi);
  chmodSync(join(folder, "bin", "pulumi"), 0o755);
  Object.assign(process.env, {
    PATH: [join(folder, "bin"), before["PATH"]].join(delimiter),
    PULUMI_BACKEND_URL: "file:///the-user's",
    TEST_CALLS: join(folder, "calls"),
    TEST_OUTPUTS: JSON.stringify({ federation: contract }),
    TMPDIR: join(folder, "tmp"),
  });
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true });
});

const said: string[] = [];
const preview = (up = false) =>
  firstPreview({ folder: project, exporter: "west", importer: "east", up, isInteractive: false }, (line) =>
    said.push(line),
  );
const calls = (): Call[] =>
  readFileSync(join(folder, "calls"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("the importer's preview takes what the exporter's would publish, in a backend of its own", async () => {
  expect(await preview()).toBe("assumed");
  const all = calls();
  const own = all.filter(({ backend }) => backend !== process.env["PULUMI_BACKEND_URL"]);
  expect(own.map(({ words }) => words.replace(/\/\S+/g, "PATH"))).toEqual([
    "stack init west --no-select --non-interactive",
    "stack init east --no-select --non-interactive",
    "stack import --stack west --file PATH --non-interactive",
    "preview --stack east --diff --non-interactive --config-file PATH",
  ]);
  expect(JSON.parse(own[2]!.read!).deployment.resources).toEqual([
    expect.objectContaining({
      urn: "urn:pulumi:west::federated-meshes::pulumi:pulumi:Stack::federated-meshes-west",
      outputs: { federation: contract },
    }),
  ]);
  // The secrets settings belong to the backend.
  expect(own[3]!.read).toContain("federated-meshes:imports:");
  expect(own[3]!.read!.match(/encryptionsalt: .*/g)).toEqual([`encryptionsalt: ${own[0]!.backend}`]);
  expect(all.filter(({ cwd }) => cwd === project).map(({ words }) => words.split(" ").slice(0, 3).join(" "))).toEqual([
    ...["stack init west", "stack init east", "preview --stack west", "preview --stack east"],
  ]);
  expect(readdirSync(join(folder, "tmp"))).toEqual([]);
});

test.each([
  ["of a gateway whose address is not known", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"],
  ["of another mesh", { ...contract, mesh: { ...contract.mesh, name: "north" } }],
  ["that is not there", undefined],
])("a contract %s leaves the import pending", async (_what, federation) => {
  process.env["TEST_OUTPUTS"] = JSON.stringify({ federation });
  process.env["TEST_FAILS"] = "stack east --diff";
  expect(await preview()).toBe("pending");
  expect(calls().at(-1)).toMatchObject({
    words: "preview --stack east --diff --non-interactive",
    backend: process.env["PULUMI_BACKEND_URL"],
  });
});

test.each(["preview --stack west", "stack import", "preview --stack east"])("%s fails, and init with it", async (c) => {
  process.env["TEST_FAILS"] = c;
  await expect(preview()).rejects.toMatchObject({ code: "init-preview-failed" });
  expect(calls().at(-1)!.words).toContain(c);
  expect(readdirSync(join(folder, "tmp"))).toEqual([]);
});

test("after an up of the exporter nothing is assumed", async () => {
  expect(await preview(true)).toBe("shown");
  expect(new Set(calls().map(({ backend }) => backend)).size).toBe(1);
  expect(existsSync(join(project, "Pulumi.east.yaml"))).toBe(true);
});
