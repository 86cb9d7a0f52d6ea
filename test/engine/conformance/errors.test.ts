import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { PluginProcess } from "../../support/plugins/pluginProcess.ts";
import { Cluster } from "../support/cluster.ts";
import { childrenOf, outliving } from "../support/processes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start();
  await cluster.namespace("err");
}, 200_000);
afterAll(() => cluster?.stop());

const configMap = (name: string, data: string, more = "opts") => `new k8s.core.v1.ConfigMap("${name}", { metadata: { namespace: "err", name: "${name}" }, data: { a: "${data}" } }, ${more});`;
const deployment = (image: string) => `new k8s.apps.v1.Deployment("slow", { metadata: { namespace: "err", name: "slow" }, spec: { selector: { matchLabels: { app: "slow" } },
  template: { metadata: { labels: { app: "slow" } }, spec: { containers: [{ name: "c", image: "${image}" }] } } } }, { ...opts, customTimeouts: { create: "4s", update: "4s" } });`;

test("what cannot be made is told clearly, and what can be made is made", async () => {
  const project = cluster.project();
  await cluster.api.apply("/api/v1/namespaces/err/configmaps/there", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "there" }, data: { a: "theirs" } });
  const program = `${configMap("there", "mine")}
    ${configMap("good", "x")}
    new k8s.apiextensions.CustomResource("odd", { apiVersion: "example.com/v1", kind: "Odd", metadata: { namespace: "err", name: "odd" } }, opts);
    new k8s.core.v1.ConfigMap("bad", { metadata: { namespace: "err", name: "Not A Name" }, data: {} }, opts);
    new pulumi.CustomResource("kubernetes:core/v1:Nosuch", "nosuch", {}, { ...opts, version: "4.34.2" });`;
  project.write(program);
  const run = await project.run("up", ["--yes", "--skip-preview", "--continue-on-error"]);
  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(/"there" already exists/);
  expect(run.output).toMatch(/Odd/);
  expect(run.output).toMatch(/Not A Name/);
  expect(run.output).toMatch(/Nosuch/);
  expect(Object.keys(project.state())).toContain("good");
  expect((await cluster.get("/api/v1/namespaces/err/configmaps/there")).data).toEqual({ a: "theirs" });

  // The way out: import it.
  project.write(configMap("there", "theirs", `{ ...opts, import: "err/there" }`) + configMap("good", "x"));
  const imported = await project.up();
  expect(imported.steps).toEqual(["there: import"]);
  expect((await project.preview(configMap("there", "theirs") + configMap("good", "x"))).steps).toEqual([]);
  await project.up(configMap("there", "mine now") + configMap("good", "x"));
  expect((await cluster.get("/api/v1/namespaces/err/configmaps/there")).data).toEqual({ a: "mine now" });
  const missing = await project.failingUp(configMap("gone", "x", `{ ...opts, import: "err/gone" }`));
  expect(missing.output).toMatch(/err\/gone.*does not exist/);
}, 400_000);

test("a deployment that does not come up stays in state with the reasons, and the next up recovers", async () => {
  const project = cluster.project();
  const run = await project.failingUp(deployment("nosuch.local/x:1"));
  expect(run.output).toMatch(/ImagePullBackOff|Back-off pulling image|Failed to pull image/);
  expect(run.seconds).toBeLessThan(60);
  expect(project.state()["slow"]).toMatchObject({ id: "err/slow", initErrors: [expect.any(String), ...(project.state()["slow"]!.initErrors!.slice(1))] });
  expect((await project.preview(deployment("good:1"))).steps).toEqual(["slow: update"]);
  await project.up();
  expect(project.state()["slow"]!.initErrors ?? []).toEqual([]);
  expect((await project.preview()).steps).toEqual([]);
  // The same on the way from something good, and back.
  await project.failingUp(deployment("nosuch.local/x:1"));
  const recovery = await project.up(deployment("good:1"));
  expect(recovery.diffs["slow"]).toEqual(["spec.template.spec.containers[0].image: update"]);
  expect((await cluster.get("/apis/apps/v1/namespaces/err/deployments/slow")).spec.template.spec.containers[0].image).toBe("good:1");
}, 400_000);

describe("a cluster that does not answer", () => {
  let silent: Server;
  afterEach(() => silent?.close());

  test("is a clear error in seconds; deleteUnreachable lets its resources go", async () => {
    const project = cluster.project();
    await project.up(configMap("far", "x"));
    // Takes connections and says nothing.
    silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const nowhere = (port: number) => cluster.api.kubeconfig.replace(/https:\/\/127\.0\.0\.1:\d+/, `https://127.0.0.1:${port}`);
    for (const port of [1, (silent.address() as AddressInfo).port]) {
      project.write(configMap("far", "y"));
      const run = await project.run("up", ["--yes", "--skip-preview"], { TEST_KUBECONFIG: nowhere(port) });
      expect(run.code).not.toBe(0);
      expect(run.output).toMatch(/unreachable|cannot be reached/);
      expect(run.seconds).toBeLessThan(40);
    }
    expect(project.state()["far"]!.id).toBe("err/far");
    project.write(configMap("far", "x"), "deleteUnreachable: true");
    const change = await project.run("up", ["--yes", "--skip-preview"], { TEST_KUBECONFIG: nowhere(1) });
    expect(change.code).toBe(0);
    const gone = await project.run("destroy", ["--yes", "--skip-preview"]);
    expect(gone.code).toBe(0);
    expect(project.state()).toEqual({});
    expect(await cluster.get("/api/v1/namespaces/err/configmaps/far")).toBeDefined();
    await cluster.api.request("DELETE", "/api/v1/namespaces/err/configmaps/far");
  }, 400_000);
});

test("a plugin that is killed in the middle, and an engine: state stays readable, the next up goes on", async () => {
  const project = cluster.project();
  const program = `${configMap("before", "x")} ${deployment("nosuch.local/x:1").replaceAll("slow", "killed").replaceAll("4s", "300s")}`;
  for (const victim of ["plugin", "engine"] as const) {
    project.write(program);
    const { child, ended } = project.spawn(["up", "--yes", "--skip-preview", "--stack", "s"]);
    let output = "";
    for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    while (!(await cluster.get("/apis/apps/v1/namespaces/err/deployments/killed"))) await sleep(100);
    await sleep(500);
    const family = childrenOf(child.pid!);
    const plugin = family.find((p) => /kubernetes/.test(p.command) && !p.command.includes("run-policy"))!;
    process.kill(victim === "plugin" ? plugin.pid : child.pid!, "SIGKILL");
    await ended;
    if (victim === "plugin") expect(output).toMatch(/kubernetes|plugin|EOF|connection/i);
    expect(await outliving(family)).toEqual([]);
    expect(Object.keys(project.state())).toContain("before");
    if (victim === "engine") await project.cancel();
  }
  const good = program.replaceAll("nosuch.local/x:1", "good:1");
  const run = await project.up(good);
  expect(run.steps).toContain("killed: create");
  expect((await project.preview(good)).steps).toEqual([]);
}, 400_000);

test("requests that no engine sends are refused, and the plugin lives on", async () => {
  const at = (type: string) => ({ urn: `urn:pulumi:s::p::${type}::n`, type, name: "n" });
  for (const name of ["kubernetes", "command", "tls"] as const) {
    const plugin = await PluginProcess.start(name);
    try {
      for (const [method, request] of [
        ["Check", { ...at(`${name}:index/nosuch:Nosuch`), olds: {}, news: {} }],
        ["Create", { ...at("nonsense"), properties: {} }],
        ["Diff", { urn: "", id: "", olds: {}, news: {} }],
        ["Invoke", { tok: `${name}:index:nosuch`, args: {} }],
        ["Construct", { type: `${name}:index:Nosuch`, name: "n" }],
      ] as const) {
        const { errors } = await plugin.call(method, request);
        expect(errors).toHaveLength(1);
        expect(errors![0]).not.toMatch(/undefined|TypeError|Cannot read/);
      }
      expect((await plugin.call("GetPluginInfo", {})).response).toEqual({ version: expect.any(String) });
    } finally {
      await plugin.stop();
    }
  }
  const plugin = await PluginProcess.start("kubernetes");
  try {
    const configure = (args: object) => plugin.call("Configure", { args });
    expect((await configure({ kubeconfig: "nonsense: [" })).errors![0]).toMatch(/kubeconfig/);
    expect((await configure({ kubeconfig: cluster.api.kubeconfig, context: "nosuch" })).errors![0]).toMatch(/nosuch/);
    expect((await configure({ kubeconfig: "/no/such/file" })).errors![0]).toMatch(/\/no\/such\/file/);
  } finally {
    await plugin.stop();
  }
}, 200_000);
