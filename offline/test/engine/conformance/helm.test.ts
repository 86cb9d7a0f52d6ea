import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeChart } from "../../../../test/engine/support/chart.ts";
import { Cluster } from "../../../../test/engine/support/cluster.ts";

let cluster: Cluster;
beforeAll(async () => void (cluster = await Cluster.start()), 200_000);
afterAll(() => cluster?.stop());

const configMap = (namespace: string, name: string) =>
  cluster.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`);

test("a release: installed, unchanged, upgraded, rolled back, stopped by foreign objects, uninstalled", async () => {
  const project = cluster.project();
  writeChart(join(project.folder, "app"));
  const release = (name: string, values: string, more = "") =>
    `new k8s.helm.v3.Release("${name}", { chart: "./app", name: "${name}", namespace: "rel",
      createNamespace: true, skipCrds: true, timeout: 60, values: ${values}, ${more} }, opts);`;

  const installed = await project.up(
    `const r = ${release("app", `{ text: "first", password: pulumi.secret("hush-value") }`)}
      export const status = r.status;`,
  );
  expect(installed.steps).toEqual(["app: create", "east: create"]);
  const { outputs, id } = project.state()["app"]!;
  expect(id).toBe("rel/app");
  expect(outputs.status).toMatchObject({
    name: "app",
    namespace: "rel",
    revision: 1,
    status: "deployed",
    chart: "app",
    version: "1.2.3",
    appVersion: "4.5.6",
  });
  expect(outputs.resourceNames["ConfigMap/v1"]).toEqual(["app", "app-keep"]);
  expect(outputs).toMatchObject({
    version: "1.2.3",
    atomic: false,
    description: "",
    values: { text: "first" },
  });
  for (const own of ["checksum", "compat", "valueYamlFiles"]) expect(outputs).not.toHaveProperty(own);
  expect(project.stateText()).toMatch(/"__inputs": ?\{\s*"4dabf18193072939515e22adb298388d"/);
  expect((await configMap("rel", "app")).data).toMatchObject({ text: "first", password: "hush-value" });
  for (const text of [installed.output, project.stateText()]) expect(text).not.toContain("hush-value");
  expect((await project.preview()).steps).toEqual([]);
  expect((await project.refresh()).steps).toEqual([]);

  // Neither what a preview shows nor what a chart complains about gives a secret away.
  const changing = (text: string) =>
    `const secret = pulumi.secret("hush-${text}");
      ${release("app", `{ text: "${text}", password: secret }`)} new k8s.helm.v4.Chart("chart",
      { chart: "./app", values: { text: "${text}", password: secret } }, opts);`;
  project.write(changing("fine"));
  const shown = await project.run("preview", ["--diff"]);
  expect(shown.output).toContain("[secret]");
  project.write(changing("bad"));
  const complaint = await project.run("preview");
  expect(complaint.output).toMatch(/not with password \[secret\]/);
  for (const run of [shown, complaint]) expect(run.output).not.toMatch(/hush-(fine|bad|value)/);

  const upgraded = await project.up(release("app", `{ text: "second" }`));
  expect(upgraded.steps).toEqual(["app: update"]);
  expect((await configMap("rel", "app")).data).toMatchObject({ text: "second", password: "none" });
  expect(project.state()["app"]!.outputs.status.revision).toBe(2);

  // A new version of the chart and other contents of value files are changes, though the program is the same.
  appendFileSync(join(project.folder, "app", "templates", "config.yaml"), "  more: x\n");
  expect((await project.preview()).steps).toEqual([]);
  const chartFile = join(project.folder, "app", "Chart.yaml");
  writeFileSync(chartFile, readFileSync(chartFile, "utf8").replace("1.2.3", "1.2.4"));
  expect((await project.preview()).diffs["app"]).toEqual(["version: update"]);
  expect((await project.up()).steps).toEqual(["app: update"]);
  expect((await configMap("rel", "app")).data.more).toBe("x");
  const withFile = release("app", `{ text: "second" }`, `valueYamlFiles: [new pulumi.asset.FileAsset("values.yaml")]`);
  writeFileSync(join(project.folder, "values.yaml"), "password: of file\n");
  await project.up(withFile);
  expect((await configMap("rel", "app")).data).toMatchObject({ text: "second", password: "of file" });
  expect((await project.preview()).steps).toEqual([]);
  writeFileSync(join(project.folder, "values.yaml"), "password: of other file\n");
  expect((await project.preview()).diffs["app"]).toEqual(["values.password: update"]);

  // An upgrade that does not come up is undone; objects of another owner stop an installation, and stay.
  await cluster.api.apply("/api/v1/namespaces/rel/configmaps/other", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "other" },
    data: { text: "theirs" },
  });
  project.write(
    release("app", `{ text: "third", image: "nosuch:1" }`, "atomic: true").replace("timeout: 60", "timeout: 3") +
      release("other", `{ text: "mine" }`),
  );
  const run = await project.run("up", ["--yes", "--skip-preview", "--continue-on-error"]);
  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(
    /ConfigMap "other" in namespace "rel" exists and cannot be imported into the current release[^]*The objects belong to another owner[^]*takeOwnership/,
  );
  expect((await configMap("rel", "app")).data.text).toBe("second");
  expect((await configMap("rel", "other")).data).toEqual({ text: "theirs" });
  const kept = project.state();
  expect(kept["app"]).toMatchObject({
    initErrors: [expect.stringContaining('release "app" in namespace rel')],
    outputs: { status: { status: "deployed" } },
  });
  expect(kept).not.toHaveProperty("other");
  project.write(release("app", `{ text: "fourth" }`, "lint: true"));
  expect((await project.run("preview")).output).toMatch(/lint is not built into this stand-in/);
  const recovered = await project.up(
    release("app", `{ text: "fourth" }`) + release("other", `{ text: "mine" }`, "takeOwnership: true"),
  );
  expect((await configMap("rel", "other")).data.text).toBe("mine");
  expect(recovered.steps).toContain("app: update");
  expect((await configMap("rel", "app")).data.text).toBe("fourth");
  expect((await project.preview()).steps).toEqual([]);

  await project.destroy();
  expect(await configMap("rel", "app")).toBeUndefined();
  expect(await cluster.get("/apis/apps/v1/namespaces/rel/deployments/app")).toBeUndefined();
  expect(await configMap("rel", "app-keep")).toBeDefined();
}, 300_000);

test("a release that another stack left is imported, and nothing changes", async () => {
  const release = (more: string) =>
    `new k8s.helm.v3.Release("app", { chart: "app", version: "1.2.3", name: "imported", namespace: "imp",
      values: { text: "first" } }, { ...opts, ${more} });`;
  const [from, to] = [cluster.project(), cluster.project()];
  for (const { folder } of [from, to]) {
    writeChart(join(folder, "app"));
    rmSync(join(folder, "app", "crds"), { recursive: true }); // Helm keeps definitions, and the next test creates them.
  }
  await cluster.namespace("imp");
  await from.up(release("retainOnDelete: true"));
  await from.destroy();
  const imported = await to.up(release(`import: "imp/imported"`));
  expect(imported.steps).toEqual(["app: import", "east: create"]);
  const { outputs } = to.state()["app"]!;
  expect(outputs.status).toMatchObject({ name: "imported", revision: 1 });
  expect((await to.preview()).steps).toEqual([]);
  await to.destroy();
  expect(await configMap("imp", "imported")).toBeUndefined();
}, 120_000);
