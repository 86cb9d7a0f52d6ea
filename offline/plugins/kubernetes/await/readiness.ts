import { isDeepStrictEqual } from "node:util";
import type { ResourceKind } from "../cluster.ts";
import type { Operation } from "../object/api.ts";
import type { LiveObject } from "../object/state.ts";
import { claimReadiness } from "./claim.ts";
import { serviceReadiness } from "./service.ts";

/**
 * What an object still lacks to be ready; undefined when it is. `last`: it is not asked again, so that what is ready
 * but may change yet is ready. Throws {@link Hopeless} when it never will be.
 */
export type Readiness = (live: LiveObject, last: boolean) => Promise<string | undefined>;

/** An object that cannot become ready any more, however long one waits. */
export class Hopeless extends Error {}

/** What "ready" means for a kind; undefined for kinds that are ready by existing. */
export function readinessOf(operation: Operation, { group, kind }: ResourceKind): Readiness | undefined {
  if (`${group}/${kind}` === "/Service") return serviceReadiness(operation);
  if (`${group}/${kind}` === "/PersistentVolumeClaim") return claimReadiness(operation);
  const test = tests[`${group}/${kind}`];
  return test && (async (live) => test(live));
}

const tests: Record<string, (live: LiveObject) => string | undefined> = {
  "apps/Deployment": deployment,
  "apps/StatefulSet": statefulSet,
  "apps/DaemonSet": daemonSet,
  "/Pod": pod,
  "batch/Job": job,
  "networking.k8s.io/Ingress": (live) =>
    live.status?.loadBalancer?.ingress?.length ? undefined : "waiting for the address of the ingress",
  "/PersistentVolume": (live) =>
    ["Available", "Bound"].includes(live.status?.phase) ? undefined : "waiting until the volume is available",
  "/ReplicationController": (live) =>
    (live.status?.availableReplicas ?? 0) === (live.spec?.replicas ?? 1)
      ? undefined
      : "waiting for pods to be available",
  "/ResourceQuota": (live) =>
    isDeepStrictEqual(live.status?.hard, live.spec?.hard) ? undefined : "waiting until the quota is in force",
  // Others are as they were asked for.
  "/Secret": (live) =>
    live["type"] !== "kubernetes.io/service-account-token" || Object.keys(live["data"] ?? {}).length > 0
      ? undefined
      : "waiting for the service account's token",
  "/Namespace": (live) => (live.status?.phase === "Active" ? undefined : "waiting until the namespace is active"),
  "apiextensions.k8s.io/CustomResourceDefinition": (live) =>
    conditionOf(live, "Established")?.status === "True" ? undefined : "waiting until the definition is established",
};

function deployment(live: LiveObject): string | undefined {
  const { status = {} } = live;
  const replicas = live.spec?.replicas ?? 1;
  if ((status.observedGeneration ?? 0) < live.metadata.generation!) return "waiting for the deployment controller";
  const progressing = conditionOf(live, "Progressing");
  const [updated, available, all] = [status.updatedReplicas ?? 0, status.availableReplicas ?? 0, status.replicas ?? 0];
  if (replicas === 0) return all === 0 ? undefined : "waiting for the pods to go";
  // The first revision is there when its pods are: nothing is rolled out.
  const first = live.metadata.annotations?.["deployment.kubernetes.io/revision"] === "1";
  const rolledOut = first || progressing === undefined || progressing.reason === "NewReplicaSetAvailable";
  if (updated >= replicas && rolledOut && conditionOf(live, "Available")?.status === "True" && available >= replicas)
    return undefined;
  const paused = live.spec?.paused ? "; it is paused: resume it, or let nobody wait for it (pulumi.com/skipAwait)" : "";
  // Pods may still come up after their deadline: only the resource's own timeout ends the wait.
  const late = progressing?.status === "False" ? `; [${progressing.reason}] ${progressing.message}` : "";
  return (
    `waiting for pods of the new revision to be available (${Math.min(updated, available)} ` +
    `of ${replicas})${paused}${late}`
  );
}

function statefulSet(live: LiveObject): string | undefined {
  const { status = {} } = live;
  const replicas = live.spec?.replicas ?? 1;
  if ((status.observedGeneration ?? 0) < live.metadata.generation!) return "waiting for the stateful set controller";
  const [all, ready, current] = [status.replicas ?? 0, status.readyReplicas ?? 0, status.currentReplicas ?? 0];
  // Whoever chose OnDelete deletes the old pods in their own time.
  const byHand = live.spec?.updateStrategy?.type === "OnDelete" && live.metadata.generation! > 1;
  if (all !== replicas || ready !== replicas || (!byHand && current !== replicas))
    return `waiting for pods to be ready (${ready} of ${replicas})`;
  if (!byHand && status.currentRevision !== status.updateRevision)
    return "waiting for the pods of the former revision to be replaced";
  return undefined;
}

/**
 * The rule of https://pkg.go.dev/sigs.k8s.io/cli-utils/pkg/kstatus/status: with the strategy `OnDelete`, too, the old
 * pods have to go.
 */
function daemonSet(live: LiveObject): string | undefined {
  const { status = {} } = live;
  if ((status.observedGeneration ?? 0) < live.metadata.generation!) return "waiting for the daemon set controller";
  const [wanted, ready, available, updated] = [
    status.desiredNumberScheduled ?? 0,
    status.numberReady ?? 0,
    status.numberAvailable ?? 0,
    status.updatedNumberScheduled ?? 0,
  ];
  const done = Math.min(ready, available, updated);
  return done >= wanted ? undefined : `waiting for pods to be ready (${done} of ${wanted})`;
}

function pod(live: LiveObject): string | undefined {
  const phase = live.status?.phase;
  if (phase === "Failed")
    throw new Hopeless(`the pod failed: ${live.status?.message ?? live.status?.reason ?? "see its log"}`);
  if (phase === "Succeeded" || conditionOf(live, "Ready")?.status === "True") return undefined;
  return `waiting for the pod to be ready (${phase ?? "not scheduled"})`;
}

function job(live: LiveObject): string | undefined {
  const failed = conditionOf(live, "Failed");
  if (failed?.status === "True")
    throw new Hopeless(`the job failed: ${failed.message ?? failed.reason ?? "see its pods' logs"}`);
  if (conditionOf(live, "Complete")?.status === "True") return undefined;
  const suspended = live.spec?.suspend
    ? "; it is suspended: let it run, or let nobody wait for it (pulumi.com/skipAwait)"
    : "";
  return (
    `waiting for the job to complete (${live.status?.succeeded ?? 0} of ` +
    `${live.spec?.completions ?? 1})${suspended}`
  );
}

function conditionOf(
  live: LiveObject,
  type: string,
): { status: string; reason?: string; message?: string } | undefined {
  return (live.status?.conditions ?? []).find((condition: { type: string }) => condition.type === type);
}
