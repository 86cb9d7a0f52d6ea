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
import { removeData, hasContainers, hasTemplate, createData } from "./engine/data.ts";
import { answers } from "./engine/dockerApi.ts";
import { ensureKindNetwork, ensureNamespace, enterPrefix, hasNamespace } from "./engine/network.ts";
import { startNodes } from "./engine/nodes.ts";
import { removeFolders, stopProcesses } from "./engine/cleanup.ts";
import { removeBuildFolders } from "./images/template.ts";
import { labPaths, type LabPaths } from "./paths.ts";
import { ensurePrerequisites } from "./prerequisites.ts";
import { writeSources } from "./sources.ts";

/** A running lab: a Docker engine for KinD in a network namespace without a route out. One per clone. */
export interface Lab {
  /** argv prefix that runs a program in the lab's network, the only one that reaches its clusters. */
  enter: string[];
  /** Variables for docker, kind and every client of the clusters. */
  env: Record<string, string>;
}

/** The programs of an API server without nodes, its client `kubectl`, and the artifacts that contain them. */
export const apiServerBinaries: { artifact: Artifact; program: string }[] = [
  { artifact: etcd, program: "etcd" },
  { artifact: apiServer, program: "kube-apiserver" },
  { artifact: kubernetes, program: "kube-controller-manager" },
  { artifact: kubernetes, program: "kubectl" },
];

/** Time in which a running engine answers, in milliseconds. */
const ANSWER_TIMEOUT = 10_000;

/**
 * Starts the lab of the clone at `root`: builds missing artifacts, starts the engine with the node image, starts the
 * clone's nodes, and writes `.federation/sources.json` and `.federation/charts`.
 *
 * Finished steps are skipped. A killed call is resumed, the leftovers of a dead engine are removed, and the clusters in
 * its data are started again.
 *
 * @throws when the machine cannot run a lab, a build fails or the engine does not start
 */
export async function startLab(root: string, progress: Progress): Promise<Lab> {
  const paths = labPaths(root);
  await ensurePrerequisites(progress);
  const folders = await ensureArtifacts([nodeImage, charts, node], progress);
  const folder = (artifact: Artifact): string => folders.get(artifact.name)!;
  await withLabLock(paths, progress, async () => {
    writeSources(paths, folder(charts));
    const started = await ensureEngine(paths, folder(nodeImage), join(folder(node), "bounded"), progress);
    await ensureKindNetwork(paths);
    await startNodes(paths, started, progress);
  });
  return labAt(paths);
}

/**
 * Stops the lab of the clone at `root`, whether it runs, died or started in part, and removes its processes, mounts,
 * control groups, namespaces and data. Keeps the cache. Does nothing without a lab.
 */
export async function stopLab(root: string, progress: Progress): Promise<void> {
  const paths = labPaths(root);
  await withLabLock(paths, progress, async () => {
    const step = progress.step("stop the lab");
    try {
      await stopProcesses(paths, true);
      await removeData(paths);
      await removeFolders(paths);
      removeBuildFolders();
      step.done();
    } catch (error) {
      step.fail(error);
      throw error;
    }
  });
}

/** Whether the clone at `root` has a lab: a running one, or one whose engine died with clusters in its data. */
export function hasLab(root: string): boolean {
  const paths = labPaths(root);
  return recordedDaemon(paths) !== undefined || hasContainers(paths);
}

/** The running lab of the clone at `root`. */
export async function findLab(root: string): Promise<Lab | undefined> {
  const paths = labPaths(root);
  return (await isRunning(paths)) ? labAt(paths) : undefined;
}

async function isRunning(paths: LabPaths): Promise<boolean> {
  return recordedDaemon(paths) !== undefined && hasNamespace(paths) && (await answers(paths.socket, ANSWER_TIMEOUT));
}

/** Starts the engine unless it runs. Returns the time before the start, in milliseconds since the epoch. */
async function ensureEngine(
  paths: LabPaths,
  template: string,
  runtime: string,
  progress: Progress,
): Promise<number | undefined> {
  const current = hasTemplate(paths, template);
  const inUse = hasContainers(paths);
  if (!current && inUse)
    progress.note(
      "lab: its clusters use an earlier node image, and new ones will, too. " +
        "`npm run down` and `npm run up` replace them",
    );
  if ((current || inUse) && (await isRunning(paths))) return undefined;
  const step = progress.step("start the lab's engine", 5);
  try {
    await stopProcesses(paths, false);
    await ensureNamespace(paths);
    if (!current && !inUse) await createData(paths, template);
    keepAddresses(paths);
    const started = Date.now();
    await startDaemon(paths, enterPrefix(paths), runtime);
    step.done();
    return started;
  } catch (error) {
    step.fail(error);
    throw error;
  }
}

/** Runs `work` while no other process starts or stops the lab. */
function withLabLock(paths: LabPaths, progress: Progress, work: () => Promise<void>): Promise<void> {
  return withLock(join(paths.federation, "lab.lock"), work, (pid) =>
    progress.note(`lab: waiting for process ${pid}, which starts or stops it`),
  );
}

/** Variables of docker, kind and proxies that would select another engine or cluster than the lab's. */
const CLEARED_VARIABLES = [
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

function labAt(paths: LabPaths): Lab {
  const emptied = Object.fromEntries(CLEARED_VARIABLES.map((name) => [name, ""]));
  return { enter: enterPrefix(paths), env: { ...emptied, DOCKER_HOST: `unix://${paths.socket}` } };
}
