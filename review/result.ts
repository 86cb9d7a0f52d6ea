import type { DeploymentOrder } from "./deployment/deploymentOrder.ts";
import type { FailedCheck } from "./revision/planRevision.ts";
import type { TouchedResource } from "./preview/previewReport.ts";
import type { Change } from "./changes/words.ts";

/** The preview of one stack, or why there is none. */
export type StackPreview =
  | { stack: string; state: "previewed"; counts: string; touched: TouchedResource[]; notes: string[] }
  | { stack: string; state: "skipped"; reason: string };

/** A policy that a resource violates. */
export interface PolicyFinding {
  stack: string;
  policy: string;
  message: string;
}

/** Everything that a review found. Holds no secret once it is masked. */
export interface ReviewResult {
  changes: Change[];
  /** Stacks whose configuration cannot be read, before or after. */
  notCompared: string[];
  /** Contract checks and previews that failed. */
  failed: FailedCheck[];
  warnings: FailedCheck[];
  policies: PolicyFinding[];
  /** How many policies ran, on which stacks, and on which they could not, and why. */
  policiesRan: { policies: number; stacks: string[]; notJudged: { stack: string; why: string }[] };
  previews: StackPreview[];
  order: DeploymentOrder;
}

/** What counts as a failure besides failed checks. */
export interface Required {
  /** A stack that could not be previewed. */
  previews?: boolean | undefined;
  /** A stack that could not be deployed, or of which nobody knows what is deployed. */
  order?: boolean | undefined;
}

/** Whether something must be mended before this may be merged. */
export function hasFailed(result: ReviewResult, required: Required = {}): boolean {
  return failures(result, required).length > 0;
}

/** What makes a review fail, a line each: a log that does not have the report says why the job ended. */
export function failures({ failed, policies, previews, order }: ReviewResult, required: Required = {}): string[] {
  const skipped = required.previews
    ? previews.flatMap((p) => (p.state === "skipped" ? [`not previewed: ${p.stack}: ${p.reason}`] : []))
    : [];
  const blocked = required.order
    ? order.blocked.map(({ stack, message }) => `cannot be deployed: ${stack}: ${message}`)
    : [];
  return [
    ...failed.map(({ stack, message }) => `check failed: ${stack}: ${message}`),
    ...policies.map(({ stack, policy, message }) => `policy ${policy}: ${stack}: ${message}`),
    ...skipped,
    ...blocked,
  ];
}
