import { setTimeout as sleep } from "node:timers/promises";
import { killWhen } from "./killWhen.ts";
import { editStack } from "./stacks.ts";
import type { World } from "./world.ts";

/** Limit of a test that changes roots in every phase, in milliseconds. */
export const rotationTimeout = 40 * 60_000;

/** Longest time that proxies may need to take a change of roots, in seconds. */
const gateSeconds = "240";

/** Brings a stack up with Pulumi. */
export async function upStack(world: World, stack: string): Promise<void> {
  await world.clone.must("pulumi", ["up", "--yes", "--skip-preview", "--stack", stack]);
}

/**
 * Makes the kubelet mount changed Secrets of istiod now. It does so by itself within a minute or two, which would take
 * most of the time of a test; a change of the pod is the other occasion.
 */
export async function mountSecrets(world: World, mesh: string): Promise<void> {
  const pods = ["pod", "-n", "istio-system", "-l", "app=istiod", "--overwrite"];
  await world.kubectl(mesh, ["annotate", ...pods, `mesh-federation.dev/mounted=${Date.now()}`]);
}

/** Opens a step of a rotation as a person does, when its gate is open, and deploys it. */
export async function step(
  world: World,
  mesh: string,
  to: string,
  { more = [], deploy = upStack }: { more?: string[]; deploy?: typeof upStack } = {},
): Promise<void> {
  await world.clone.must("rotate", ["--mesh", mesh, "--to", to, "--wait", gateSeconds, ...more]);
  await deploy(world, mesh);
  await mountSecrets(world, mesh);
}

/** Waits until the gates of all meshes are open, which a person sees in the table. */
export async function gatesOpen(world: World): Promise<void> {
  await world.clone.must("rotate", ["--wait", gateSeconds]);
}

/** Pins the roots of a peer, as its owner has told them, and deploys. */
export async function pin(world: World, mesh: string, peer: string, roots: string[]): Promise<void> {
  editStack(world, mesh, (config) => (config["peers"][peer].roots = roots));
  await upStack(world, mesh);
}

/** Stops the agent of a workload's sidecar for some seconds: it takes no change meanwhile, and Envoy goes on. */
export async function stopAgent(world: World, mesh: string, namespace: string, seconds = 6): Promise<void> {
  const signal = async (name: string): Promise<void> => {
    // The brackets keep the pattern from matching this script.
    const script = [
      `for p in $(grep -al "[p]ilot-agent.proxy.sidecar.--domain.${namespace}.svc" /proc/[0-9]*/cmdline 2>/dev/null)`,
      `do pid=\${p#/proc/}; kill -${name} \${pid%/cmdline} && echo stopped && break; done`,
    ].join("; ");
    const { output } = await world.onNode(mesh, ["sh", "-c", script]);
    if (!output.includes("stopped")) throw new Error(`no agent in namespace ${namespace} of ${mesh}: ${output}`);
  };
  await signal("STOP");
  await sleep(seconds * 1000);
  await signal("CONT");
}

/** Restarts istiod and waits until the new one is ready. */
export async function restartIstiod(world: World, mesh: string): Promise<void> {
  const istiod = ["deployment", "-n", "istio-system", "-l", "app=istiod"];
  await world.kubectl(mesh, ["rollout", "restart", ...istiod]);
  await world.kubectl(mesh, ["rollout", "status", ...istiod, "--timeout=180s"]);
}

/** Kills an `up` while it changes the Secret with the mesh's CA, as an interrupted job does, and runs it again. */
export async function killedUp(world: World, stack: string): Promise<void> {
  const child = world.clone.start("pulumi", ["up", "--yes", "--skip-preview", "--stack", stack]);
  await killWhen(child, (output) => /istio-cacerts .*(updat|replac|delet|creat)/.test(output));
  await world.clone.must("up", ["--no-verify", "--pin"]);
}

/** SHA-256 of the roots that a mesh publishes, the active one first. */
export async function rootsOf(world: World, mesh: string): Promise<string[]> {
  const { roots } = (await world.outputs(mesh)).federation.mesh;
  const order = ["active", "next", "retiring"];
  return [...roots].sort((a, b) => order.indexOf(a.use) - order.indexOf(b.use)).map(({ sha256 }) => sha256);
}
