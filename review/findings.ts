import { UserError, findingSentences, type Finding } from "../federation/errors/userError.ts";

/** A finding about a stack. */
export interface StackFinding extends Finding {
  /** Name of the stack; of a peer's contract file its path. */
  stack: string;
}

/** The findings of an error: its details, or the error itself where it has none. Throws any other error again. */
export function findingsOf(error: unknown): readonly Finding[] {
  if (!(error instanceof UserError)) throw error;
  const { code, subject, problem, remedy, details } = error;
  return details.length > 0 ? details : [{ code, subject, problem, remedy }];
}

/** Findings about a stack. */
export function inStack(stack: string, findings: readonly Finding[]): StackFinding[] {
  return findings.map((finding) => ({ stack, ...finding }));
}

/** Sorts by stack: work in parallel ends in any order, but equal revisions have equal reviews. */
export function byStack(a: StackFinding, b: StackFinding): number {
  return a.stack === b.stack ? 0 : a.stack < b.stack ? -1 : 1;
}

/** A finding as one line of a log: `west: export "orders": ... . ... . [code]`. */
export function logLine({ stack, code, ...finding }: StackFinding): string {
  return `${stack}: ${findingSentences(finding)} [${code}]`;
}
