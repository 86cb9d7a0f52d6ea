import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../toolchain/progress.ts";
import { run } from "../../toolchain/run.ts";
import type { Place } from "../place.ts";
import { docker } from "./dockerApi.ts";

/** What of the engine's list of containers is looked at. */
interface Container {
  Id: string;
  Names: string[];
  State: string;
  Labels: Record<string, string>;
}

/** How long an API server may take to answer after its node started again, in milliseconds. */
const API_PATIENCE = 120_000;

/** Every container that kind made as a node, running or not. */
export async function kindNodes(place: Place): Promise<Container[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ["io.x-k8s.kind.cluster"] }));
  return docker<Container[]>(place.socket, "GET", `/containers/json?all=1&filters=${filters}`);
}

/**
 * Starts nodes that stand still and waits until the API server of each cluster concerned answers. A half-made
 * cluster's is not waited for: it has no API server yet, and whoever made it makes it anew.
 *
 * @param engineStarted the engine was started just now, which starts the nodes it finds by itself
 */
export async function wakeNodes(place: Place, engineStarted: boolean, progress: Progress): Promise<void> {
  const nodes = await kindNodes(place);
  const asleep = nodes.filter((node) => node.State !== "running");
  const waited = (engineStarted ? nodes : asleep).filter((node) => node.Labels["io.x-k8s.kind.role"] === "control-plane");
  if (asleep.length === 0 && waited.length === 0) return;
  const step = progress.step(`start nodes again: ${nodes.map(nameOf).join(", ")}`, 30);
  try {
    for (const node of asleep) {
      // A node paused by hand cannot be started, only resumed.
      await docker(place.socket, "POST", `/containers/${node.Id}/${node.State === "paused" ? "unpause" : "start"}`);
    }
    await Promise.all(waited.map((node) => apiServer(place, node)));
    step.done();
  } catch (error) {
    step.fail(error);
    throw error;
  }
}

async function apiServer(place: Place, node: Container): Promise<void> {
  const exec = (command: string): Promise<string> => run("docker", ["-H", `unix://${place.socket}`, "exec", node.Id, "sh", "-c", command]);
  if ((await exec("test -f /etc/kubernetes/admin.conf && echo made || true")).trim() !== "made") return;
  const ready = "kubectl --kubeconfig=/etc/kubernetes/admin.conf get --raw=/readyz --request-timeout=5s";
  for (const until = Date.now() + API_PATIENCE; ; await sleep(500)) {
    try {
      await exec(ready);
      return;
    } catch (error) {
      if (Date.now() < until) continue;
      const name = nameOf(node);
      throw new Error(`the API server of ${name} does not answer, ${API_PATIENCE / 1000} s after the node started again; delete its cluster (kind delete cluster) or the lab (npm run down), then go on. ${(error as Error).message}`);
    }
  }
}

function nameOf(node: Container): string {
  return node.Names[0]?.replace(/^\//, "") ?? node.Id.slice(0, 12);
}
