import { deadGateways } from "./deadGateways.ts";
import type { Edge } from "./edge.ts";
import { failed, type Evidence } from "./evidence.ts";
import { firstBroken, walkHops } from "./hops/index.ts";
import type { Verdict } from "./hops/verdict.ts";
import { identify, type Identities } from "./identity.ts";
import { subsetProblems } from "./subsets.ts";

/** What came of verifying one edge. */
export interface EdgeResult {
  edge: Edge;
  good: boolean;
  /** Every hop's verdict, in order. */
  verdicts: Verdict[];
  /** The first broken hop. */
  broken: Verdict | undefined;
  /** What is wrong beside the hops: somebody else answers, the caller arrives as another, a subset does not, a gateway is dead. */
  problems: string[];
  /** Whether all that is wrong is that some of several gateways are dead: calls still get through. */
  degraded: boolean;
  identities: Identities;
  evidence: Evidence;
}

/** Judges an edge by its evidence. */
export function judgeEdge(edge: Edge, evidence: Evidence, knownMeshes: string[]): EdgeResult {
  const verdicts = walkHops(edge, evidence);
  const broken = firstBroken(verdicts);
  const identities = identify(edge, evidence, knownMeshes);
  const problems = broken ? [] : [...identities.problems, ...subsetProblems(edge, evidence)];
  if (!broken && !evidence.answer?.good)
    problems.push(
      `the call failed (${failureOf(evidence)}), and no hop shows why; run it again, and look at the client's sidecar's log`,
    );
  const dead = broken ? [] : deadGateways(edge, evidence);
  const degraded = dead.length > 0 && problems.length === 0;
  problems.push(...dead);
  return { edge, good: !broken && problems.length === 0, degraded, verdicts, broken, problems, identities, evidence };
}

function failureOf({ client, answer }: Evidence): string {
  if (failed(client)) return client.failure;
  if (!answer) return "no call was made";
  return answer.status !== undefined ? `status ${answer.status}` : answer.problem || "closed at once";
}
