import type { ErrorCode } from "../../federation/errors/catalogue/index.ts";

/** Whether something is as it should be; `unknown`: the evidence does not show it. */
export type State = "passed" | "failed" | "unknown";

/** The result of checking one hop. */
export interface HopCheck {
  state: State;
  /** What was observed, in one sentence. */
  evidence: string;
  /** What to do; only where the hop failed. */
  remedy?: string;
  /** Code of a narrower cause, where the evidence shows one. */
  cause?: ErrorCode;
  /** Mesh from whose side the hop was observed. */
  seenFrom: string;
  /** Whether the importing side concludes it about something on the exporting side. */
  inferred: boolean;
}

/** Builds results of a hop that is observed from one side. */
export function resultsOf(seenFrom: string, inferred = false) {
  const result = (state: State, evidence: string, remedy?: string, cause?: ErrorCode): HopCheck => ({
    state,
    evidence,
    seenFrom,
    inferred,
    ...(remedy ? { remedy } : {}),
    ...(cause ? { cause } : {}),
  });
  return {
    passed: (evidence: string) => result("passed", evidence),
    failed: (evidence: string, remedy: string, cause?: ErrorCode) => result("failed", evidence, remedy, cause),
    unknown: (evidence: string) => result("unknown", evidence),
  };
}
