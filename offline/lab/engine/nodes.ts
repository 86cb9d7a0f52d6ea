import { setTimeout as sleep } from "node:timers/promises";
import type { Progress, Step } from "../../../tools/progress.ts";
import { run } from "../../../tools/run.ts";
import type { Place } from "../place.ts";
import { docker } from "./dockerApi.ts";
import { podsNotUp, type Pod } from "./pods.ts";

/** What of the engine's list of containers is looked at. */
interface Container {
  Id: string;
  Names: string[];
  State: string;
  Labels: Record<string, string>;
}

/** How long an API server may take to answer after its node started again, in milliseconds. */
const API_PATIENCE = 120_000;

/**
 * How long the pods may take after that, in milliseconds. They all start at once, so some fail first, because what they
 * need is not there yet; most of a minute is usual.
 */
const POD_PATIENCE = 120_000;

/** Every container that kind made as a node, running or not. */
export async function kindNodes(place: Place): Promise<Container[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ["io.x-k8s.kind.cluster"] }));
  return docker<Container[]>(place.socket, "GET", `/containers/json?all=1&filters=${filters}`);
}

/**
 * Starts nodes that stand still and waits until the clusters concerned are what they were: their API servers answer and
 * their pods are ready, or some are not after two minutes, which is told and not an error. A half-made cluster is not
 * waited for: it has no API server yet, and whoever made it makes it anew.
 *
 * @param engineStarted when the engine was started just now, which starts the nodes it finds by itself: the time
 * before that, in milliseconds since the epoch
 * @throws when an API server does not answer after two minutes
 */
export async function wakeNodes(place: Place, engineStarted: number | undefined, progress: Progress): Promise<void> {
  const nodes = await kindNodes(place);
  const asleep = nodes.filter((node) => node.State !== "running");
  const woken = engineStarted === undefined ? asleep : nodes;
  if (woken.length === 0) return;
  const since = engineStarted ?? Date.now();
  const step = progress.step(`start nodes again: ${woken.map(nameOf).join(", ")}`, 60);
  try {
    for (const node of asleep) {
      // A node paused by hand cannot be started, only resumed.
      await docker(place.socket, "POST", `/containers/${node.Id}/${node.State === "paused" ? "unpause" : "start"}`);
    }
    const clusters = Map.groupBy(nodes, (node) => node.Labels["io.x-k8s.kind.cluster"]!);
    const paused = asleep.filter((node) => node.State === "paused"); // nothing in them started anew
    const restarted = woken.filter((node) => !paused.includes(node)).map(nameOf);
    const waits = [...clusters.values()].filter((members) => members.some((node) => woken.includes(node)));
    const late = await Promise.all(waits.map((members) => clusterUp(place, members, restarted, since, step)));
    step.done(late.flat().length > 0 ? `not ready yet: ${late.flat().join(", ")}` : undefined);
  } catch (error) {
    step.fail(error);
    throw error;
  }
}

/** Waits for a cluster; returns the pods that are not up when patience ends. */
async function clusterUp(
  place: Place,
  members: Container[],
  restarted: string[],
  since: number,
  step: Step,
): Promise<string[]> {
  const control = members.find((node) => node.Labels["io.x-k8s.kind.role"] === "control-plane");
  if (!control) return [];
  const exec = (...command: string[]): Promise<string> =>
    run("docker", ["-H", `unix://${place.socket}`, "exec", control.Id, ...command]);
  if ((await exec("sh", "-c", "test -f /etc/kubernetes/admin.conf && echo made || true")).trim() !== "made") return [];
  const kubectl = (...args: string[]): Promise<string> =>
    exec("kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", "--request-timeout=5s", ...args);

  for (const until = Date.now() + API_PATIENCE; ; await sleep(500)) {
    const error = await kubectl("get", "--raw=/readyz").then(
      () => undefined,
      (e: Error) => e,
    );
    if (!error) break;
    if (Date.now() > until)
      throw new Error(
        `the API server of ${nameOf(control)} does not answer, ${API_PATIENCE / 1000} s after the node started again; delete its cluster (kind delete cluster) or the lab (npm run down), then go on. ${error.message}`,
      );
  }
  for (const until = Date.now() + POD_PATIENCE; ; await sleep(1_000)) {
    // A question that fails now and then is asked again: the API server is busy.
    const pods = await kubectl("get", "pods", "--all-namespaces", "--output=json").then(
      (text) => (JSON.parse(text) as { items: Pod[] }).items,
      () => undefined,
    );
    const late = pods ? podsNotUp(pods, restarted, since) : [`pods of ${nameOf(control)}`];
    if (late.length === 0 || Date.now() > until) return late;
    step.update(`waiting for ${late.join(", ")}`);
  }
}

function nameOf(node: Container): string {
  return node.Names[0]?.replace(/^\//, "") ?? node.Id.slice(0, 12);
}
