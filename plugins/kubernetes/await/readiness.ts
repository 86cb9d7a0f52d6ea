import type { ResourceKind } from "../cluster.ts";
import type { Operation } from "../object/api.ts";
import type { LiveObject } from "../object/state.ts";
import { serviceReadiness } from "./service.ts";

/** What an object still lacks to be ready; undefined when it is. Throws {@link Hopeless} when it never will. */
export type Readiness = (live: LiveObject) => Promise<string | undefined>;

/** An object that cannot become ready any more, however long one waits. */
export class Hopeless extends Error {}

/** What "ready" means for a kind; undefined for kinds that are ready by existing. */
export function readinessOf(operation: Operation, { group, kind }: ResourceKind): Readiness | undefined {
  if (`${group}/${kind}` === "/Service") return serviceReadiness(operation);
  const test = tests[`${group}/${kind}`];
  return test && (async (live) => test(live));
}

const tests: Record<string, (live: LiveObject) => string | undefined> = {
  "apps/Deployment": deployment,
  "apps/StatefulSet": statefulSet,
  "apps/DaemonSet": daemonSet,
  "/Pod": pod,
  "batch/Job": job,
  "/Namespace": (live) => (live.status?.phase === "Active" ? undefined : "waiting until the namespace is active"),
  "apiextensions.k8s.io/CustomResourceDefinition": (live) => (conditionOf(live, "Established")?.status === "True" ? undefined : "waiting until the definition is established"),
};

function deployment(live: LiveObject): string | undefined {
  const { status = {} } = live;
  const replicas = live.spec?.replicas ?? 1;
  if ((status.observedGeneration ?? 0) < live.metadata.generation!) return "waiting for the deployment controller";
  const progressing = conditionOf(live, "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") throw new Hopeless(`the deployment made no progress: ${progressing.message}`);
  const [updated, available, all] = [status.updatedReplicas ?? 0, status.availableReplicas ?? 0, status.replicas ?? 0];
  if (live.spec?.paused) return undefined;
  if (replicas === 0) return all === 0 ? undefined : "waiting for the pods to go";
  const rolledOut = progressing === undefined || progressing.reason === "NewReplicaSetAvailable";
  if (updated >= replicas && rolledOut && conditionOf(live, "Available")?.status === "True" && available >= replicas) return undefined;
  return `waiting for pods of the new revision to be available (${Math.min(updated, available)} of ${replicas})`;
}

function statefulSet(live: LiveObject): string | undefined {
  const { status = {} } = live;
  const replicas = live.spec?.replicas ?? 1;
  if ((status.observedGeneration ?? 0) < live.metadata.generation!) return "waiting for the stateful set controller";
  const ready = status.readyReplicas ?? 0;
  const rolling = live.spec?.updateStrategy?.type !== "OnDelete" && replicas > 0 && status.updateRevision !== undefined && status.currentRevision !== status.updateRevision;
  if (ready >= replicas && !rolling) return undefined;
  return `waiting for pods to be ready (${ready} of ${replicas})`;
}

function daemonSet(live: LiveObject): string | undefined {
  const { status = {} } = live;
  if ((status.observedGeneration ?? 0) < live.metadata.generation!) return "waiting for the daemon set controller";
  const [wanted, ready, updated] = [status.desiredNumberScheduled ?? 0, status.numberReady ?? 0, status.updatedNumberScheduled ?? 0];
  if (ready >= wanted && (updated >= wanted || live.spec?.updateStrategy?.type === "OnDelete")) return undefined;
  return `waiting for pods to be ready (${Math.min(ready, updated)} of ${wanted})`;
}

function pod(live: LiveObject): string | undefined {
  const phase = live.status?.phase;
  if (phase === "Failed") throw new Hopeless(`the pod failed: ${live.status?.message ?? live.status?.reason ?? "see its log"}`);
  if (phase === "Succeeded" || conditionOf(live, "Ready")?.status === "True") return undefined;
  return `waiting for the pod to be ready (${phase ?? "not scheduled"})`;
}

function job(live: LiveObject): string | undefined {
  const failed = conditionOf(live, "Failed");
  if (failed?.status === "True") throw new Hopeless(`the job failed: ${failed.message ?? failed.reason ?? "see its pods' logs"}`);
  if (conditionOf(live, "Complete")?.status === "True" || live.spec?.suspend) return undefined;
  return `waiting for the job to complete (${live.status?.succeeded ?? 0} of ${live.spec?.completions ?? 1})`;
}

function conditionOf(live: LiveObject, type: string): { status: string; reason?: string; message?: string } | undefined {
  return (live.status?.conditions ?? []).find((condition: { type: string }) => condition.type === type);
}
