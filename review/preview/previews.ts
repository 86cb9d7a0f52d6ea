import { deploymentOrder, sameContract, stateOf, type DeploymentOrder } from "../deployment/deploymentOrder.ts";
import { byStack, inStack, type StackFinding } from "../findings.ts";
import type { PlannedFederation } from "../revision/planRevision.ts";
import { unreachableCluster } from "./unreachable.ts";
import { countsOf, type PreviewedResource } from "./previewReport.ts";
import type { Change } from "../changes/words.ts";
import { previewTrust } from "../trust/previewTrust.ts";
import { detailOf, skipText, type SkipReason, type StackPreview } from "../result.ts";
import { namedFiles } from "../revision/certificateFiles.ts";
import type { Revision } from "../revision/revision.ts";
import type { Progress } from "../../tools/progress.ts";
import type { Toolchain } from "../../tools/index.ts";
import { terminal } from "../report/terminal.ts";
import { runPreview } from "./runPreview.ts";
import { firstLine } from "../deployment/pulumiMessage.ts";
import type { Deployed } from "../deployment/readDeployed.ts";
import { forEachStack } from "../concurrency.ts";

/** Previews of the stacks of the head, those that failed, and the resources after the change. */
export interface Previews {
  previews: StackPreview[];
  failed: StackFinding[];
  /** Resources after the change, by stack; only of previewed stacks. */
  resources: Map<string, PreviewedResource[]>;
  /** Changes of trust in the previews. */
  trust: Change[];
  order: DeploymentOrder;
}

/** Previews the stacks, two at a time. A stack that cannot be previewed has the reason. Changes nothing. */
export async function previewStacks(
  tools: Toolchain,
  head: Revision,
  federation: PlannedFederation,
  deployed: Deployed,
  progress: Progress,
): Promise<Previews> {
  const order = orderFor(head, federation, deployed);
  const result: Previews = { previews: [], failed: [], resources: new Map(), trust: [], order };
  const trustOf = new Map<string, Change[]>();
  result.previews = await forEachStack(head.stacks, async ({ stack, role, problem }): Promise<StackPreview> => {
    const reason = problem ? invalid : whySkipped(stack, role, head, federation, deployed, order);
    if (reason) return { stack, state: "skipped", ...reason };
    const step = progress.step(`preview ${terminal(stack)}`);
    const preview = await previewStack(tools, stack, { ...result, trustOf });
    step.done(preview.state === "previewed" ? preview.counts : "not previewed");
    return preview;
  });
  result.failed.sort(byStack);
  result.trust = head.stacks.flatMap(({ stack }) => trustOf.get(stack) ?? []);
  const changed = (stack: string): boolean => {
    const preview = result.previews.find((p) => p.stack === stack);
    return preview?.state !== "previewed" || preview.touched.length > 0 || differs(stack, federation, deployed);
  };
  const trust = deployed.backendError ? [] : head.stacks.filter((s) => s.role === "trust").map((s) => s.stack);
  return { ...result, order: { ...order, steps: [...trust, ...order.steps].filter(changed) } };
}

/** The order of deployment. An unreadable or invalid stack is blocked; without the backend all stacks are. */
function orderFor(
  head: Revision,
  federation: PlannedFederation,
  { backendError, unreadable, contracts }: Deployed,
): DeploymentOrder {
  if (backendError) {
    const { code, reason, detail } = backendError;
    const finding = { code, subject: "deployment", problem: skipText({ code, reason, detail }), remedy: "" };
    return { steps: [], unfinished: [], blocked: head.stacks.flatMap(({ stack }) => inStack(stack, [finding])) };
  }
  const order = deploymentOrder(head, federation, contracts);
  const invalidStacks = federation.failed.filter(
    (f) => head.stacks.some((s) => s.stack === f.stack) && !federation.meshes.some((m) => m.stack === f.stack),
  );
  return { ...order, blocked: [...unreadable, ...invalidStacks, ...order.blocked] };
}

/** Whether the contract of a stack changes, which is possible without a change of any resource. */
function differs(stack: string, federation: PlannedFederation, deployed: Deployed): boolean {
  const planned = federation.meshes.find((m) => m.stack === stack)?.contract;
  return planned !== undefined && !sameContract(planned, deployed.contracts.get(planned.mesh.name));
}

/** The finding is one of the failed checks. */
const invalid: SkipReason = {
  code: "review-config-invalid",
  reason: "its configuration is not valid, see the checks",
};

/** Why a stack cannot be previewed; undefined when it can. */
function whySkipped(
  stack: string,
  role: string,
  head: Revision,
  federation: PlannedFederation,
  deployed: Deployed,
  order: DeploymentOrder,
): SkipReason | undefined {
  if (deployed.backendError) return deployed.backendError;
  if (!deployed.stacks.includes(stack))
    return {
      code: "review-stack-not-deployed",
      reason: "it is not in the backend yet; `up` creates all its resources",
    };
  const encrypted = deployed.notes.find((n) => n.stack === stack && n.code === "review-state-secrets-unreadable");
  if (encrypted) return { code: encrypted.code, reason: "its secrets cannot be decrypted here" };
  const mesh = federation.meshes.find((m) => m.stack === stack);
  if (role === "trust" ? federation.failed.some((f) => f.stack === stack) : !mesh) return invalid;
  // The program of the stack reads the same files: one that is refused must not be read by a preview either.
  const contracts = Object.values(mesh?.config.peers ?? {}).flatMap(({ file }) => (file === undefined ? [] : [file]));
  const files = [
    ...contracts,
    ...namedFiles(head.stacks).flatMap((named) => (named.stack === stack ? named.file : [])),
  ];
  if (federation.failed.some((f) => f.stack === stack || files.includes(f.stack)))
    return { code: "review-checks-failed", reason: "its checks failed, see above" };
  if (!mesh) return undefined;
  // Checks that fail only against what is deployed now are no fault of the change: other stacks must be deployed first.
  const { findings } = stateOf(mesh, deployed.contracts, head);
  if (findings.length === 0) return undefined;
  const before = order.steps.slice(0, order.steps.indexOf(stack));
  const detail = detailOf(findings);
  return before.length > 0
    ? { code: "review-stack-waits", reason: `it waits for the deployment of ${before.join(", ")}`, detail }
    : { code: "review-stack-blocked", reason: "it cannot be deployed onto what is deployed now", detail };
}

async function previewStack(
  tools: Toolchain,
  stack: string,
  result: Pick<Previews, "failed" | "resources"> & { trustOf: Map<string, Change[]> },
): Promise<StackPreview> {
  // The policies read all resources, so the preview includes those that stay the same.
  const { code, report, stderr } = await runPreview(tools, stack, ["preview", "--json", "--show-sames"]);
  if (!report) return skipped(stack, "review-preview-failed", "Pulumi printed no preview", firstLine(stderr));
  if (code !== 0) {
    const errors = report.errors.length > 0 ? report.errors : [firstLine(stderr)];
    const unreachable = unreachableCluster(errors);
    if (unreachable !== undefined)
      return skipped(stack, "review-cluster-unreachable", "its cluster is unreachable", unreachable);
    const code = "review-preview-failed";
    result.failed.push({ stack, code, subject: "preview", problem: errors.join("\n"), remedy: "" });
    return skipped(stack, code, "its preview failed, see the checks");
  }
  result.resources.set(stack, report.resources);
  result.trustOf.set(stack, await previewTrust(stack, report));
  return { stack, state: "previewed", counts: countsOf(report), touched: report.touched, notes: report.warnings };
}

function skipped(stack: string, code: SkipReason["code"], reason: string, detail?: string): StackPreview {
  return { stack, state: "skipped", code, reason, ...(detail === undefined ? {} : { detail }) };
}
