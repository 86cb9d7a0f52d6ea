import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readSources } from "../workspace/sources.ts";
import { beforeStopping } from "../tools/run.ts";
import type { Client } from "../verify/edge.ts";
import { failed, type Failure } from "../verify/evidence.ts";
import { isReady, shortly, type Cluster } from "./cluster.ts";
import { clientPod, findClient, type ClientPod } from "../verify/gather/edgeEvidence.ts";

/** Seconds beside the waiting after which Kubernetes itself ends a probe pod, whatever became of us. */
const lifetime = 120;

/** Seconds that a probe pod may take to become ready. */
const patience = 45;

const label = "mesh-federation.dev/probe";

/**
 * Pods that call on behalf of a client and live as long as the test: until {@link remove}, or a signal that ends this
 * process. Each is a Job that ends and deletes itself, so it goes away even where this process is killed.
 */
export class ProbePods {
  private readonly image: string;
  private readonly seconds: number;
  private readonly made = new Map<string, Promise<ClientPod | Failure>>();
  private readonly jobs: { cluster: Cluster; namespace: string; name: string; created: Promise<unknown> }[] = [];
  private removed: (() => void) | undefined;

  /**
   * @param waiting seconds that the run may wait for what fails; the pods outlive that
   * @param image with curl and a sleep; default the sample client's
   */
  constructor(waiting: number, image: string = readSources().images.sleep) {
    this.seconds = lifetime + Math.ceil(waiting);
    this.image = image;
  }

  /** The probe pod of a client, made when it is first asked for. */
  podFor(cluster: Cluster, client: Client): Promise<ClientPod | Failure> {
    const key = `${cluster.server} ${client.namespace}/${client.serviceAccount}`;
    const pod =
      this.made.get(key) ??
      this.make(cluster, client).catch((error: unknown) => ({ failure: `no probe pod: ${shortly(error)}` }));
    this.made.set(key, pod);
    return pod;
  }

  /** A running pod of a client where it has one, else its probe pod. */
  async podUnlessRunning(cluster: Cluster, client: Client): Promise<ClientPod | Failure> {
    const running = await findClient(cluster, client);
    if (!failed(running)) return running;
    const made = await this.podFor(cluster, client);
    return failed(made) ? { failure: `${running.failure}, and ${made.failure}` } : made;
  }

  /** Takes away every pod that was made. */
  async remove(): Promise<void> {
    await Promise.all(
      this.jobs.map(async ({ cluster, namespace, name, created }) => {
        // One that is just being made cannot be deleted yet.
        await created.catch(() => undefined);
        await cluster
          .inTime(
            cluster.batch.deleteNamespacedJob({
              namespace,
              name,
              propagationPolicy: "Background",
              gracePeriodSeconds: 0,
            }),
          )
          .catch(() => undefined);
      }),
    );
    this.removed?.();
  }

  private async make(cluster: Cluster, { namespace, serviceAccount }: Client): Promise<ClientPod | Failure> {
    const name = `verify-${randomBytes(4).toString("hex")}`;
    this.removed ??= beforeStopping(() => this.remove());
    const created = cluster.inTime(
      cluster.batch.createNamespacedJob({ namespace, body: probeJob(name, serviceAccount, this.image, this.seconds) }),
    );
    this.jobs.push({ cluster, namespace, name, created });
    await created;
    for (const until = Date.now() + patience * 1000; Date.now() < until; await sleep(500)) {
      const pod = (await cluster.pods(namespace, { [label]: name })).find(isReady);
      if (pod) return clientPod(cluster, pod);
    }
    return { failure: `the probe pod ${namespace}/${name} of image ${this.image} was not ready within ${patience} s` };
  }
}

/** The Job of a probe pod, which Kubernetes ends and deletes after so many seconds. */
export function probeJob(name: string, serviceAccount: string, image: string, seconds: number) {
  const labels = { [label]: name, "sidecar.istio.io/inject": "true" };
  return {
    metadata: { name, labels: { [label]: name, "app.kubernetes.io/managed-by": "mesh-federation" } },
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
