import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { errorLine } from "../../kube/errors.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import { isReady } from "../../kube/objects.ts";
import { beforeStopping } from "../../tools/run.ts";
import { readSources } from "../../workspace/sources.ts";
import type { Client } from "../edge.ts";
import { failed, type Failure } from "../evidence.ts";
import { clientPod, findClientPod, probeLabel, type ClientPod } from "./clientPod.ts";

/** Seconds, in addition to the waiting of the run, after which Kubernetes itself ends a probe pod. */
const lifetime = 120;

/** Seconds that a probe pod may take to become ready. */
const timeout = 45;

/** Milliseconds between two checks whether it is ready. */
const interval = 500;

/**
 * Pods that call in a client's place. They live until {@link remove}, or until a signal ends this process. Each is a
 * Job that ends and deletes itself, so nothing is left where this process is killed.
 */
export class ProbePods {
  private readonly image: string;
  private readonly seconds: number;
  private readonly pods = new Map<string, Promise<ClientPod | Failure>>();
  private readonly jobs: { cluster: KubeClient; namespace: string; name: string; created: Promise<unknown> }[] = [];
  private removed: (() => void) | undefined;

  /**
   * @param waiting seconds that the run may wait for failing edges; the pods outlive that
   * @param image with curl and a sleep; default the sample client's
   */
  constructor(waiting: number, image: string = readSources().images.sleep) {
    this.seconds = lifetime + Math.ceil(waiting);
    this.image = image;
  }

  /** The probe pod of a client, created by the first call. */
  podFor(cluster: KubeClient, client: Client): Promise<ClientPod | Failure> {
    const key = `${cluster.server} ${client.namespace}/${client.serviceAccount}`;
    const pod =
      this.pods.get(key) ??
      this.create(cluster, client).catch((error: unknown) => ({ failure: `no probe pod: ${errorLine(error)}` }));
    this.pods.set(key, pod);
    return pod;
  }

  /** A running pod of a client, or its probe pod where none is running. */
  async podUnlessRunning(cluster: KubeClient, client: Client): Promise<ClientPod | Failure> {
    const running = await findClientPod(cluster, client);
    if (!failed(running)) return running;
    const created = await this.podFor(cluster, client);
    return failed(created) ? { failure: `${running.failure}, and ${created.failure}` } : created;
  }

  /** Deletes every probe pod. */
  async remove(): Promise<void> {
    await Promise.all(
      this.jobs.map(async ({ cluster, namespace, name, created }) => {
        // A Job cannot be deleted while it is being created.
        await created.catch(() => undefined);
        await cluster.deleteJob(namespace, name).catch(() => undefined);
      }),
    );
    this.removed?.();
  }

  private async create(cluster: KubeClient, { namespace, serviceAccount }: Client): Promise<ClientPod | Failure> {
    const name = `verify-${randomBytes(4).toString("hex")}`;
    this.removed ??= beforeStopping(() => this.remove());
    const created = cluster.createJob(namespace, probeJob(name, serviceAccount, this.image, this.seconds));
    this.jobs.push({ cluster, namespace, name, created });
    await created;
    for (const until = Date.now() + timeout * 1000; Date.now() < until; await sleep(interval)) {
      const pod = (await cluster.pods(namespace, { labels: { [probeLabel]: name } })).find(isReady);
      if (pod) return clientPod(cluster, pod);
    }
    return { failure: `the probe pod ${namespace}/${name} of image ${this.image} was not ready within ${timeout} s` };
  }
}

/**
 * The Job of a probe pod.
 * @param seconds after which Kubernetes ends and deletes it
 */
export function probeJob(name: string, serviceAccount: string, image: string, seconds: number) {
  const labels = { [probeLabel]: name, "sidecar.istio.io/inject": "true" };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, labels: { [probeLabel]: name, "app.kubernetes.io/managed-by": "mesh-federation" } },
    spec: {
      activeDeadlineSeconds: seconds,
      ttlSecondsAfterFinished: 0,
      backoffLimit: 0,
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: serviceAccount,
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 0,
          containers: [{ name: "probe", image, imagePullPolicy: "IfNotPresent", command: ["sleep", String(seconds)] }],
        },
      },
    },
  };
}
