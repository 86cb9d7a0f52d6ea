import { deploymentOrder, sameContract, stateOf, type DeploymentOrder } from "../deployment/deploymentOrder.ts";
import { byStack, type FailedCheck, type PlannedFederation } from "../revision/planRevision.ts";
import { outOfReach } from "./unreachable.ts";
import { countsOf, readPreview, type PreviewedResource } from "./previewReport.ts";
import type { StackPreview } from "../result.ts";
import type { Revision } from "../revision/revision.ts";
import type { Progress } from "../../tools/progress.ts";
import type { Toolchain } from "../../tools/index.ts";
import { runPulumi } from "../../workspace/pulumiJson.ts";
import { refreshOwnFile } from "../../workspace/stackConfig.ts";
import { firstLine, type Deployed } from "../deployment/readDeployed.ts";
import { inTwos } from "../concurrency.ts";

/** Previews of the head's stacks, what went wrong in them, and what resources there would be. */
export interface Previews {
  previews: StackPreview[];
  failed: FailedCheck[];
  /** Resources after the change, by stack; only of stacks that were previewed. */
  resources: Map<string, PreviewedResource[]>;
  order: DeploymentOrder;
}

/** Previews each stack that can be, two at a time, and says of the others why not. Changes nothing. */
export async function previewStacks(
  tools: Toolchain,
  head: Revision,
  federation: PlannedFederation,
  deployed: Deployed,
  progress: Progress,
): Promise<Previews> {
  const order = orderFor(head, federation, deployed);
  const result: Previews = { previews: [], failed: [], resources: new Map(), order };
  result.previews = await inTwos(head.stacks, async ({ stack, role, problem }): Promise<StackPreview> => {
    const reason = problem ?? whyNot(stack, role, head, federation, deployed, order);
    if (reason) return { stack, state: "skipped", reason };
    const step = progress.step(`preview ${stack}`);
    const preview = await previewStack(tools, stack, result);
    step.done(preview.state === "previewed" ? preview.counts : "not previewed");
    return preview;
  });
  result.failed.sort(byStack);
  const changed = (stack: string): boolean => {
    const preview = result.previews.find((p) => p.stack === stack);
    return preview?.state !== "previewed" || preview.touched.length > 0 || differs(stack, federation, deployed);
  };
  const trust = deployed.down ? [] : head.stacks.filter((s) => s.role === "trust").map((s) => s.stack);
  return { ...result, order: { ...order, steps: [...trust, ...order.steps].filter(changed) } };
}

/** The order of deployment; blocked where nobody knows what is deployed, and so what has to go first, or what a stack declares. */
function orderFor(
  head: Revision,
  federation: PlannedFederation,
  { down, unread, contracts }: Deployed,
): DeploymentOrder {
  if (down) return { steps: [], stuck: [], blocked: head.stacks.map(({ stack }) => ({ stack, message: down })) };
  const order = deploymentOrder(head, federation, contracts);
  const invalid = federation.failed.filter(
    (f) => head.stacks.some((s) => s.stack === f.stack) && !federation.meshes.some((m) => m.stack === f.stack),
  );
  return { ...order, blocked: [...unread, ...invalid, ...order.blocked] };
}

/** Whether a stack would publish another contract than it does, even where it touches no resource. */
function differs(stack: string, federation: PlannedFederation, deployed: Deployed): boolean {
  const planned = federation.meshes.find((m) => m.stack === stack)?.contract;
  return planned !== undefined && !sameContract(planned, deployed.contracts.get(planned.mesh.name));
}

/** Why a preview of a stack cannot be made; undefined when it is worth trying. */
function whyNot(
  stack: string,
  role: string,
  head: Revision,
  federation: PlannedFederation,
  deployed: Deployed,
  order: DeploymentOrder,
): string | undefined {
  if (deployed.down) return deployed.down;
  if (!deployed.stacks.includes(stack)) return "it is not in the backend yet; everything in it will be created";
  const mesh = federation.meshes.find((m) => m.stack === stack);
  if (role === "trust" ? federation.failed.some((f) => f.stack === stack) : !mesh)
    return "its configuration is not valid, see the checks";
  if (!mesh) return undefined;
  // What fails only against what is deployed now waits for other stacks; that is no fault of the change.
  if (federation.failed.some((f) => f.stack === stack)) return "its checks failed, see above";
  const { problems } = stateOf(mesh, deployed.contracts, head);
  if (problems.length === 0) return undefined;
  const before = order.steps.slice(0, order.steps.indexOf(stack));
  return before.length > 0
    ? `it waits for ${before.join(", ")} to be deployed first: ${problems[0]}`
    : `it cannot be deployed as things are: ${problems[0]}`;
}

async function previewStack(tools: Toolchain, stack: string, result: Previews): Promise<StackPreview> {
  // The policies look at everything there would be, so what stays the same is asked for too.
  const { code, stdout, stderr } = await runPulumi(tools, [
    "preview",
    "--json",
    "--show-sames",
    "--stack",
    stack,
    "--config-file",
    refreshOwnFile(stack),
  ]);
  let report;
  try {
    report = readPreview(stdout);
  } catch {
    return { stack, state: "skipped", reason: firstLine(new Error(stderr)) };
  }
  if (code !== 0) {
    const errors = report.errors.length > 0 ? report.errors : [firstLine(new Error(stderr))];
    const lost = outOfReach(errors);
    if (lost !== undefined) return { stack, state: "skipped", reason: `its cluster cannot be reached: ${lost}` };
    const message = errors.join("\n");
    result.failed.push({ stack, message: `preview: ${message}` });
    return { stack, state: "skipped", reason: "its preview failed, see the checks" };
  }
  result.resources.set(stack, report.resources);
  return { stack, state: "previewed", counts: countsOf(report), touched: report.touched, notes: report.warnings };
}
