import { existsSync } from "node:fs";
import { loadOffline } from "../tools/offline.ts";
import type { Toolchain } from "../tools/index.ts";
import type { Progress } from "../tools/progress.ts";
import type { Source } from "../tools/source.ts";
import { needsLab } from "../workspace/needsLab.ts";
import { operate } from "../workspace/pulumiCommand.ts";
import { meshStackFiles, trustStacks } from "../workspace/stackFiles.ts";
import { deployedStacks, isTrustStack } from "../workspace/state.ts";
import { prepareTools, rememberedSource } from "../workspace/tools.ts";
import { paths, root, usesOwnBackend } from "../workspace/workspace.ts";
import { importersFirst, inCycles } from "./order.ts";
import { repairStack } from "./repair.ts";

/** What `down` destroys. */
interface DownPlan {
  /** Stacks in the order in which they are destroyed: orphans, meshes, trust. */
  stacks: string[];
  /** Meshes that import from each other. Their imports are removed first. */
  cyclic: string[];
  /** Stacks that are up but have no stack file. The imports of these meshes are unknown. */
  orphans: string[];
}

/** Destroys every stack of this clone and stops the lab. */
export async function down(progress: Progress): Promise<void> {
  // Without the state it is unknown what this clone created.
  const stateMissing = usesOwnBackend() && !existsSync(paths.state);
  const plan = planDown();
  // With nothing to destroy, no tools are needed, which a fresh clone would have to build.
  const tools = plan.stacks.length > 0 ? await prepareTools({ progress }) : undefined;
  if (tools) await destroyAll(tools, plan, progress);
  // After the deletion of .federation the source is unknown, and there may still be a lab.
  const source = tools?.source ?? rememberedSource() ?? (process.platform === "linux" ? "registry" : "release");
  if (source === "registry") await (await loadOffline()).stopLab(root, progress);
  progress.note(stateMissing ? missingState(source) : "down: nothing of this clone is left running");
}

function planDown(): DownPlan {
  const meshes = importersFirst(meshStackFiles(root));
  const names = meshes.map((mesh) => mesh.stack);
  const trusts = trustStacks(root);
  // Only Pulumi knows the stacks of another backend. Those of the clone's own are destroyed without a stack file too.
  const deployed = usesOwnBackend() ? deployedStacks() : [...names, ...trusts];
  const undeclared = deployed.filter((stack) => !trusts.includes(stack) && !names.includes(stack));
  const orphans = undeclared.filter((stack) => !isTrustStack(stack));
  const declared = [...names, ...trusts].filter((stack) => deployed.includes(stack));
  return {
    stacks: [...orphans, ...declared, ...undeclared.filter(isTrustStack)],
    cyclic: inCycles(meshes)
      .map((mesh) => mesh.stack)
      .filter((stack) => deployed.includes(stack)),
    orphans,
  };
}

async function destroyAll(tools: Toolchain, plan: DownPlan, progress: Progress): Promise<void> {
  // The deletion of objects in a cluster needs its network, so a stopped engine is started.
  const inLab = (await needsLab(tools.source, root)) || (tools.source === "registry" && plan.orphans.length > 0);
  const { findLab, startLab } = await loadOffline();
  if (inLab && !(await findLab(root))) await startLab(root, progress);
  let force = plan.orphans.length > 0;
  for (const stack of plan.cyclic) if (!(await removeImports(tools, stack, progress))) force = true;
  for (const stack of plan.stacks) await destroy(tools, stack, force, progress);
}

/**
 * Deletes the objects of an unreachable cluster from the state.
 * https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/
 */
const deleteUnreachable = { PULUMI_K8S_DELETE_UNREACHABLE: "true" };

/**
 * Removes the imports of a mesh, so that meshes which import from each other can be destroyed. Returns false when that
 * fails, as with a dead cluster: the meshes are then destroyed with their imports.
 */
async function removeImports(tools: Toolchain, stack: string, progress: Progress): Promise<boolean> {
  await repairStack(tools, stack, progress);
  const step = progress.step(`remove imports of ${stack}`);
  try {
    const env = { ...deleteUnreachable, MESH_FEDERATION_WITHOUT_IMPORTS: "1" };
    const { counts } = await operate(tools, "up", stack, { onLine: (line) => step.update(line), env });
    step.done(counts);
    return true;
  } catch (error) {
    step.fail("continuing");
    progress.note((error as Error).message);
    return false;
  }
}

/** @param force whether to destroy a mesh although others import from it */
async function destroy(tools: Toolchain, stack: string, force: boolean, progress: Progress): Promise<void> {
  await repairStack(tools, stack, progress);
  const step = progress.step(`destroy ${stack}`);
  try {
    const env = { ...deleteUnreachable, ...(force ? { MESH_FEDERATION_ALLOW_BREAKING: "1" } : {}) };
    const { counts } = await operate(tools, "destroy", stack, { onLine: (line) => step.update(line), env });
    step.done(counts);
  } catch (error) {
    step.fail("see below");
    throw error;
  }
}

function missingState(source: Source): string {
  const lab = source === "registry" ? "No lab of this clone runs, but " : "";
  const clusters = "KinD clusters in this machine's docker engine (`kind get clusters` lists them)";
  return (
    `down: ${paths.state} does not exist, so it is unknown what this clone created. ` +
    `${lab}${clusters} and objects in existing clusters were not checked.`
  );
}
