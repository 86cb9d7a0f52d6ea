import type { EdgeResult } from "../checkEdge.ts";
import type { NegativeResult } from "../negativeChecks/result.ts";

/** The results of a verification. */
export interface VerificationReport {
  edges: EdgeResult[];
  negativeChecks: NegativeResult[];
  /** A sentence for each mesh that cannot be read or reached. */
  unreachable: string[];
  /** A sentence for each edge without a client. */
  notCalled: string[];
  /** A sentence for each pending import. */
  pending: string[];
  /** A sentence for what was proved otherwise than usual, or not at all, without being a failure. */
  notes?: string[];
  seconds: number;
}

/** Whether everything passed. A negative check without a conclusive result fails no run; its edge does. */
export function hasPassed({ edges, negativeChecks, unreachable }: VerificationReport): boolean {
  return edges.every((e) => e.passed) && negativeChecks.every((c) => c.state !== "failed") && unreachable.length === 0;
}
