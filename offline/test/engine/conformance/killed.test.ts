import { setTimeout as sleep } from "node:timers/promises";
import { onStandIns, type PluginName } from "../../support/plugins/pluginProcess.ts";
import { Cluster } from "../../../../test/engine/support/cluster.ts";
import { childrenOf, outliving, type Process } from "../../../../test/engine/support/processes.ts";
import type { Project } from "../../../../test/engine/support/project.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start();
  await cluster.namespace("killed");
}, 200_000);
afterAll(() => cluster?.stop());

const at = "/apis/apps/v1/namespaces/killed/deployments/killed";
const deployment = (
  image: string,
) => `new k8s.apps.v1.Deployment("killed", { metadata: { namespace: "killed", name: "killed" },
  spec: { selector: { matchLabels: { app: "a" } },
  template: { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "c",
    image: "${image}" }] } } } }, { ...opts, dependsOn: before });`;

/** Per plugin: a resource whose creation outlasts the test, a test for that creation, and a resource that finishes. */
const cases: Record<
  PluginName,
  { endless: string; begun(family: Process[], project: Project): Promise<boolean>; good: string }
> = {
  kubernetes: {
    endless: deployment("nosuch.local/x:1"),
    begun: async () => (await cluster.get(at)) !== undefined,
    good: deployment("good:1"),
  },
  command: {
    endless: `new command.local.Command("killed", { create: "sleep 300; :" }, { dependsOn: before });`,
    begun: async (family) => family.some((p) => p.command.startsWith("sleep 300")),
    good: `new command.local.Command("killed", { create: "echo done" }, { dependsOn: before });`,
  },
  tls: {
    // Prime numbers of this size take minutes.
    endless: `new tls.PrivateKey("killed", { algorithm: "RSA", rsaBits: 16384 }, { dependsOn: before });`,
    begun: async (_, project) => "before" in project.state() && sleep(1000, true),
    good: `new tls.PrivateKey("killed", { algorithm: "RSA", rsaBits: 2048 }, { dependsOn: before });`,
  },
};
const before = `const before = new tls.PrivateKey("before", { algorithm: "ED25519" });`;

/** Starts an up, kills the plugin or the engine while a resource is made, and returns what the engine said. */
async function interrupted(project: Project, name: PluginName, victim: "plugin" | "engine"): Promise<string> {
  project.write(`${before} ${cases[name].endless}`);
  const { child, ended } = project.spawn(["up", "--yes", "--skip-preview", "--stack", "s"]);
  let output = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  let family: Process[];
  do {
    await Promise.race([
      sleep(200),
      ended.then((code) =>
        Promise.reject(new Error(`the engine ended with exit code ${code} before it was interrupted:\n${output}`)),
      ),
    ]);
    family = childrenOf(child.pid!);
  } while (!(await cases[name].begun(family, project)));
  const plugin = family.find((p) => new RegExp(`resource-${name}|plugins/${name}/main`).test(p.command))!;
  process.kill(victim === "plugin" ? plugin.pid : child.pid!, "SIGKILL");
  const code = await ended;
  if (victim === "plugin") expect(code).not.toBe(0);
  // An engine that comes to its end ends its plugins, though not what a dead one had started; that nothing outlives an
  // engine that was killed is the stand-ins' promise.
  if (victim === "engine" ? onStandIns : name !== "command") expect(await outliving(family)).toEqual([]);
  for (const p of family) if (p.alive()) process.kill(p.pid, "SIGKILL");
  if (victim === "engine") await project.cancel();
  expect(Object.keys(project.state())).toContain("before");
  return output;
}

test.each(["kubernetes", "command", "tls"] as const)(
  "%s is killed while it makes something: the engine says so, state stays readable, the next up goes on",
  async (name) => {
    const project = cluster.project();
    const output = await interrupted(project, name, "plugin");
    // Which resource, and that its plugin has gone.
    expect(output).toMatch(/\bkilled\b[^]*(Unavailable|EOF|transport|connection)/);
    const good = `${before} ${cases[name].good}`;
    project.write(good);
    const run = await project.run("up", ["--yes", "--skip-preview"]);
    if (onStandIns || name !== "kubernetes")
      expect(run).toMatchObject({ code: 0, steps: expect.arrayContaining(["killed: create"]) });
    else if (run.code !== 0) {
      // An object that is there is somebody's: it must be taken in.
      expect(run.output).toMatch(/"killed" already exists/);
      await takeIn(project);
      await project.up();
    }
    expect(project.state()["killed"]!.initErrors ?? []).toEqual([]);
    expect((await project.preview()).steps).toEqual([]);
    await project.destroy();
  },
  200_000,
);

test("the engine is killed during a create: import adopts the object, and up updates it", async () => {
  const project = cluster.project();
  await interrupted(project, "kubernetes", "engine");
  const { uid } = (await cluster.get(at)).metadata;
  await takeIn(project);
  expect(project.state()["killed"]!.id).toBe("killed/killed");
  expect((await project.up(`${before} ${cases.kubernetes.good}`)).steps).toEqual(["killed: update"]);
  expect((await cluster.get(at)).metadata.uid).toBe(uid);
  expect((await project.preview()).steps).toEqual([]);
}, 200_000);

/** The documented way out for an object that is there but not in the state: `pulumi import`. */
async function takeIn(project: Project): Promise<void> {
  const provider = Object.values(project.state()).find((r) => r.type === "pulumi:providers:kubernetes")!.urn;
  const what = ["kubernetes:apps/v1:Deployment", "killed", "killed/killed"];
  const { code, output } = await project.run("import", [
    "--yes",
    "--skip-preview",
    "--generate-code=false",
    "--protect=false",
    "--provider",
    `east=${provider}`,
    ...what,
  ]);
  if (code !== 0) throw new Error(output);
}
