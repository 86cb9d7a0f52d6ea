import { existsSync, readFileSync } from "node:fs";
import { findLab, startLab, stopLab } from "../lab/index.ts";
import { meshStackFiles } from "../infra/stackFiles.ts";
import { consoleProgress, type Progress } from "../toolchain/progress.ts";
import type { Toolchain } from "../toolchain/index.ts";
import { failWith, readArguments } from "./arguments.ts";
import { importersFirst } from "./order.ts";
import { operate } from "./pulumiCommand.ts";
import { repairStack } from "./repair.ts";
import { prepareTools } from "./tools.ts";
import { root, stateFile, usesOwnBackend } from "./workspace.ts";

const usage = `npm run down

Destroys every mesh, importers first, then the trust stack, and stops the lab. Leaves no cluster, container, daemon or
network namespace of this clone; keeps the tool cache, and whatever it did not make.`;

async function main(): Promise<void> {
  readArguments({}, usage);
  const progress = consoleProgress(process.stdout);
  const tools = await prepareTools({ progress });
  const stacks = importersFirst(meshStackFiles(root));
  const deployed = [...stacks.map((s) => s.stack), "trust"].filter(hasResources);
  if (deployed.length > 0) {
    // Deleting what lives in a cluster needs its network; an engine that died is started again for it.
    if (tools.source === "registry" && !(await findLab(root))) await startLab(root, progress);
    for (const stack of deployed) await destroy(tools, stack, progress);
  }
  if (tools.source === "registry") await stopLab(root, progress);
  progress.note("down: nothing of this clone is left running");
}

async function destroy(tools: Toolchain, stack: string, progress: Progress): Promise<void> {
  await repairStack(tools, stack, progress);
  const step = progress.step(`destroy ${stack}`);
  try {
    // A cluster that is gone or dead must not keep its objects in the state.
    const result = await operate(tools, "destroy", stack, (line) => step.update(line), [], { PULUMI_K8S_DELETE_UNREACHABLE: "true" });
    step.done(result.counts);
  } catch (error) {
    step.fail("see below");
    throw error;
  }
}

/** Whether a stack has anything to destroy; of another backend, only Pulumi itself can tell. */
function hasResources(stack: string): boolean {
  if (!usesOwnBackend()) return true;
  if (!existsSync(stateFile(stack))) return false;
  const state = JSON.parse(readFileSync(stateFile(stack), "utf8")) as { checkpoint?: { latest?: { resources?: unknown[]; pending_operations?: unknown[] } } };
  const latest = state.checkpoint?.latest;
  return (latest?.resources?.length ?? 0) > 0 || (latest?.pending_operations?.length ?? 0) > 0;
}

main().then(() => process.exit(0), failWith);
