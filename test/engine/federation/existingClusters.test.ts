import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { hasLab } from "../../../offline/lab/index.ts";
import { sourceVariable } from "../../../tools/source.ts";
import { anExport, contract } from "../../unit/federation/fixtures.ts";
import { cloneAt, start } from "../../unit/support/clone.ts";
import { MeshCluster } from "../review/support/meshCluster.ts";

jest.setTimeout(4 * 60_000);

let folder: string;
let clone: string;
let cluster: MeshCluster;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-existing-"));
  clone = cloneAt(join(folder, "clone"));
  cluster = await MeshCluster.start(process.env["MESH_FEDERATION_TEST_CHARTS"]!, ["istio-system", "sleep"]);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true });
});

const run = async (command: string, ...args: string[]): Promise<string> => {
  const started = start(clone, command, args, { [sourceVariable]: process.env[sourceVariable] || "registry" });
  const code = await started.ended;
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${started.output()}`);
  return started.output();
};

test("with existing clusters only, up, a preview by hand and down work without a lab", async () => {
  const stacks = join(clone, "stacks");
  for (const file of readdirSync(stacks)) rmSync(join(stacks, file), { recursive: true });
  writeFileSync(join(clone, "west.json"), JSON.stringify(contract("west", [anExport()])));
  writeFileSync(join(clone, "kubeconfig"), cluster.kubeconfig);
  const config = {
    mesh: { name: "east", network: "network-east", meshId: "east-mesh", cluster: "east" },
    cluster: { provider: "existing", kubeconfigPath: join(clone, "kubeconfig") },
    istio: { provider: "existing", version: "1.30.2" },
    peers: { west: { file: "west.json" } },
    imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }],
  };
  writeFileSync(
    join(stacks, "Pulumi.east.yaml"),
    stringify({
      config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`mesh-federation:${key}`, value])),
    }),
  );
  const entries = async (): Promise<unknown[]> =>
    (await cluster.list("/apis/networking.istio.io/v1/serviceentries")).map((e) => e.metadata.name);

  expect(await run("up", "--no-verify")).toMatch(/up east: done in .*created/);
  expect(await entries()).toEqual(["import-west-httpbin"]);
  expect(await run("pulumi", "preview", "--stack", "east", "--expect-no-changes")).toMatch(/\d+ unchanged/);
  // A stack that was selected is as good as one that is named, and its file stays without the salt of this clone.
  const file = readFileSync(join(stacks, "Pulumi.east.yaml"), "utf8");
  await run("pulumi", "stack", "select", "east");
  expect(await run("pulumi", "preview", "--expect-no-changes")).toMatch(/\d+ unchanged/);
  expect(readFileSync(join(stacks, "Pulumi.east.yaml"), "utf8")).toBe(file);

  expect(await run("down")).toMatch(/destroy east: done/);
  expect(await entries()).toEqual([]);
  expect(hasLab(clone)).toBe(false);
});
