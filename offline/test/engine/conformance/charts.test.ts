import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onStandIns } from "../../support/plugins/pluginProcess.ts";
import { writeChart } from "../../../../test/engine/support/chart.ts";
import { Cluster } from "../../../../test/engine/support/cluster.ts";

let cluster: Cluster;
beforeAll(async () => void (cluster = await Cluster.start()), 200_000);
afterAll(() => cluster?.stop());

const configMap = (namespace: string, name: string) =>
  cluster.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`);

test("charts, groups and patches: children by their official names, in order, kept where they ask for it", async () => {
  const project = cluster.project();
  writeChart(join(project.folder, "app"));
  writeFileSync(join(project.folder, "values.yaml"), "text: from file\npassword: from file\n");
  writeFileSync(
    join(project.folder, "one.yaml"),
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-file, namespace: ch}\n---\n---\n" +
      "apiVersion: v1\nkind: ConfigMapList\n" +
      "items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: listed, namespace: ch}}]\n",
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
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.group.example}\n" +
      "spec: {group: group.example, scope: Namespaced, names: {kind: Thing, plural: things}, " +
      "versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}",
  ].join("\n---\n");
  const program = (value: string) => `
    new k8s.helm.v4.Chart("app", { chart: "./app", namespace: "ch",
      valueYamlFiles: [new pulumi.asset.FileAsset("values.yaml")], values: { text: "${value}", widget: true,
      password: pulumi.secret("hush-value") } }, opts);
    new k8s.helm.v4.Chart("bare", { chart: "./app", name: "plain", namespace: "ch", skipCrds: true,
      skipAwait: true, resourcePrefix: "pre", values: { image: "nosuch:1" } }, opts);
    new k8s.yaml.v2.ConfigGroup("group", { yaml: ${JSON.stringify(text)} }, opts);
    new k8s.yaml.v2.ConfigFile("file", { file: "one.yaml" }, opts);
    new k8s.core.v1.ConfigMapPatch("patch", { metadata: { namespace: "ch", name: "foreign" },
      data: { ours: "${value}" } }, opts);`;
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

const secretText = [
  "apiVersion: v1",
  "kind: Service",
  "metadata: {name: text, namespace: hidden, annotations: {a: hush-VALUE, pulumi.com/skipAwait: 'true'}}",
  "spec: {ports: [{port: 80}]}",
  "",
].join("\n");

test("a group of secret inputs: hidden in state, unchanged, changed in place", async () => {
  const project = cluster.project();
  await cluster.namespace("hidden");
  const program = (value: string) => `
    new k8s.yaml.v2.ConfigGroup(
      "text", { yaml: pulumi.secret(${JSON.stringify(secretText.replace("VALUE", value))}) }, opts,
    );
    new k8s.yaml.v2.ConfigGroup("objects", { skipAwait: true, objs: [{ apiVersion: "v1", kind: "Service",
      metadata: { name: "object", namespace: "hidden", annotations: { a: pulumi.secret("hush-${value}") } },
      spec: { ports: [{ port: 80 }] } }] }, opts);`;
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
