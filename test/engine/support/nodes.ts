import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "./apiServer.ts";

/** Address that every load-balanced Service gets. */
export const loadBalancerAddress = "172.19.255.100";

const node = "test";
const nodeAddress = "10.99.1.1";

/**
 * Simulates nodes and a load balancer: pods start, and load-balanced Services get an address.
 *
 * An image name with `nosuch` cannot be pulled, one with `crash` exits with code 1, one with `done` with 0. A Service
 * with the annotation `test/pending` gets no address. The status is what a kubelet writes, so the real controllers use
 * it.
 */
export class Nodes {
  private readonly api: ApiServer;
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;
  private next = 10;

  constructor(api: ApiServer) {
    this.api = api;
    this.done = this.work();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }

  private async work(): Promise<void> {
    await this.api.apply(`/api/v1/nodes/${node}`, { apiVersion: "v1", kind: "Node", metadata: { name: node } });
    while (!this.stopping.signal.aborted) {
      const lists = await Promise.all(
        ["pods", "services"].map((kind) =>
          this.api.request("GET", `/api/v1/${kind}?resourceVersion=0`).catch(() => undefined),
        ),
      );
      const [pods, services] = lists.map((list) => (list?.body.items ?? []) as any[]);
      const jobs = [
        ...pods!.map((pod) => (pod.metadata.deletionTimestamp ? this.endPod(pod) : this.startPod(pod))),
        ...services!.map((service) => this.addressOf(service)),
      ];
      await Promise.allSettled(jobs);
      await sleep(200, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async startPod(pod: any): Promise<void> {
    if (pod.status.containerStatuses) return;
    const [{ image }] = pod.spec.containers;
    const outcome = Object.keys(outcomes).find((word) => image.includes(word)) as keyof typeof outcomes | undefined;
    if (outcome === "nosuch") await this.warn(pod, "Failed", `Failed to pull image "${image}"`);
    const path = pathOf(pod);
    await this.api.request("POST", `${path}/binding`, {
      target: { kind: "Node", name: node },
      metadata: { name: pod.metadata.name },
    });
    await this.patchStatus(path, statusOf(pod, outcome, `10.99.0.${this.next++}`));
  }

  private endPod(pod: any): Promise<unknown> {
    return this.api.request("DELETE", `${pathOf(pod)}?gracePeriodSeconds=0`);
  }

  private async addressOf({ metadata, spec, status }: any): Promise<void> {
    if (spec.type !== "LoadBalancer" || status.loadBalancer?.ingress || metadata.annotations?.["test/pending"]) return;
    const path = `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}`;
    // MetalLB sets the same annotation.
    await this.api.request(
      "PATCH",
      path,
      { metadata: { annotations: { "metallb.io/ip-allocated-from-pool": "lab" } } },
      "application/merge-patch+json",
    );
    await this.patchStatus(path, { loadBalancer: { ingress: [{ ip: loadBalancerAddress, ipMode: "VIP" }] } });
  }

  private patchStatus(path: string, status: object): Promise<unknown> {
    return this.api.request("PATCH", `${path}/status`, { status }, "application/merge-patch+json");
  }

  private warn({ metadata }: any, reason: string, message: string): Promise<unknown> {
    const { name, namespace, uid } = metadata;
    const now = new Date().toISOString();
    const event = {
      metadata: { generateName: "test-", namespace },
      involvedObject: { apiVersion: "v1", kind: "Pod", name, namespace, uid },
      type: "Warning",
      reason,
      message,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: "kubelet" },
    };
    return this.api.request("POST", `/api/v1/namespaces/${namespace}/events`, event);
  }
}

/** The outcome of a pod by the word in its image's name: its phase, whether it started, why it is not ready. */
const outcomes = {
  nosuch: { phase: "Pending", started: false, reason: "ContainersNotReady" },
  crash: { phase: "Failed", started: false, reason: "PodFailed" },
  done: { phase: "Succeeded", started: false, reason: "PodCompleted" },
} as const;

/**
 * The complete status that a kubelet writes; clients that wait for a pod read different parts of it.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions
 */
function statusOf(pod: any, outcome: keyof typeof outcomes | undefined, podIP: string): object {
  const now = new Date().toISOString().replace(/\.\d+/, "");
  const { phase, started, reason } = outcome
    ? outcomes[outcome]
    : { phase: "Running", started: true, reason: undefined };
  const containers = pod.spec.containers as { name: string; image: string }[];
  const condition = (type: string, isTrue: boolean, why?: string, message?: string) => ({
    type,
    status: isTrue ? "True" : "False",
    lastProbeTime: null,
    lastTransitionTime: now,
    ...(why && { reason: why }),
    ...(message && { message }),
  });
  const unready =
    reason === "ContainersNotReady"
      ? `containers with unready status: [${containers.map((c) => c.name).join(" ")}]`
      : undefined;
  const state = (image: string) => {
    if (outcome === undefined) return { running: { startedAt: now } };
    if (outcome === "nosuch")
      return { waiting: { reason: "ImagePullBackOff", message: `Back-off pulling image "${image}"` } };
    const exitCode = outcome === "crash" ? 1 : 0;
    return {
      terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error", startedAt: now, finishedAt: now },
    };
  };
  return {
    phase,
    startTime: now,
    hostIP: nodeAddress,
    hostIPs: [{ ip: nodeAddress }],
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: [
      condition("PodReadyToStartContainers", outcome === undefined || outcome === "nosuch"),
      condition("Initialized", true, outcome === "done" ? reason : undefined),
      condition("Ready", started, reason, unready),
      condition("ContainersReady", started, reason, unready),
      condition("PodScheduled", true),
    ],
    containerStatuses: containers.map(({ name, image }) => ({
      name,
      image,
      imageID: "",
      restartCount: 0,
      ready: started,
      started,
      state: state(image),
      lastState: {},
    })),
  };
}

function pathOf({ metadata }: any): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}
