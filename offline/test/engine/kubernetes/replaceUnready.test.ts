import { setTimeout as sleep } from "node:timers/promises";
import { DirectPlugin, subject } from "../../../../test/engine/support/directPlugin.ts";

let served: DirectPlugin;
beforeAll(async () => void (served = await DirectPlugin.start()), 200_000);
afterAll(() => served?.stop());

const type = "kubernetes:batch/v1:Job";
const job = (name: string, annotations: object) => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name, namespace: "default", annotations: { "pulumi.com/skipAwait": "true", ...annotations } },
  spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "a:1" }] } } },
});

test("a job that is not complete is made anew where its annotation wishes it", async () => {
  const wishes = { "pulumi.com/replaceUnready": "true" };
  for (const [name, annotations, complete, replaced] of [
    ["runs", wishes, false, true],
    ["done", wishes, true, false],
    ["plain", {}, false, false],
  ] as const) {
    const inputs = job(name, annotations);
    const { id, properties } = await served.create(type, inputs);
    if (complete) {
      const path = `/apis/batch/v1/namespaces/default/jobs/${name}`;
      // The controller sets the start, which nobody may change.
      let time: string | undefined;
      while (!(time = (await served.api.request("GET", path)).body.status.startTime)) await sleep(100);
      const conditions = ["SuccessCriteriaMet", "Complete"].map((type) => ({
        type,
        status: "True",
        lastTransitionTime: time,
      }));
      const { status } = await served.api.request(
        "PATCH",
        `${path}/status`,
        {
          status: {
            completionTime: time,
            active: 0,
            ready: 0,
            terminating: 0,
            succeeded: 1,
            uncountedTerminatedPods: {},
            conditions,
          },
        },
        "application/merge-patch+json",
      );
      expect(status).toBe(200);
    }
    const diff = await served.call("Diff", { ...subject(type), id, olds: properties, oldInputs: inputs, news: inputs });
    expect([diff["replaces"] ?? [], diff["deleteBeforeReplace"] ?? false]).toEqual(
      replaced ? [[`.metadata.annotations["pulumi.com/replaceUnready"]`], true] : [[], false],
    );
  }
}, 60_000);
