import { readinessOf } from "../../../../plugins/kubernetes/await/readiness.ts";
import type { Operation } from "../../../../plugins/kubernetes/object/api.ts";
import type { LiveObject } from "../../../../plugins/kubernetes/object/state.ts";

type Parts = Record<string, unknown>;

/** What an object lacks, in a cluster that answers each path with the body given. */
async function lacks(
  kind: string,
  parts: Parts,
  { served = {}, last = false }: { served?: Parts; last?: boolean } = {},
): Promise<string | undefined> {
  const [group, name] = kind.split("/") as [string, string];
  const request = async (_: string, path: string) => ({ status: served[path] ? 200 : 404, body: served[path] ?? {} });
  const operation = {
    cluster: { request },
    urn: "u",
    signal: new AbortController().signal,
    engine: { log: () => undefined },
  } as unknown as Operation;
  const live = {
    apiVersion: "",
    kind: name,
    ...parts,
    metadata: { name: "o", namespace: "n", generation: 2, ...(parts["metadata"] as object) },
  } as LiveObject;
  return readinessOf(operation, { group, version: "v1", kind: name, plural: "", namespaced: true, path: () => "" })!(
    live,
    last,
  );
}

const rolled = {
  observedGeneration: 2,
  replicas: 2,
  readyReplicas: 2,
  currentReplicas: 2,
  currentRevision: "r1",
  updateRevision: "r1",
};
const daemons = {
  observedGeneration: 2,
  desiredNumberScheduled: 2,
  numberReady: 2,
  numberAvailable: 2,
  updatedNumberScheduled: 2,
};
const deployed = {
  observedGeneration: 2,
  replicas: 1,
  updatedReplicas: 1,
  availableReplicas: 1,
  conditions: [
    { type: "Available", status: "True" },
    { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
  ],
};
const late = [
  { type: "Available", status: "False" },
  { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "too late" },
];
const paused = [
  { type: "Available", status: "True" },
  { type: "Progressing", status: "Unknown", reason: "DeploymentPaused" },
];
const byHand = { updateStrategy: { type: "OnDelete" } };
const token = { type: "kubernetes.io/service-account-token" };

test.each<[string, string, Parts, RegExp | undefined]>([
  ["a stateful set that is rolled out", "apps/StatefulSet", { spec: { replicas: 2 }, status: rolled }, undefined],
  [
    "one whose change nobody has seen",
    "apps/StatefulSet",
    { spec: { replicas: 2 }, status: { ...rolled, observedGeneration: 1 } },
    /controller/,
  ],
  [
    "one with too few ready pods",
    "apps/StatefulSet",
    { spec: { replicas: 2 }, status: { ...rolled, readyReplicas: 1 } },
    /1 of 2/,
  ],
  ["one with pods too many", "apps/StatefulSet", { spec: { replicas: 1 }, status: rolled }, /2 of 1/],
  [
    "one with pods of the former revision",
    "apps/StatefulSet",
    { spec: { replicas: 2 }, status: { ...rolled, updateRevision: "r2" } },
    /former revision/,
  ],
  [
    "a canary, as its partition holds the others back",
    "apps/StatefulSet",
    {
      spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      status: { ...rolled, currentReplicas: 1, updateRevision: "r2" },
    },
    /2 of 2/,
  ],
  [
    "one whose pods somebody deletes by hand",
    "apps/StatefulSet",
    { spec: { replicas: 2, ...byHand }, status: { ...rolled, currentReplicas: 0, updateRevision: "r2" } },
    undefined,
  ],
  [
    "the same when it is new",
    "apps/StatefulSet",
    { metadata: { generation: 1 }, spec: { replicas: 2, ...byHand }, status: { ...rolled, currentReplicas: 0 } },
    /2 of 2/,
  ],
  ["a daemon set that is rolled out", "apps/DaemonSet", { spec: {}, status: daemons }, undefined],
  [
    "one whose pods are ready only just now",
    "apps/DaemonSet",
    { spec: {}, status: { ...daemons, numberAvailable: 1 } },
    /1 of 2/,
  ],
  [
    "one whose old pods somebody has to delete",
    "apps/DaemonSet",
    { spec: byHand, status: { ...daemons, updatedNumberScheduled: 0 } },
    /0 of 2/,
  ],
  ["a deployment that is rolled out", "apps/Deployment", { spec: {}, status: deployed }, undefined],
  [
    "one past its deadline, whose pods may still come up",
    "apps/Deployment",
    { spec: {}, status: { ...deployed, availableReplicas: 0, conditions: late } },
    /0 of 1\); \[ProgressDeadlineExceeded\] too late/,
  ],
  ["one without pods", "apps/Deployment", { spec: { replicas: 0 }, status: { observedGeneration: 2 } }, undefined],
  [
    "one that is paused before its pods are new",
    "apps/Deployment",
    { spec: { paused: true }, status: { ...deployed, updatedReplicas: 0, conditions: paused } },
    /0 of 1\); it is paused/,
  ],
  [
    "one that is paused at its first revision",
    "apps/Deployment",
    {
      metadata: { annotations: { "deployment.kubernetes.io/revision": "1" } },
      spec: { paused: true },
      status: { ...deployed, conditions: paused },
    },
    undefined,
  ],
  [
    "the same at a later one",
    "apps/Deployment",
    {
      metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } },
      spec: { paused: true },
      status: { ...deployed, conditions: paused },
    },
    /paused/,
  ],
  ["a job that is suspended", "batch/Job", { spec: { suspend: true }, status: {} }, /0 of 1\); it is suspended/],
  ["a job that runs", "batch/Job", { spec: { completions: 2 }, status: { succeeded: 1 } }, /1 of 2\)$/],
  [
    "a job that is done",
    "batch/Job",
    { spec: {}, status: { conditions: [{ type: "Complete", status: "True" }] } },
    undefined,
  ],
  ["an ingress without address", "networking.k8s.io/Ingress", { status: {} }, /address/],
  [
    "one with an address",
    "networking.k8s.io/Ingress",
    { status: { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } } },
    undefined,
  ],
  ["a pending volume", "/PersistentVolume", { status: { phase: "Pending" } }, /volume/],
  ["an available volume", "/PersistentVolume", { status: { phase: "Available" } }, undefined],
  [
    "a replication controller with too few pods",
    "/ReplicationController",
    { spec: { replicas: 2 }, status: { availableReplicas: 1 } },
    /pods/,
  ],
  [
    "one with all of them",
    "/ReplicationController",
    { spec: { replicas: 2 }, status: { availableReplicas: 2 } },
    undefined,
  ],
  ["a quota that is not in force", "/ResourceQuota", { spec: { hard: { pods: "1" } }, status: {} }, /quota/],
  [
    "one that is",
    "/ResourceQuota",
    { spec: { hard: { pods: "1", secrets: "2" } }, status: { hard: { secrets: "2", pods: "1" } } },
    undefined,
  ],
  ["a token that was not made yet", "/Secret", token, /token/],
  ["one that was", "/Secret", { ...token, data: { token: "dA==" } }, undefined],
  ["any other secret", "/Secret", { type: "Opaque" }, undefined],
])("%s", async (_, kind, parts, words) => {
  const missing = await lacks(kind, parts);
  if (words) expect(missing).toMatch(words);
  else expect(missing).toBeUndefined();
});

const classes = {
  "/apis/storage.k8s.io/v1/storageclasses/late": { volumeBindingMode: "WaitForFirstConsumer" },
  "/apis/storage.k8s.io/v1/storageclasses/now": { volumeBindingMode: "Immediate" },
};

test.each<[string | undefined, string, boolean]>([
  ["now", "Pending", false],
  ["now", "Bound", true],
  ["late", "Pending", true],
  ["late", "Bound", true],
  ["late", "Lost", false],
  ["nosuch", "Pending", false],
  [undefined, "Pending", false],
])("a claim of class %s that is %s: ready %s", async (storageClassName, phase, ready) => {
  expect(
    (await lacks("/PersistentVolumeClaim", { spec: { storageClassName }, status: { phase } }, { served: classes })) ===
      undefined,
  ).toBe(ready);
});

const slices = "/apis/discovery.k8s.io/v1/namespaces/n/endpointslices";
const endpoint = (ready: boolean) => ({ addresses: ["10.0.0.1"], conditions: { ready } });

test.each<[string, Parts, unknown[], RegExp | undefined]>([
  ["nobody has looked for pods", {}, [], /controller/],
  ["a pod is not ready", {}, [{ endpoints: [endpoint(true), endpoint(false)] }], /1 of 2/],
  ["all pods are ready", {}, [{ endpoints: [endpoint(true)] }], undefined],
  ["it has no pods", {}, [{ endpoints: null }], undefined],
  ["its load balancer has no address", { type: "LoadBalancer" }, [{ endpoints: [endpoint(true)] }], /load balancer/],
  ["it is headless", { clusterIP: "None" }, [], undefined],
  ["it is a name of something elsewhere", { type: "ExternalName" }, [], undefined],
  ["it selects nothing", { selector: {} }, [], undefined],
])("a Service when %s, and when there is no time left to see it change", async (_, spec, items, words) => {
  const parts = { spec: { selector: { app: "a" }, ...spec } };
  const missing = await lacks("/Service", parts, { served: { [slices]: { items } }, last: true });
  if (words) expect(missing).toMatch(words);
  else expect(missing).toBeUndefined();
  if (!words && items.length > 0)
    expect(await lacks("/Service", parts, { served: { [slices]: { items } } })).toMatch(/settled/);
});

test("whoever may not see endpoints is not told that there are none", async () => {
  const spec = { selector: { app: "a" } };
  const operation = {
    cluster: { request: async () => ({ status: 403, body: { reason: "Forbidden" } }) },
  } as unknown as Operation;
  const ready = readinessOf(operation, {
    group: "",
    version: "v1",
    kind: "Service",
    plural: "services",
    namespaced: true,
    path: () => "",
  })!;
  expect(
    await ready({ apiVersion: "v1", kind: "Service", metadata: { name: "o", namespace: "n" }, spec }, true),
  ).toBeUndefined();
});
