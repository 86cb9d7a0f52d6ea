import { setTimeout as sleep } from "node:timers/promises";
import type { Progress, Step } from "../../../tools/progress.ts";
import { run } from "../../../tools/run.ts";
import type { LabPaths } from "../paths.ts";
import { docker } from "./dockerApi.ts";
import { podsNotReady, type Pod } from "./pods.ts";

/** A container in the engine's list. */
interface Container {
  Id: string;
  Names: string[];
  State: string;
  Labels: Record<string, string>;
}

/** Time until an API server answers after its node restarted, in milliseconds. */
const API_TIMEOUT = 120_000;

/**
 * Time until the pods are ready after that, in milliseconds. They all start together, so some fail first because their
 * dependencies do not run yet. Most of a minute is usual.
 */
const POD_TIMEOUT = 120_000;

/** Every node container of kind, running or not. */
export async function kindNodes(paths: LabPaths): Promise<Container[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ["io.x-k8s.kind.cluster"] }));
  return docker<Container[]>(paths.socket, "GET", `/containers/json?all=1&filters=${filters}`);
}

/**
 * Starts stopped nodes and waits until the API servers of their clusters answer and their pods are ready. Pods that are
 * not ready after two minutes are reported and are no error. It does not wait for a cluster that was created in part:
 * that has no API server, and will be created again.
 *
 * @param engineStarted the time before this process started the engine, which starts all nodes itself, in milliseconds
 * since the epoch
 * @throws when an API server does not answer after two minutes
 */
export async function startNodes(
  paths: LabPaths,
  engineStarted: number | undefined,
  progress: Progress,
): Promise<void> {
  const nodes = await kindNodes(paths);
  const stopped = nodes.filter((node) => node.State !== "running");
  const started = engineStarted === undefined ? stopped : nodes;
  if (started.length === 0) return;
  const since = engineStarted ?? Date.now();
  const step = progress.step(`restart nodes: ${started.map(nameOf).join(", ")}`, 60);
  try {
    for (const node of stopped) {
      // A paused node cannot be started, only resumed.
      await docker(paths.socket, "POST", `/containers/${node.Id}/${node.State === "paused" ? "unpause" : "start"}`);
    }
    const clusters = Map.groupBy(nodes, (node) => node.Labels["io.x-k8s.kind.cluster"]!);
    const paused = stopped.filter((node) => node.State === "paused"); // their processes did not restart
    const restarted = started.filter((node) => !paused.includes(node)).map(nameOf);
    const waits = [...clusters.values()].filter((members) => members.some((node) => started.includes(node)));
    const late = await Promise.all(waits.map((members) => clusterUp(paths, members, restarted, since, step)));
    step.done(late.flat().length > 0 ? `not ready yet: ${late.flat().join(", ")}` : undefined);
  } catch (error) {
    step.fail(error);
    throw error;
  }
}

/** Waits for a cluster. Returns the pods that are not ready after the timeout. */
async function clusterUp(
  paths: LabPaths,
  members: Container[],
  restarted: string[],
  since: number,
  step: Step,
): Promise<string[]> {
  const control = members.find((node) => node.Labels["io.x-k8s.kind.role"] === "control-plane");
  if (!control) return [];
  const exec = (...command: string[]): Promise<string> =>
    run("docker", ["-H", `unix://${paths.socket}`, "exec", control.Id, ...command]);
  if ((await exec("sh", "-c", "test -f /etc/kubernetes/admin.conf && echo created || true")).trim() !== "created")
    return [];
  const kubectl = (...args: string[]): Promise<string> =>
    exec("kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", "--request-timeout=5s", ...args);

  for (const until = Date.now() + API_TIMEOUT; ; await sleep(500)) {
    const error = await kubectl("get", "--raw=/readyz").then(
      () => undefined,
      (e: Error) => e,
    );
    if (!error) break;
    if (Date.now() > until)
      throw new Error(
        `the API server of ${nameOf(control)} does not answer ${API_TIMEOUT / 1000} s after the node restarted. ` +
          `Delete its cluster (kind delete cluster) or the lab (npm run down), and retry. ${error.message}`,
      );
  }
  for (const until = Date.now() + POD_TIMEOUT; ; await sleep(1_000)) {
    // A busy API server fails some requests. They are repeated.
    const pods = await kubectl("get", "pods", "--all-namespaces", "--output=json").then(
      (text) => (JSON.parse(text) as { items: Pod[] }).items,
      () => undefined,
    );
    const late = pods ? podsNotReady(pods, restarted, since) : [`pods of ${nameOf(control)}`];
    if (late.length === 0 || Date.now() > until) return late;
    step.update(`waiting for ${late.join(", ")}`);
  }
}

function nameOf(node: Container): string {
  return node.Names[0]?.replace(/^\//, "") ?? node.Id.slice(0, 12);
}
