import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { pinned } from "../../../../tools/versions.ts";
import { onStandIns, PluginProcess } from "../../support/plugins/pluginProcess.ts";
import { Cluster } from "../../../../test/engine/support/cluster.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start();
  await cluster.namespace("err");
}, 200_000);
afterAll(() => cluster?.stop());

const configMap = (name: string, data: string, more = "opts") =>
  `new k8s.core.v1.ConfigMap("${name}", { metadata: { namespace: "err", name: "${name}" },
    data: { a: "${data}" } }, ${more});`;
/** Only what cannot come up is given little time for it. */
const timeoutFor = (image: string) => (image.includes("nosuch") ? "10s" : "120s");
const deployment = (
  image: string,
) => `new k8s.apps.v1.Deployment("slow", { metadata: { namespace: "err", name: "slow" },
  spec: { selector: { matchLabels: { app: "slow" } },
  template: { metadata: { labels: { app: "slow" } }, spec: { containers: [{ name: "c",
    image: "${image}" }] } } } }, { ...opts, customTimeouts: { create: "${timeoutFor(image)}",
    update: "${timeoutFor(image)}" } });`;

test("what cannot be made is told clearly, and what can be made is made", async () => {
  const project = cluster.project();
  await cluster.api.apply("/api/v1/namespaces/err/configmaps/there", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "there" },
    data: { a: "theirs" },
  });
  const program = `${configMap("there", "mine")}
    ${configMap("good", "x")}
    new k8s.apiextensions.CustomResource("odd", { apiVersion: "example.com/v1", kind: "Odd",
      metadata: { namespace: "err", name: "odd" } }, opts);
    new k8s.core.v1.ConfigMap("bad", { metadata: { namespace: "err", name: "Not A Name" }, data: {} }, opts);
    new pulumi.CustomResource("kubernetes:core/v1:Nosuch", "nosuch", {}, { ...opts,
      version: "${pinned.plugins.kubernetes}" });`;
  project.write(program);
  const run = await project.run("up", ["--yes", "--skip-preview", "--continue-on-error"]);
  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(/"there" already exists/);
  for (const words of [/error: .*Odd/, /error: .*Not A Name/, /error: .*Nosuch/]) expect(run.output).toMatch(words);
  expect(
    Object.keys(project.state()).filter((name) => ["there", "good", "odd", "bad", "nosuch"].includes(name)),
  ).toEqual(["good"]);
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
  expect(project.state()["slow"]).toMatchObject({
    id: "err/slow",
    initErrors: [
      expect.stringMatching(
        /was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: 'slow' timed out waiting to be Ready$/,
      ),
      ...project.state()["slow"]!.initErrors!.slice(1),
    ],
  });
  expect((await project.preview(deployment("good:1"))).steps).toEqual(["slow: update"]);
  await project.up();
  expect(project.state()["slow"]!.initErrors ?? []).toEqual([]);
  expect((await project.preview()).steps).toEqual([]);
  // The same on the way from something good, and back.
  await project.failingUp(deployment("nosuch.local/x:1"));
  expect(project.state()["slow"]!.initErrors![0]).toBe(
    `the Kubernetes API server reported that "err/slow" failed to fully initialize or become live: ` +
      "'slow' timed out waiting to be Ready",
  );
  const recovery = await project.up(deployment("good:1"));
  expect(recovery.diffs["slow"]).toEqual(["spec.template.spec.containers[0].image: update"]);
  expect(
    (await cluster.get("/apis/apps/v1/namespaces/err/deployments/slow")).spec.template.spec.containers[0].image,
  ).toBe("good:1");
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
    const nowhere = (port: number) =>
      cluster.api.kubeconfig.replace(/https:\/\/127\.0\.0\.1:\d+/, `https://127.0.0.1:${port}`);
    for (const port of [1, (silent.address() as AddressInfo).port]) {
      project.write(configMap("far", "y"));
      const run = await project.run("up", ["--yes", "--skip-preview"], { TEST_KUBECONFIG: nowhere(port) });
      expect(run.code).not.toBe(0);
      expect(run.output).toMatch(/unreachable|cannot be reached/);
      expect(run.seconds).toBeLessThan(40);
      // A preview shows what is asked for.
      expect(await project.run("preview", [], { TEST_KUBECONFIG: nowhere(port) })).toMatchObject({
        code: 0,
        steps: expect.arrayContaining(["far: replace"]),
      });
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

test.each(["kubernetes", "command", "tls"] as const)(
  "%s refuses what it does not know, and lives on",
  async (name) => {
    const at = (type: string) => ({ urn: `urn:pulumi:s::p::${type}::n`, type, name: "n" });
    const unknown = at(`${name}:index/nosuch:Nosuch`);
    const plugin = await PluginProcess.start(name);
    const refused = async (method: string, request: object): Promise<void> => {
      const { errors } = await plugin.call(method, request);
      expect(errors).toHaveLength(1);
      expect(errors![0]).not.toMatch(/undefined|TypeError|Cannot read/);
    };
    try {
      const configured = await plugin.configure(name === "kubernetes" ? { kubeconfig: cluster.api.kubeconfig } : {});
      expect(configured.errors).toBeUndefined();
      // Custom resources may have any type: at the latest the cluster, asked to create one, says that there is none.
      const checked = await plugin.call("Check", { ...unknown, olds: {}, news: {}, randomSeed: "AAAA" });
      if (!checked.errors && !checked.response!["failures"]?.length)
        await refused("Create", { ...unknown, properties: checked.response!["inputs"] ?? {} });
      await refused("Invoke", { tok: `${name}:index:nosuch`, args: {} });
      await refused("Construct", { type: `${name}:index:Nosuch`, name: "n" });
      if (onStandIns) {
        // No engine sends these, and official plugins may end by them.
        await refused("Create", { ...at("nonsense"), properties: {} });
        await refused("Diff", { urn: "", id: "", olds: {}, news: {} });
      }
      expect((await plugin.call("GetPluginInfo", {})).response).toEqual({ version: expect.any(String) });
    } finally {
      await plugin.stop();
    }
  },
  120_000,
);

test.each([
  ["text that is none", { kubeconfig: "nonsense: [" }, /kubeconfig/],
  ["a context that it lacks", { context: "nosuch" }, /nosuch/],
  ["a file that is not there", { kubeconfig: "/no/such/file" }, onStandIns ? /\/no\/such\/file/ : /kubeconfig/],
])(
  "a kubeconfig of no use is told, at the latest when it is used: %s",
  async (_, config, words) => {
    const plugin = await PluginProcess.start("kubernetes");
    try {
      const type = "kubernetes:core/v1:ConfigMap";
      const configured = await plugin.configure({ kubeconfig: cluster.api.kubeconfig, ...config });
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "n", namespace: "err" } };
      const { errors } = configured.errors
        ? configured
        : await plugin.call("Create", { urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", properties: object });
      expect(errors).toHaveLength(1);
      expect(errors![0]).toMatch(words);
    } finally {
      await plugin.stop();
    }
  },
  60_000,
);

test.each([
  ["tls", "tls:index/nosuch:Nosuch", `new tls.PrivateKey("known", { algorithm: "ED25519" });`],
  ["command", "command:local:Nosuch", `new command.local.Command("known", { create: "echo" });`],
] as const)(
  "a token that %s does not know fails, naming it; without it the next up is fine",
  async (name, token, known) => {
    const project = cluster.project();
    const failed = await project.failingUp(
      `${known} new pulumi.CustomResource("${token}", "unknown", {}, { version: "${pinned.plugins[name]}" });`,
    );
    expect(failed.output).toMatch(/\bunknown\b.*error: .*Nosuch/);
    expect(project.state()).not.toHaveProperty("unknown");
    await project.up(known);
    expect(project.state()).toHaveProperty("known");
    expect((await project.preview()).steps).toEqual([]);
  },
  120_000,
);
