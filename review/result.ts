import { findingSentences, type Finding } from "../federation/errors/userError.ts";
import type { Change } from "./changes/words.ts";
import type { DeploymentOrder } from "./deployment/deploymentOrder.ts";
import { logLine, type StackFinding } from "./findings.ts";
import type { TouchedResource } from "./preview/previewReport.ts";

/** Why a stack has no preview. */
export interface SkipReason {
  code: Finding["code"];
  /** In a few words, such as `its cluster is unreachable`. */
  reason: string;
  /** What exactly keeps it from a preview, such as Pulumi's message. */
  detail?: string | undefined;
}

/** The preview of one stack, or why there is none. */
export type StackPreview =
  | { stack: string; state: "previewed"; counts: string; touched: TouchedResource[]; notes: string[] }
  | ({ stack: string; state: "skipped" } & SkipReason);

/** A policy that a resource violates. */
export interface PolicyViolation {
  stack: string;
  policy: string;
  message: string;
}

/** Everything that a review found. Holds no secret once it is masked. */
export interface ReviewResult {
  /** Changes of whom the meshes trust, and who signs for them. */
  trust: Change[];
  /** All other changes. */
  changes: Change[];
  /** Stacks whose configuration is not valid before or after the change; they are not compared. */
  invalidStacks: string[];
  /** Contract checks and previews that failed. */
  failed: StackFinding[];
  warnings: StackFinding[];
  /** Violations of mandatory policies. */
  violations: PolicyViolation[];
  /** Violations of advisory policies. */
  advisories: PolicyViolation[];
  /** How many policies ran on which stacks, and which stacks have no preview to run them on. */
  policyCoverage: { policies: number; stacks: string[]; notEvaluated: { stack: string; reason: string }[] };
  previews: StackPreview[];
  order: DeploymentOrder;
}

/** What counts as a failure besides failed checks and violations of mandatory policies. */
export interface Required {
  /** A stack that is not previewed. */
  previews?: boolean | undefined;
  /** A stack that cannot be deployed, or whose deployed contract is unknown. */
  order?: boolean | undefined;
}

/** Why a review fails, a line each; empty when it passes. For a log that does not have the report. */
export function failures({ failed, violations, previews, order }: ReviewResult, required: Required = {}): string[] {
  const skipped = required.previews
    ? previews.flatMap((p) => (p.state === "skipped" ? [`not previewed: ${p.stack}: ${skipText(p)} [${p.code}]`] : []))
    : [];
  const blocked = required.order ? order.blocked.map((finding) => `cannot be deployed: ${logLine(finding)}`) : [];
  return [
    ...failed.map((finding) => `check failed: ${logLine(finding)}`),
    ...violations.map(({ stack, policy, message }) => `policy ${policy}: ${stack}: ${message}`),
    ...skipped,
    ...blocked,
  ];
}

/** Why a stack has no preview, with the detail. */
export function skipText({ reason, detail }: SkipReason): string {
  return detail === undefined ? reason : `${reason}: ${detail}`;
}

/** The first of the findings that keep a stack from a preview, as the detail of a {@link SkipReason}. */
export function detailOf(findings: readonly Finding[]): string | undefined {
  return findings[0] && findingSentences(findings[0]);
}
