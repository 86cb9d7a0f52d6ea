import type { Edge } from "./edge.ts";
import { failed, type Evidence } from "./evidence.ts";
import { firstBroken, walkHops } from "./hops/index.ts";
import type { Verdict } from "./hops/verdict.ts";
import { identify, type Identities } from "./identity.ts";

/** What came of verifying one edge. */
export interface EdgeResult {
  edge: Edge;
  good: boolean;
  /** Every hop's verdict, in order. */
  verdicts: Verdict[];
  /** The first broken hop. */
  broken: Verdict | undefined;
  /** What is wrong beside the hops: somebody else answers, the caller arrives as another. */
  problems: string[];
  identities: Identities;
  evidence: Evidence;
}

/** Judges an edge by its evidence. */
export function judgeEdge(edge: Edge, evidence: Evidence, knownMeshes: string[]): EdgeResult {
  const verdicts = walkHops(edge, evidence);
  const broken = firstBroken(verdicts);
  const identities = identify(edge, evidence, knownMeshes);
  const problems = broken ? [] : [...identities.problems];
  if (!broken && !evidence.answer?.good) problems.push(`the call failed (${failureOf(evidence)}), and no hop shows why; run it again, and look at the client's sidecar's log`);
  return { edge, good: !broken && problems.length === 0, verdicts, broken, problems, identities, evidence };
}

function failureOf({ client, answer }: Evidence): string {
  if (failed(client)) return client.failure;
  if (!answer) return "no call was made";
  return answer.status !== undefined ? `status ${answer.status}` : answer.problem || "closed at once";
}
