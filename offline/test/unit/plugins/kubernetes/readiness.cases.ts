type Parts = Record<string, unknown>;

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

/** Objects by kind: what their readiness lacks. `undefined`: they are ready. */
export const readinessCases: [string, string, Parts, RegExp | undefined][] = [
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
];
