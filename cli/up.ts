import { federationOutput } from "../federation/contract/contract.ts";
import { loadOffline } from "../tools/offline.ts";
import { meshStackFiles, trustStacks } from "../workspace/stackFiles.ts";
import { consoleProgress, duration, type Progress } from "../tools/progress.ts";
import type { Source } from "../tools/source.ts";
import type { Toolchain } from "../tools/index.ts";
import { endWith, failWith, readArguments } from "./arguments.ts";
import { ensureDocker } from "../workspace/docker.ts";
import { needsLab } from "../workspace/needsLab.ts";
import { operate, stackOutputs, type StackResult } from "../workspace/pulumiCommand.ts";
import { repairStack, wakeClusters } from "../deploy/repair.ts";
import { prepareTools } from "../workspace/tools.ts";
import { verifyInLab } from "../workspace/enterLab.ts";
import { root } from "../workspace/workspace.ts";

const usage = `npm run up [-- --source release|registry] [--no-verify]

Brings up the whole federation: tools, (in registry mode, for clusters that are made) the lab, the trust stack if there
is one, every mesh, their imports; then sends a real request through each import. Runs again from where it was stopped;
a second run changes nothing.`;

/** Rounds of bringing meshes up; each round makes the imports whose peers came up in the one before. */
const maximumRounds = 5;

async function main(): Promise<void> {
  const options = readArguments({ source: { type: "string" }, "no-verify": { type: "boolean" } }, usage);
  const started = Date.now();
  const progress = consoleProgress(process.stdout);
  const [trusts, meshes] = [trustStacks(root), meshStackFiles(root)];
  progress.note(`meshes: ${meshes.map((m) => m.name).join(", ")}; next: tools`);
  const onKind = meshes.filter((m) => m.onKind).map((m) => m.name);
  const before = async (source: Source) =>
    (await needsLab(source, root))
      ? (await loadOffline()).ensurePrerequisites(progress)
      : ensureDocker(onKind, progress);
  const tools = await prepareTools({ forced: options.source, announce: true, progress, before });
  const toolsReady = Date.now();

  for (const stack of [...trusts, ...meshes.map((m) => m.stack)]) await repairStack(tools, stack, progress);
  // A trust stack talks to no cluster, so it need not wait for the lab's engine.
  const clusters = startClusters(tools, progress);
  // Both end before either's failure is thrown: a Pulumi that is cut short leaves its lock and half a state.
  const [trust, awake] = await Promise.allSettled([upStacks(tools, trusts, progress), clusters]);
  if (trust.status === "rejected") throw trust.reason;
  if (awake.status === "rejected") throw awake.reason;
  const changed = trust.value.some((r) => r.changed);
  const meshesChanged = await upUntilNothingIsPending(
    tools,
    meshes.map((m) => m.stack),
    progress,
  );
  if (!changed && !meshesChanged) progress.note("every stack reports no changes");

  if (!options["no-verify"]) {
    progress.note("next: a real request through each import");
    const code = await verifyInLab(tools, ["--wait", "30"]);
    if (code !== 0)
      throw new Error("the federation is up, but a request through it failed; `npm run verify` tries again");
  }
  const total = (Date.now() - started) / 1000;
  progress.note(
    `up in ${duration(total)} (tools ${duration((toolsReady - started) / 1000)}, the rest ${duration(total - (toolsReady - started) / 1000)})`,
  );
}

/** Starts the lab where one is needed, and the stopped nodes of the clusters. */
async function startClusters(tools: Toolchain, progress: Progress): Promise<void> {
  const lab = (await needsLab(tools.source, root)) ? await (await loadOffline()).startLab(root, progress) : undefined;
  await wakeClusters(progress, lab?.env);
}

/**
 * Brings meshes up side by side, and again those that wait for another: their imports are pending, or what they ask for
 * fits only what another publishes after this round (a new export and its import, or both taken away). Returns whether
 * anything changed.
 */
async function upUntilNothingIsPending(tools: Toolchain, stacks: string[], progress: Progress): Promise<boolean> {
  let next = stacks;
  let changed = false;
  let before = "";
  for (let round = 1; next.length > 0; round++) {
    const { results, failures } = await tryStacks(tools, next, progress);
    const moved = results.some((r) => r.changed);
    changed ||= moved;
    const refused = [...failures].filter(([, message]) => refusedForPeers.test(message)).map(([stack]) => stack);
    if (failures.size > refused.length || (refused.length > 0 && (!moved || round === maximumRounds)))
      throw failed(failures);
    const pending = await pendingImports(
      tools,
      stacks.filter((stack) => !refused.includes(stack)),
    );
    const text = JSON.stringify(pending);
    if (pending.length > 0 && ((text === before && !moved) || round === maximumRounds))
      throw new Error(
        `imports stay pending:\n${pending.map((p) => `  ${p.stack}: ${p.name} from ${p.from}: ${p.reason}`).join("\n")}`,
      );
    before = text;
    const waiting = [...new Set(pending.map((p) => p.stack))];
    if (refused.length > 0) progress.note(`next: ${refused.join(", ")} again, whose peers have changed meanwhile`);
    if (waiting.length > 0) progress.note(`next: imports of ${waiting.join(", ")}, whose peers are up now`);
    next = [...refused, ...waiting];
  }
  return changed;
}

/** How the program heads what it refuses because of what other meshes publish or import. */
const refusedForPeers =
  /the imports of mesh ".*" do not fit what its peers publish:|the exports of mesh ".*" cannot be made so:/;

async function pendingImports(
  tools: Toolchain,
  stacks: string[],
): Promise<{ stack: string; name: string; from: string; reason: string }[]> {
  const outputs = await Promise.all(stacks.map((stack) => stackOutputs(tools, stack)));
  return stacks.flatMap((stack, i) =>
    (outputs[i]?.[federationOutput]?.pendingImports ?? []).map((p: any) => ({ stack, ...p })),
  );
}

/** `pulumi up` of stacks side by side; all of them must come up. */
async function upStacks(tools: Toolchain, stacks: string[], progress: Progress): Promise<StackResult[]> {
  const { results, failures } = await tryStacks(tools, stacks, progress);
  if (failures.size > 0) throw failed(failures);
  return results;
}

/** `pulumi up` of stacks side by side. One that fails lets the others finish; what it said is in `failures`, by stack. */
async function tryStacks(
  tools: Toolchain,
  stacks: string[],
  progress: Progress,
): Promise<{ results: StackResult[]; failures: Map<string, string> }> {
  const results: StackResult[] = [];
  const failures = new Map<string, string>();
  await Promise.all(
    stacks.map(async (stack) => {
      const step = progress.step(`up ${stack}`);
      try {
        const result = await operate(tools, "up", stack, (line) => step.update(line));
        step.done(result.counts);
        results.push(result);
      } catch (error) {
        step.fail(refusedForPeers.test((error as Error).message) ? "it does not fit its peers" : "see below");
        failures.set(stack, (error as Error).message);
      }
    }),
  );
  return { results, failures };
}

function failed(failures: Map<string, string>): Error {
  return new Error(
    `${[...failures.values()].join("\n\n")}\nmend that and run \`npm run up\` again; what is up stays up`,
  );
}

main().then(() => endWith(0), failWith);
