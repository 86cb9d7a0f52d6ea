import { existsSync } from "node:fs";
import { loadOffline } from "../tools/offline.ts";
import { meshStackFiles, trustStacks } from "../workspace/stackFiles.ts";
import { consoleProgress, type Progress } from "../tools/progress.ts";
import type { Toolchain } from "../tools/index.ts";
import { endWith, failWith, readArguments } from "./arguments.ts";
import { needsLab } from "../workspace/needsLab.ts";
import { importersFirst, inCircles } from "../deploy/order.ts";
import { operate } from "../workspace/pulumiCommand.ts";
import { repairStack } from "../deploy/repair.ts";
import { deployedStacks, holdsTrust } from "../workspace/state.ts";
import { prepareTools, rememberedSource } from "../workspace/tools.ts";
import { paths, root, usesOwnBackend } from "../workspace/workspace.ts";

const usage = `npm run down

Destroys every mesh, importers first (meshes that import from each other un-import first), then the trust stack, and
stops the lab. Leaves no cluster, container, daemon or network namespace of this clone; keeps the tool cache, and whatever it did not make.`;

async function main(): Promise<void> {
  readArguments({}, usage);
  const progress = consoleProgress(process.stdout);
  const stacks = importersFirst(meshStackFiles(root));
  const meshes = stacks.map((s) => s.stack);
  const trusts = trustStacks(root);
  // Without a state nobody knows what was brought up before it was deleted.
  const blind = usesOwnBackend() && !existsSync(paths.state);
  // A stack that is up while its file is gone is destroyed all the same; of another backend, only Pulumi can tell.
  const up = usesOwnBackend() ? deployedStacks() : [...meshes, ...trusts];
  const orphans = up.filter((stack) => !trusts.includes(stack) && !meshes.includes(stack));
  const unknown = orphans.filter((stack) => !holdsTrust(stack));
  unknown.forEach((stack) => forced.add(stack));
  const last = [...trusts, ...orphans.filter(holdsTrust)];
  const deployed = [...unknown, ...[...meshes, ...last].filter((stack) => up.includes(stack))];
  // Without anything to destroy there is no need of tools, which a fresh clone would have to build first.
  const tools = deployed.length > 0 ? await prepareTools({ progress }) : undefined;
  if (tools) {
    // Deleting what lives in a cluster needs its network; an engine that died is started again for it.
    const inLab = (await needsLab(tools.source, root)) || (tools.source === "registry" && unknown.length > 0);
    const { findLab, startLab } = await loadOffline();
    if (inLab && !(await findLab(root))) await startLab(root, progress);
    for (const { stack } of inCircles(stacks)) if (deployed.includes(stack)) await unimport(tools, stack, progress);
    for (const stack of deployed) await destroy(tools, stack, progress);
  }
  // Where nobody remembers, as when .federation was deleted, there may be a lab all the same.
  const source = tools?.source ?? rememberedSource() ?? (process.platform === "linux" ? "registry" : "release");
  if (source === "registry") await (await loadOffline()).stopLab(root, progress);
  progress.note(
    blind
      ? `down: there is no ${paths.state}, so what this clone brought up before, if anything, is not known: ${source === "registry" ? "no lab of it runs, but " : ""}KinD clusters in this machine's own docker engine (\`kind get clusters\` lists them) and objects in clusters that exist were not looked at`
      : "down: nothing of this clone is left running",
  );
}

/**
 * Takes a mesh's imports away, so that meshes which import from each other do not keep each other from being destroyed.
 * Where that fails, because a cluster is dead, say, the mesh is destroyed with its imports: everything goes anyway.
 */
async function unimport(tools: Toolchain, stack: string, progress: Progress): Promise<void> {
  await repairStack(tools, stack, progress);
  const step = progress.step(`un-import ${stack}`);
  try {
    step.done(
      (
        await operate(tools, "up", stack, (line) => step.update(line), [], {
          MESH_FEDERATION_WITHOUT_IMPORTS: "1",
          PULUMI_K8S_DELETE_UNREACHABLE: "true",
        })
      ).counts,
    );
  } catch (error) {
    step.fail("going on without");
    progress.note((error as Error).message);
    forced.add(stack);
  }
}

/** Meshes whose imports could not be taken away, or whose file is gone, so that nobody knows them. */
const forced = new Set<string>();

async function destroy(tools: Toolchain, stack: string, progress: Progress): Promise<void> {
  await repairStack(tools, stack, progress);
  const step = progress.step(`destroy ${stack}`);
  try {
    // A cluster that is gone or dead must not keep its objects in the state.
    const result = await operate(tools, "destroy", stack, (line) => step.update(line), [], {
      PULUMI_K8S_DELETE_UNREACHABLE: "true",
      ...(forced.size > 0 ? { MESH_FEDERATION_ALLOW_BREAKING: "1" } : {}),
    });
    step.done(result.counts);
  } catch (error) {
    step.fail("see below");
    throw error;
  }
}

main().then(() => endWith(0), failWith);
