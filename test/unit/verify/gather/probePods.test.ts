import { ProbePods } from "../../../../verify/gather/probePods.ts";
import { longestWait } from "../../../../verify/verifyEdges.ts";
import { edge } from "../fixtures.ts";

const { namespace, serviceAccount, app } = edge.client;
const ready = (name: string, account: string) => ({
  metadata: { name, namespace },
  spec: { serviceAccountName: account, containers: [{ name: "c" }] },
  status: { conditions: [{ type: "Ready", status: "True" }] },
});
type Job = { metadata: { name: string }; spec: Record<string, any> };

/** A cluster with a pod of the client, or without one; a probe pod is ready as soon as its Job exists. */
function clusterWith(running: boolean, create: () => Promise<unknown> = async () => undefined) {
  const events: string[] = [];
  const cluster = {
    server: "x",
    createJob: async (_: string, { metadata }: Job) => (await create(), events.push(`created ${metadata.name}`)),
    deleteJob: async (_: string, name: string) => events.push(`deleted ${name}`),
    pods: async (_: string, { labels }: { labels: Record<string, string> }) => {
      if (labels["app"] !== app) return [ready(labels["mesh-federation.dev/probe"]!, serviceAccount)];
      return [running ? ready("own", serviceAccount) : ready("other", "other")];
    },
  };
  return { events, cluster: cluster as never };
}

describe("the probe pod", () => {
  test("is not created while the client runs", async () => {
    const { cluster, events } = clusterWith(true);
    const pods = new ProbePods(0, "image");
    expect(await pods.podUnlessRunning(cluster, edge.client)).toMatchObject({ pod: "own" });
    await pods.remove();
    expect(events).toEqual([]);
  });

  test("is created once without a running client, and deleted", async () => {
    const { cluster, events } = clusterWith(false);
    const pods = new ProbePods(0, "image");
    const [first, second] = await Promise.all([
      pods.podUnlessRunning(cluster, edge.client),
      pods.podUnlessRunning(cluster, edge.client),
    ]);
    expect(first).toMatchObject({ namespace, pod: expect.stringMatching(/^verify-/) });
    expect(second).toBe(first);
    await pods.remove();
    const { pod } = first as { pod: string };
    expect(events).toEqual([`created ${pod}`, `deleted ${pod}`]);
  });

  test("is deleted when the run ends during its creation", async () => {
    let create = (): void => undefined;
    const { cluster, events } = clusterWith(false, () => new Promise<void>((resolve) => (create = resolve)));
    const pods = new ProbePods(0, "image");
    const pod = pods.podFor(cluster, edge.client);
    const removed = pods.remove();
    create();
    await Promise.all([pod, removed]);
    expect(events.map((event) => event.split(" ")[0])).toEqual(["created", "deleted"]);
  });

  test("that does not start gives both reasons", async () => {
    const { cluster } = clusterWith(false, () => Promise.reject(new Error("403: may not create jobs")));
    expect(await new ProbePods(0, "image").podUnlessRunning(cluster, edge.client)).toEqual({
      failure: expect.stringMatching(
        /^no ready pod of service account sleep with label app=sleep in namespace sleep \(0 are not ready\), and no probe pod: 403: may not create jobs$/,
      ),
    });
  });

  test("outlives the longest run and is deleted by Kubernetes", async () => {
    expect([longestWait(8, 600_000), longestWait(9, 600_000), longestWait(100, 600_000)]).toEqual([
      600_000, 1_200_000, 1_200_000,
    ]);
    const jobs: Job[] = [];
    const createJob = (_: string, job: Job) => (jobs.push(job), Promise.reject(new Error("no quota")));
    const cluster = { server: "x", createJob } as never;
    expect(await new ProbePods(1200, "image").podFor(cluster, edge.client)).toEqual({
      failure: "no probe pod: no quota",
    });
    const { spec } = jobs[0]!;
    expect([
      spec["activeDeadlineSeconds"],
      spec["ttlSecondsAfterFinished"],
      spec["template"].spec.containers[0].command,
    ]).toEqual([1320, 0, ["sleep", "1320"]]);
  });
});
