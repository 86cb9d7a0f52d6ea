import { ProbePods } from "../../../kube/probePods.ts";
import { longestWait } from "../../../verify/verifyEdges.ts";
import { edge } from "../verify/fixtures.ts";

// An ES module alone, which Jest does not load; nothing here reaches a cluster.
jest.mock("@kubernetes/client-node", () => ({}));

const { namespace, serviceAccount, app } = edge.client;
const ready = (name: string, account: string) => ({
  metadata: { name, namespace },
  spec: { serviceAccountName: account, containers: [{ name: "c" }] },
  status: { conditions: [{ type: "Ready", status: "True" }] },
});

/** A cluster with a pod of the client, or without; each Job has its pod at once. */
function clusterWith(running: boolean, create: () => Promise<unknown> = async () => undefined) {
  const told: string[] = [];
  const batch = {
    createNamespacedJob: async ({ body }: { body: { metadata: { name: string } } }) => (
      await create(),
      told.push(`made ${body.metadata.name}`)
    ),
    deleteNamespacedJob: async ({ name }: { name: string }) => told.push(`deleted ${name}`),
  };
  const pods = async (_: string, labels: Record<string, string>) =>
    labels["app"] === app
      ? running
        ? [ready("own", serviceAccount)]
        : [ready("other", "other")]
      : [ready(labels["mesh-federation.dev/probe"]!, serviceAccount)];
  return { told, cluster: { server: "x", batch, pods, inTime: (answer: Promise<unknown>) => answer } as never };
}

test("a client that runs calls itself; for another a pod is brought once, and taken away", async () => {
  const own = clusterWith(true);
  const pods = new ProbePods(0, "image");
  expect(await pods.podUnlessRunning(own.cluster, edge.client)).toMatchObject({ pod: "own" });
  await pods.remove();
  expect(own.told).toEqual([]);
  const none = clusterWith(false);
  const [first, second] = await Promise.all([
    pods.podUnlessRunning(none.cluster, edge.client),
    pods.podUnlessRunning(none.cluster, edge.client),
  ]);
  expect(first).toMatchObject({ namespace, pod: expect.stringMatching(/^verify-/) });
  expect(second).toBe(first);
  await pods.remove();
  expect(none.told).toEqual([`made ${(first as { pod: string }).pod}`, `deleted ${(first as { pod: string }).pod}`]);
});

test("one that is being made while the run ends is taken away, too", async () => {
  let make = (): void => undefined;
  const { cluster, told } = clusterWith(false, () => new Promise<void>((resolve) => (make = resolve)));
  const pods = new ProbePods(0, "image");
  const brought = pods.podFor(cluster, edge.client);
  const removed = pods.remove();
  make();
  await Promise.all([brought, removed]);
  expect(told.map((t) => t.split(" ")[0])).toEqual(["made", "deleted"]);
});

test("without either, both reasons are told", async () => {
  const { cluster } = clusterWith(false, () => Promise.reject(new Error("403: may not create jobs")));
  expect(await new ProbePods(0, "image").podUnlessRunning(cluster, edge.client)).toEqual({
    failure: expect.stringMatching(/^no ready pod with label app=.*, and no probe pod: 403: may not create jobs$/),
  });
});

test("a probe pod outlives the longest run, and Kubernetes itself ends and deletes it", async () => {
  expect([longestWait(8, 600_000), longestWait(9, 600_000), longestWait(100, 600_000)]).toEqual([
    600_000, 1_200_000, 1_200_000,
  ]);
  const made: { body: { spec: Record<string, any> } }[] = [];
  const batch = {
    createNamespacedJob: (job: (typeof made)[number]) => (made.push(job), Promise.reject(new Error("no quota"))),
  };
  const cluster = { server: "x", batch, inTime: (answer: Promise<unknown>) => answer } as never;
  expect(await new ProbePods(1200, "image").podFor(cluster, edge.client)).toEqual({
    failure: "no probe pod: no quota",
  });
  const { spec } = made[0]!.body;
  expect([
    spec["activeDeadlineSeconds"],
    spec["ttlSecondsAfterFinished"],
    spec["template"].spec.containers[0].command,
  ]).toEqual([1320, 0, ["sleep", "1320"]]);
});
