import { setTimeout as sleep } from "node:timers/promises";
import { IMAGES, VERSIONS } from "../../../../offline/lab/images/names.ts";
import { upStack } from "../rotation.ts";
import { editStack } from "../stacks.ts";
import { run, type World } from "../world.ts";
import { startLoad } from "./load.ts";
import { failureLine, type EdgeCounts, type Failure, type LoadEdge, type LoadKind } from "./plan.ts";
import { injectedNamespace, keptExport, loadServer } from "./server.ts";

const namespace = "istio-system";
const gateway = "deployment/istio-eastwestgateway";
const gatewayPods = ["-n", namespace, "-l", "mesh-federation.dev/gateway=istio-eastwestgateway"];

/** Something that an owner of the exporting mesh does, or that happens to it. */
export interface Disruption {
  name: string;
  /** Resolves when it is over, except for pods that end. */
  happen(world: World, mesh: string): Promise<void>;
}

/** The gateway's pods are replaced one by one, as by any change of the Deployment. */
export const roll: Disruption = {
  name: "the gateway is rolled",
  happen: async (world, mesh) => {
    await world.kubectl(mesh, ["rollout", "restart", "-n", namespace, gateway]);
    await rolledOut(world, mesh);
  },
};

/** A pod of the gateway is deleted, with its grace period. */
export const deletePod = podLoss("a gateway pod is deleted", ["--wait=false"]);

/** A pod of the gateway is killed at once, as by a lack of memory. */
export const killPod = podLoss("a gateway pod is killed", ["--force", "--grace-period=0"]);

function podLoss(name: string, options: string[]): Disruption {
  return {
    name,
    happen: async (world, mesh) => {
      await world.kubectl(mesh, ["delete", "-n", namespace, ...options, (await podsOf(world, mesh))[0]!]);
      await sleep(1000);
      await rolledOut(world, mesh);
    },
  };
}

/**
 * A node that has a pod of the gateway, and not the server, is drained, and comes back. Where all pods of the gateway
 * are with the server, they are rolled to the other node first.
 */
export function drain(app: string): Disruption {
  return {
    name: "a node of two is drained",
    happen: async (world, mesh) => {
      const nodesOf = async (pods: string[]): Promise<string[]> =>
        (await world.kubectl(mesh, ["get", "pods", "-o", "jsonpath={.items[*].spec.nodeName}", ...pods])).split(" ");
      const [server] = await nodesOf(["-n", "apps", "-l", `app=${app}`]);
      const otherNode = async () => (await nodesOf(gatewayPods)).find((name) => name !== server);
      if (!(await otherNode())) {
        await world.kubectl(mesh, ["cordon", server!]);
        await roll.happen(world, mesh);
        await world.kubectl(mesh, ["uncordon", server!]);
      }
      const node = (await otherNode())!;
      await world.kubectl(mesh, ["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=180s"]);
      await rolledOut(world, mesh);
      await world.kubectl(mesh, ["uncordon", node]);
    },
  };
}

/**
 * Another tag of Istio's images is deployed, by one `up`: istiod and gateway roll. The lab builds one Istio only, so
 * the tag is another name of the same images.
 */
export const upgrade: Disruption = {
  name: "Istio gets the next patch",
  happen: async (world, mesh) => {
    const tag = `${VERSIONS.istio}.1`;
    await tagImages(world, mesh, tag);
    editStack(world, mesh, (config) => (config["istio"] = { provider: "managed", ...config["istio"], tag }));
    await upStack(world, mesh);
  },
};

/** Gives Istio's images another tag on all nodes of a mesh. */
export async function tagImages(world: World, mesh: string, tag: string): Promise<void> {
  const { env } = await world.lab();
  const nodes = (await world.containers()).filter((name) => name.startsWith(`${mesh}-`));
  for (const node of nodes)
    for (const image of [IMAGES.pilot, IMAGES.proxy]) {
      const name = `${image.slice(0, image.lastIndexOf(":"))}:${tag}`;
      run("docker", ["exec", node, "ctr", "-n", "k8s.io", "images", "tag", "--force", image, name], env);
    }
}

/** Starts a server `steady` in a mesh, and lets the mesh of an edge import it under the edge's host. Deploys both. */
export async function serveSteadily(world: World, from: string, { mesh, host }: LoadEdge): Promise<void> {
  await world.apply(from, injectedNamespace("apps"), ...loadServer("steady"));
  await world.apply(mesh, injectedNamespace("apps"));
  await world.kubectl(from, ["rollout", "status", "-n", "apps", "deployment/steady"]);
  editStack(world, from, (config) => config["exports"].push(keptExport({ app: "steady", to: [mesh] })));
  editStack(world, mesh, (config) =>
    config["imports"].push({
      ...{ name: "steady", from, as: host, visibleTo: ["apps"] },
      connectionPool: { tcp: { maxConnectionDuration: "20s" } },
    }),
  );
  await upStack(world, from);
  await upStack(world, mesh);
}

/** What a disruption cost. */
export interface Loss {
  name: string;
  seconds: number;
  sent: number;
  failed: number;
  /** The kinds of failures, as texts. */
  failures: string[];
}

/** Seconds after a disruption in which pods that end still serve: the gateway's grace period, and some more. */
const settle = 35;

/**
 * Lets the disruptions happen one after the other while an import is called 20 times a second, and counts what each of
 * them cost.
 *
 * @param mesh the exporting mesh, whose gateway and nodes are disturbed
 */
export async function measureLoss(
  world: World,
  { edge, mesh, disruptions }: { edge: LoadEdge; mesh: string; disruptions: Disruption[] },
): Promise<Loss[]> {
  const load = await startLoad(world, [edge]);
  const losses: Loss[] = [];
  let [counted, ended] = [await load.counts(), false];
  try {
    for (const { name, happen } of disruptions) {
      const began = Date.now();
      await happen(world, mesh);
      await sleep(settle * 1000);
      const now = await load.counts();
      losses.push({ name, seconds: Math.round((Date.now() - began) / 1000), ...difference(counted, now) });
      process.stderr.write(`${lossLine(losses.at(-1)!)}\n`);
      counted = now;
    }
    ended = true;
    await load.stop();
  } finally {
    if (!ended) await load.abandon();
  }
  return losses;
}

/** A row of the table of losses, in Markdown. */
export function lossLine({ name, seconds, sent, failed, failures }: Loss): string {
  return `| ${name} | ${seconds} s | ${sent} | ${failed} | ${failures.join("; ")} |`;
}

function difference(before: EdgeCounts[], now: EdgeCounts[]): Pick<Loss, "sent" | "failed" | "failures"> {
  const sum = (of: "sent" | "failed") => now[0]![of] - before[0]![of];
  const known = new Set(failuresOf(before).map(failureLine));
  const recent = failuresOf(now).filter((failure) => !known.has(failureLine(failure)));
  const failures = new Set(recent.map(({ kind, what }) => `${kind}: ${what}`));
  return { sent: sum("sent"), failed: sum("failed"), failures: [...failures] };
}

function failuresOf(counts: EdgeCounts[]): (Failure & { kind: LoadKind })[] {
  return counts.flatMap(({ kinds }) =>
    kinds.flatMap(({ kind, failures, last }) =>
      [...failures, ...(last ? [last] : [])].map((failure) => ({ ...failure, kind })),
    ),
  );
}

async function podsOf(world: World, mesh: string): Promise<string[]> {
  const running = ["--field-selector=status.phase=Running", "-o", "name"];
  return (await world.kubectl(mesh, ["get", "pods", ...gatewayPods, ...running])).trim().split("\n");
}

async function rolledOut(world: World, mesh: string): Promise<void> {
  await world.kubectl(mesh, ["rollout", "status", "-n", namespace, gateway, "--timeout=180s"]);
}
