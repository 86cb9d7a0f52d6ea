import { duration, type Progress } from "../tools/progress.ts";
import { loadOffline } from "../tools/offline.ts";
import type { Source } from "../tools/source.ts";
import type { Toolchain } from "../tools/index.ts";
import { UserError } from "../federation/errors/userError.ts";
import { ensureDocker } from "../workspace/docker.ts";
import { verifyInLab } from "../workspace/enterLab.ts";
import { needsLab } from "../workspace/needsLab.ts";
import { meshStackFiles, trustStacks } from "../workspace/stackFiles.ts";
import { deployedStacks } from "../workspace/state.ts";
import { prepareTools } from "../workspace/tools.ts";
import { root, usesOwnBackend } from "../workspace/workspace.ts";
import { defaultExample, useExample } from "./examples.ts";
import { repairStack, startClusters } from "./repair.ts";
import { upMeshes } from "./rounds.ts";
import { upAll } from "./stacks.ts";

/** Options of {@link up}. */
export interface UpOptions {
  /** Value of `--source`. */
  source: string | undefined;
  /** Whether to verify the imports at the end. */
  verify: boolean;
  /** Whether to pin the roots of meshes of this project when they are first seen. */
  pin: boolean;
  /** Name of an example whose stack files replace those of the clone. */
  example?: string | undefined;
}

/**
 * Creates or updates the federation: tools, lab, trust stack, meshes, and the imports that were pending; then verifies
 * the imports. Meshes of an example are the clone's own, so that their roots are pinned. Throws a `UserError` when a
 * stack does not come up, an import stays pending or an import fails.
 */
export async function up(options: UpOptions, progress: Progress): Promise<void> {
  const started = Date.now();
  const pin = options.pin || (options.example ?? defaultExample) !== defaultExample;
  if (options.example !== undefined) useExample(root, options.example, stacksUp(), progress);
  const trusts = trustStacks(root);
  const meshes = meshStackFiles(root);
  const stacks = meshes.map((mesh) => mesh.stack);
  progress.note(`meshes: ${meshes.map((mesh) => mesh.name).join(", ")}; next: tools`);
  const onKind = meshes.filter((mesh) => mesh.onKind).map((mesh) => mesh.name);
  const tools = await prepareTools({
    forced: options.source,
    announce: true,
    progress,
    before: (source) => checkMachine(source, onKind, progress),
  });
  const toolSeconds = (Date.now() - started) / 1000;

  for (const stack of [...trusts, ...stacks]) await repairStack(tools, stack, progress);
  // Nothing depends on a root that does not exist yet, so that a new federation makes it beside the meshes' keys.
  const isNew = usesOwnBackend() && deployedStacks().length === 0;
  const trustChanged = await upTrustAndStartClusters(tools, isNew ? [] : trusts, progress);
  const meshesChanged = await upMeshes(tools, { meshes, trusts, pin, isNew }, progress);
  if (!trustChanged && !meshesChanged) progress.note("every stack reports no changes");

  if (options.verify) await verify(tools, progress);
  const total = (Date.now() - started) / 1000;
  const parts = `tools ${duration(toolSeconds)}, the rest ${duration(total - toolSeconds)}`;
  progress.note(`up in ${duration(total)} (${parts})`);
}

/** Names of this clone's stacks that are up. */
function stacksUp(): string[] {
  if (usesOwnBackend()) return deployedStacks();
  throw new UserError("example-of-other-backend", {
    subject: "--example",
    problem: "the state is not in this clone, so that it is unknown which example is up",
    remedy: "Unset PULUMI_BACKEND_URL, or copy the files of the example to stacks/",
  });
}

/** Checks that the machine can run the clusters, before anything is downloaded or built. */
async function checkMachine(source: Source, onKind: string[], progress: Progress): Promise<void> {
  if (await needsLab(source, root)) await (await loadOffline()).ensurePrerequisites(progress);
  else await ensureDocker(onKind, progress);
}

/** Brings up the trust stacks while the lab and the nodes start. Returns whether a trust stack changed. */
async function upTrustAndStartClusters(tools: Toolchain, trusts: string[], progress: Progress): Promise<boolean> {
  // Both end before the failure of either is thrown: an interrupted Pulumi leaves its lock and a partial state.
  const [trust, clusters] = await Promise.allSettled([
    upAll(tools, trusts, progress),
    startLabAndNodes(tools, progress),
  ]);
  if (trust.status === "rejected") throw trust.reason;
  if (clusters.status === "rejected") throw clusters.reason;
  return trust.value.some((result) => result.changed);
}

/** Starts the lab where one is needed, and the stopped nodes of the clusters. */
async function startLabAndNodes(tools: Toolchain, progress: Progress): Promise<void> {
  const lab = (await needsLab(tools.source, root)) ? await (await loadOffline()).startLab(root, progress) : undefined;
  await startClusters(progress, lab?.env);
}

async function verify(tools: Toolchain, progress: Progress): Promise<void> {
  progress.note("next: a real request through each import");
  const code = await verifyInLab(tools, ["--wait", "30"]);
  if (code !== 0)
    throw new UserError("verification-failed", {
      subject: "the federation",
      problem: "it is up, but a call through an import failed",
      remedy: "Run `npm run verify` to repeat the calls",
    });
}
