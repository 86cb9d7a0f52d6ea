import type { ResourceKind } from "../cluster.ts";
import type { Operation } from "../object/api.ts";
import type { LiveObject } from "../object/state.ts";

/** Most lines that are worth reading at once. */
const limit = 8;

/** Why an object is not ready, as far as its pods and the warnings about it and them tell. */
export async function reasonsOf(operation: Operation, kind: ResourceKind, live: LiveObject): Promise<string[]> {
  const { namespace } = live.metadata;
  if (!namespace) return [];
  try {
    const pods = await podsOf(operation, kind, live);
    const events = await warnings(operation, namespace, [live.metadata.name, ...pods.map((pod) => pod.metadata.name)]);
    return [...new Set([...pods.flatMap(podProblems), ...events])].slice(0, limit);
  } catch {
    // The reasons are a help; what failed is said already.
    return [];
  }
}

async function podsOf(operation: Operation, kind: ResourceKind, live: LiveObject): Promise<LiveObject[]> {
  if (kind.kind === "Pod") return [live];
  const labels = (kind.kind === "Service" ? live.spec?.selector : live.spec?.selector?.matchLabels) as
    Record<string, string> | undefined;
  if (!labels || Object.keys(labels).length === 0) return [];
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const { body } = await operation.cluster.request("GET", `/api/v1/namespaces/${live.metadata.namespace}/pods`, {
    query: { labelSelector },
  });
  return (body.items ?? []) as LiveObject[];
}

function podProblems(pod: LiveObject): string[] {
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])] as any[];
  const unscheduled = (pod.status?.conditions ?? []).filter(
    (c: any) => c.type === "PodScheduled" && c.status === "False",
  );
  return [
    ...unscheduled.map((c: any) => `pod ${pod.metadata.name}: ${c.message}`),
    ...containers.flatMap(({ name, state, lastState, restartCount }) => {
      const at = `container ${name} of pod ${pod.metadata.name}`;
      if (state?.waiting && state.waiting.reason !== "ContainerCreating" && state.waiting.reason !== "PodInitializing")
        return [`${at}: ${state.waiting.reason}${state.waiting.message ? `: ${state.waiting.message}` : ""}`];
      const ended = state?.terminated ?? (restartCount > 0 ? lastState?.terminated : undefined);
      return ended && ended.exitCode !== 0
        ? [`${at}: ended with exit code ${ended.exitCode} (${ended.reason ?? "no reason given"})`]
        : [];
    }),
  ];
}

async function warnings(operation: Operation, namespace: string, names: string[]): Promise<string[]> {
  const { body } = await operation.cluster.request("GET", `/api/v1/namespaces/${namespace}/events`, {
    query: { fieldSelector: "type=Warning" },
  });
  const events = (body.items ?? []) as {
    involvedObject: { kind: string; name: string };
    reason: string;
    message: string;
    lastTimestamp?: string;
  }[];
  return events
    .filter((e) => names.some((name) => e.involvedObject.name === name || e.involvedObject.name.startsWith(`${name}-`)))
    .sort((a, b) => (b.lastTimestamp ?? "").localeCompare(a.lastTimestamp ?? ""))
    .map((e) => `${e.involvedObject.kind} ${e.involvedObject.name}: ${e.reason}: ${e.message}`);
}
