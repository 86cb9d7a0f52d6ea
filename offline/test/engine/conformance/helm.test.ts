import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onStandIns } from "../../support/plugins/pluginProcess.ts";
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
    `new k8s.helm.v3.Release("${name}", { chart: "./app", name: "${name}", namespace: "rel", createNamespace: true, skipCrds: true, timeout: 60, values: ${values}, ${more} }, opts);`;

  const installed = await project.up(
    `const r = ${release("app", `{ text: "first", password: pulumi.secret("hush-value") }`)} export const status = r.status;`,
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
    `const secret = pulumi.secret("hush-${text}"); ${release("app", `{ text: "${text}", password: secret }`)} new k8s.helm.v4.Chart("chart", { chart: "./app", values: { text: "${text}", password: secret } }, opts);`;
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
    `new k8s.helm.v3.Release("app", { chart: "app", version: "1.2.3", name: "imported", namespace: "imp", values: { text: "first" } }, { ...opts, ${more} });`;
  const [from, to] = [cluster.project(), cluster.project()];
  for (const { folder } of [from, to]) {
    writeChart(join(folder, "app"));
    rmSync(join(folder, "app", "crds"), { recursive: true }); // Helm leaves definitions behind, and the next test makes them.
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

test("charts, groups and patches: children by their official names, in order, kept where they ask for it", async () => {
  const project = cluster.project();
  writeChart(join(project.folder, "app"));
  writeFileSync(join(project.folder, "values.yaml"), "text: from file\npassword: from file\n");
  writeFileSync(
    join(project.folder, "one.yaml"),
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-file, namespace: ch}\n---\n---\napiVersion: v1\nkind: ConfigMapList\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: listed, namespace: ch}}]\n",
  );
  await cluster.namespace("ch");
  await cluster.api.apply("/api/v1/namespaces/ch/configmaps/foreign", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "foreign" },
    data: { theirs: "x" },
  });
  const text = [
    "apiVersion: group.example/v1\nkind: Thing\nmetadata: {name: thing, namespace: new}",
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: new}",
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.group.example}\nspec: {group: group.example, scope: Namespaced, names: {kind: Thing, plural: things}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}",
  ].join("\n---\n");
  const program = (value: string) => `
    new k8s.helm.v4.Chart("app", { chart: "./app", namespace: "ch", valueYamlFiles: [new pulumi.asset.FileAsset("values.yaml")], values: { text: "${value}", widget: true, password: pulumi.secret("hush-value") } }, opts);
    new k8s.helm.v4.Chart("bare", { chart: "./app", name: "plain", namespace: "ch", skipCrds: true, skipAwait: true, resourcePrefix: "pre", values: { image: "nosuch:1" } }, opts);
    new k8s.yaml.v2.ConfigGroup("group", { yaml: ${JSON.stringify(text)} }, opts);
    new k8s.yaml.v2.ConfigFile("file", { file: "one.yaml" }, opts);
    new k8s.core.v1.ConfigMapPatch("patch", { metadata: { namespace: "ch", name: "foreign" }, data: { ours: "${value}" } }, opts);`;
  const children = [
    "app",
    "app:ch/app",
    "app:ch/app",
    "app:ch/app",
    "app:ch/app-keep",
    "app:widgets.chart.example",
    "bare",
    "pre:ch/plain",
    "pre:ch/plain",
    "pre:ch/plain-keep",
    "group",
    "group:new",
    "group:new/thing",
    "group:things.group.example",
    "file",
    "file:ch/from-file",
    "file:ch/listed",
    "patch",
    "east",
  ]
    .map((name) => `${name}: create`)
    .sort();
  const created = await project.up(program("one"));
  expect(created.steps).toEqual(children);
  // The chart's `lookup` saw the cluster.
  const seen = "Namespace";
  expect((await configMap("ch", "app")).data).toEqual({ text: "one", password: "hush-value", seen });
  expect((await configMap("ch", "plain")).data).toEqual({ text: "one", password: "none", seen });
  expect((await configMap("ch", "foreign")).data).toEqual({ theirs: "x", ours: "one" });
  expect(project.stateText()).not.toMatch(new RegExp(`hush-value|${Buffer.from("hush-value").toString("base64")}`));
  expect((await project.preview()).steps).toEqual([]);

  const changed = await project.up(program("two"));
  expect(changed.steps).toEqual([
    "app:ch/app: create-replacement",
    "app:ch/app: delete-replaced",
    "app:ch/app: replace",
    "patch: update",
  ]);
  expect((await configMap("ch", "foreign")).data).toEqual({ theirs: "x", ours: "two" });
  expect((await project.refresh()).steps.filter((step) => !step.startsWith("pre:"))).toEqual([]);

  await project.destroy();
  expect((await configMap("ch", "foreign")).data).toEqual({ theirs: "x" });
  expect(await configMap("ch", "app")).toBeUndefined();
  expect(await configMap("ch", "app-keep")).toBeDefined();
  expect(await cluster.get("/api/v1/namespaces/new")).toBeUndefined();
}, 300_000);

test("a group of secret inputs: hidden in state, unchanged, changed in place", async () => {
  const project = cluster.project();
  await cluster.namespace("hidden");
  const program = (value: string) => `
    new k8s.yaml.v2.ConfigGroup("text", { yaml: pulumi.secret(${JSON.stringify("apiVersion: v1\nkind: Service\nmetadata: {name: text, namespace: hidden, annotations: {a: hush-VALUE, pulumi.com/skipAwait: 'true'}}\nspec: {ports: [{port: 80}]}\n")}.replace("VALUE", "${value}")) }, opts);
    new k8s.yaml.v2.ConfigGroup("objects", { skipAwait: true, objs: [{ apiVersion: "v1", kind: "Service", metadata: { name: "object", namespace: "hidden", annotations: { a: pulumi.secret("hush-${value}") } }, spec: { ports: [{ port: 80 }] } }] }, opts);`;
  const hidden = async (value: string) => {
    for (const name of ["text", "object"])
      expect((await cluster.get(`/api/v1/namespaces/hidden/services/${name}`)).metadata.annotations.a).toBe(
        `hush-${value}`,
      );
    // The official plugin takes the marks off.
    if (onStandIns) expect(project.stateText()).not.toContain("hush-");
    expect((await project.preview()).steps).toEqual([]);
    expect((await project.refresh()).steps).toEqual([]);
  };
  await project.up(program("one"));
  await hidden("one");
  const changed = await project.up(program("two"));
  expect(changed.steps).toEqual(["objects:hidden/object: update", "text:hidden/text: update"]);
  if (onStandIns) expect(changed.output).not.toContain("hush-");
  await hidden("two");
  await project.destroy();
}, 300_000);
