/** Whether something is as it should be; `unknown`: the evidence does not show it. */
export type State = "passed" | "failed" | "unknown";

/** The result of checking one hop. */
export interface HopCheck {
  state: State;
  /** What was observed, in one sentence. */
  evidence: string;
  /** What to do; only where the hop failed. */
  remedy?: string;
  /** Mesh from whose side the hop was observed. */
  seenFrom: string;
  /** Whether the importing side concludes it about something on the exporting side. */
  inferred: boolean;
}

/** Builds results of a hop that is observed from one side. */
export function resultsOf(seenFrom: string, inferred = false) {
  const result = (state: State, evidence: string, remedy?: string): HopCheck => ({
    state,
    evidence,
    seenFrom,
    inferred,
    ...(remedy ? { remedy } : {}),
  });
  return {
    passed: (evidence: string) => result("passed", evidence),
    failed: (evidence: string, remedy: string) => result("failed", evidence, remedy),
    unknown: (evidence: string) => result("unknown", evidence),
  };
}
