import { readFileSync } from "node:fs";
import { onStandIns, PluginProcess } from "../../support/plugins/pluginProcess.ts";
import { Cluster } from "../../../../test/engine/support/cluster.ts";
import { statOf } from "../../../../test/engine/support/processes.ts";
import type { Project, ResourceState } from "../../../../test/engine/support/project.ts";

let cluster: Cluster;
let project: Project;
beforeAll(async () => {
  cluster = await Cluster.start();
  project = cluster.project();
}, 200_000);
afterAll(() => cluster?.stop());

const program = (count: number) => `
const namespace = new k8s.core.v1.Namespace("many", { metadata: { name: "many" } }, opts).metadata.name;
for (let i = 0; i < ${count}; i++) {
  const metadata = { namespace, name: "o" + i, labels: { i: String(i) } };
  if (i % 2) new k8s.core.v1.ConfigMap("o" + i, { metadata, data: { text: "x".repeat(2000) } }, opts);
  else new k8s.core.v1.Service("o" + i, { metadata, spec: { ports: [{ port: 80, name: "http" }] } }, opts);
}`;

test("200 objects in one stack: up, no change, refresh, half of them gone", async () => {
  const up = await project.up(program(200));
  expect(up.steps).toHaveLength(202);
  expect((await project.preview()).steps).toEqual([]);
  expect((await project.refresh()).steps).toEqual([]);
  const half = await project.up(program(100));
  expect(half.steps).toHaveLength(100);
  expect(half.steps.every((step) => step.endsWith(": delete"))).toBe(true);
  expect(
    (await cluster.get("/api/v1/namespaces/many/configmaps")).items.filter((o: any) => o.metadata.labels),
  ).toHaveLength(50);
}, 240_000);

/**
 * The engine's requests to a plugin for a preview without changes, without the engine: so only the plugin's time is
 * taken. Processor time, not the clock's: other tests may run on the machine. It is compared with the plugin's start,
 * because machines differ.
 */
test("a warm preview without changes of 100 objects costs less than the plugin's start, and 250 MB", async () => {
  const state = Object.values(project.state()).filter((r) => r.id && r.type.startsWith("kubernetes:"));
  expect(state).toHaveLength(101);
  const plugin = await PluginProcess.start("kubernetes", { NODE_COMPILE_CACHE: `${project.folder}/compiled` });
  const proc = (file: string) => readFileSync(`/proc/${plugin.process.pid}/${file}`, "utf8");
  const processorTime = (): number => statOf(plugin.process.pid!)!.processor;
  try {
    const configured = await plugin.configure({
      kubeconfig: cluster.api.kubeconfig,
      clusterIdentifier: "east",
      enableServerSideApply: "true",
      enableSecretMutable: "true",
    });
    expect(configured.errors).toBeUndefined();
    // The first object of a kind makes the plugin read the API server's schema.
    for (const object of state.slice(0, 3)) await expectNoChange(plugin, object);
    const start = processorTime();
    for (const object of state) await expectNoChange(plugin, object);
    const preview = processorTime() - start;
    const megabytes = Number(/VmHWM:\s+(\d+) kB/.exec(proc("status"))![1]) / 1024;
    process.stderr.write(
      `plugin: start ${start.toFixed(2)} s of processor time, preview of 100 objects ${preview.toFixed(2)} s, ` +
        `${megabytes.toFixed(0)} MB at most\n`,
    );
    // A promise of the stand-ins; what others cost is only told.
    if (onStandIns) {
      expect(preview / start).toBeLessThan(1);
      expect(megabytes).toBeLessThan(250);
    }
  } finally {
    await plugin.stop();
  }
}, 200_000);

/** Asks the plugin what a preview asks for an object, and expects that nothing changes. */
async function expectNoChange(plugin: PluginProcess, { urn, type, id, inputs, outputs }: ResourceState): Promise<void> {
  const at = { urn, type, name: urn.split("::").at(-1)! };
  const checked = await plugin.call("Check", { ...at, olds: inputs, news: inputs, randomSeed: "AAAA" });
  const news = checked.response!["inputs"];
  const answer = await plugin.call("Diff", { ...at, id, olds: outputs, oldInputs: inputs, news });
  expect(answer.response).toMatchObject({ changes: "DIFF_NONE" });
}
