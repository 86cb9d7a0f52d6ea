import { join } from "node:path";
import { ensureArtifacts, type Artifact } from "../../tools/artifact.ts";
import { withLock } from "../../tools/lock.ts";
import type { Progress } from "../../tools/progress.ts";
import { charts } from "./artifacts/charts.ts";
import { apiServer, kubernetes } from "./artifacts/kubernetes.ts";
import { nodeImage } from "./artifacts/nodeImage.ts";
import { etcd, node } from "./artifacts/programs.ts";
import { keepAddresses } from "./engine/addresses.ts";
import { recordedDaemon, startDaemon } from "./engine/daemon.ts";
import { dropData, hasContainers, isMadeFrom, makeData } from "./engine/data.ts";
import { answers } from "./engine/dockerApi.ts";
import { ensureKindNetwork, ensureNamespace, entering, hasNamespace } from "./engine/network.ts";
import { wakeNodes } from "./engine/nodes.ts";
import { clearFolders, clearProcesses } from "./engine/remains.ts";
import { clearBuildFolders } from "./images/template.ts";
import { placeOf, type Place } from "./place.ts";
import { ensurePrerequisites } from "./prerequisites.ts";
import { writeSources } from "./sources.ts";

/** A running lab: a docker engine for KinD, in a network namespace that leads nowhere. One per clone. */
export interface Lab {
  /** argv prefix that runs a program in the lab's network, where its clusters can be reached. */
  enter: string[];
  /** Added to the environment of docker, kind, and whatever talks to the clusters. */
  env: Record<string, string>;
}

/** The programs of a bare API server, and the artifacts that hold them. */
export const apiServerBinaries: { artifact: Artifact; program: string }[] = [
  { artifact: etcd, program: "etcd" },
  { artifact: apiServer, program: "kube-apiserver" },
  { artifact: kubernetes, program: "kube-controller-manager" },
];

/** How long a running engine may take to say so, in milliseconds, before it counts as hanging. */
const PATIENCE = 10_000;

/**
 * Brings up the lab of the clone at `root`: builds what is missing in the cache, starts the engine with the node image
 * in it, wakes the clone's nodes, and writes `.federation/sources.json` and `.federation/charts`.
 *
 * Does nothing that is done already. Goes on from wherever an earlier call was killed, and clears away what a dead
 * engine left; the clusters in its data are started again.
 *
 * @throws when the machine cannot run a lab, a build fails or the engine does not start; the message says what to do
 */
export async function startLab(root: string, progress: Progress): Promise<Lab> {
  const place = placeOf(root);
  await ensurePrerequisites(progress);
  const folders = await ensureArtifacts([nodeImage, charts, node], progress);
  const folder = (artifact: Artifact): string => folders.get(artifact.name)!;
  await alone(place, progress, async () => {
    writeSources(place, folder(charts));
    const started = await ensureEngine(place, folder(nodeImage), join(folder(node), "bounded"), progress);
    await ensureKindNetwork(place);
    await wakeNodes(place, started, progress);
  });
  return labOf(place);
}

/**
 * Stops the lab of the clone at `root`, running, dead or half-made, with everything in it, and removes its data: no
 * process, mount, control group or namespace is left. Keeps the cache. Does nothing where there is no lab.
 */
export async function stopLab(root: string, progress: Progress): Promise<void> {
  const place = placeOf(root);
  await alone(place, progress, async () => {
    const step = progress.step("stop the lab");
    try {
      await clearProcesses(place, true);
      await dropData(place);
      await clearFolders(place);
      clearBuildFolders();
      step.done();
    } catch (error) {
      step.fail(error);
      throw error;
    }
  });
}

/** Whether the clone at `root` has a lab: one that runs, or whose engine died with clusters in its data. Changes nothing. */
export function hasLab(root: string): boolean {
  const place = placeOf(root);
  return recordedDaemon(place) !== undefined || hasContainers(place);
}

/** The lab of the clone at `root`, if it runs. Changes nothing. */
export async function findLab(root: string): Promise<Lab | undefined> {
  const place = placeOf(root);
  return (await runs(place)) ? labOf(place) : undefined;
}

async function runs(place: Place): Promise<boolean> {
  return recordedDaemon(place) !== undefined && hasNamespace(place) && (await answers(place.socket, PATIENCE));
}

/** Starts the engine unless it runs. Returns the time before its start when it was started, in milliseconds since the epoch. */
async function ensureEngine(
  place: Place,
  template: string,
  runtime: string,
  progress: Progress,
): Promise<number | undefined> {
  const current = isMadeFrom(place, template);
  const inUse = hasContainers(place);
  if (!current && inUse)
    progress.note(
      "lab: its clusters were made from an earlier node image, and so will new ones be; `npm run down` and `npm run up` renew them",
    );
  if ((current || inUse) && (await runs(place))) return undefined;
  const step = progress.step("start the lab's engine", 5);
  try {
    await clearProcesses(place, false);
    await ensureNamespace(place);
    if (!current && !inUse) await makeData(place, template);
    keepAddresses(place);
    const started = Date.now();
    await startDaemon(place, entering(place), runtime);
    step.done();
    return started;
  } catch (error) {
    step.fail(error);
    throw error;
  }
}

/** One process at a time starts or stops a lab. */
function alone(place: Place, progress: Progress, work: () => Promise<void>): Promise<void> {
  return withLock(join(place.federation, "lab.lock"), work, (pid) =>
    progress.note(`lab: waiting for process ${pid}, which starts or stops it`),
  );
}

/** Variables of docker, kind and proxies that would lead elsewhere than to the lab's engine and clusters. */
const MISLEADING = [
  "DOCKER_CONTEXT",
  "DOCKER_TLS_VERIFY",
  "DOCKER_API_VERSION",
  "KIND_EXPERIMENTAL_PROVIDER",
  "KIND_EXPERIMENTAL_DOCKER_NETWORK",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
];

function labOf(place: Place): Lab {
  const emptied = Object.fromEntries(MISLEADING.map((name) => [name, ""]));
  return { enter: entering(place), env: { ...emptied, DOCKER_HOST: `unix://${place.socket}` } };
}
