import type { Finding } from "../federation/errors/userError.ts";
import { deadGateways } from "./deadGateways.ts";
import { edgeName, type Edge } from "./edge.ts";
import { failed, type Evidence } from "./evidence.ts";
import { checkHops, firstFailed, type HopResult } from "./hops/registry.ts";
import { identify, type Identities } from "./identity.ts";
import { subsetProblems } from "./subsets.ts";

/** The result of verifying one edge. */
export interface EdgeResult {
  edge: Edge;
  passed: boolean;
  /** The result of every hop, in order. */
  hops: HopResult[];
  /** The first failed hop. */
  failedHop: HopResult | undefined;
  /** Problems that no hop shows: another server or caller than expected, a subset, a dead gateway. */
  problems: Finding[];
  /** Whether the only problem is that some of several gateways are dead: calls still get through. */
  degraded: boolean;
  identities: Identities;
  evidence: Evidence;
}

/** Checks an edge by its evidence. */
export function checkEdge(edge: Edge, evidence: Evidence, knownMeshes: string[]): EdgeResult {
  const hops = checkHops(edge, evidence);
  const failedHop = firstFailed(hops);
  const identities = identify(edge, evidence, knownMeshes);
  const result = { edge, hops, failedHop, identities, evidence };
  // What follows from a failed hop is no problem of its own.
  if (failedHop) return { ...result, passed: false, problems: [], degraded: false };
  const problems = [...identities.problems, ...subsetProblems(edge, evidence), ...unexplainedFailure(edge, evidence)];
  const dead = deadGateways(edge, evidence);
  return {
    ...result,
    passed: problems.length + dead.length === 0,
    problems: [...problems, ...dead],
    degraded: dead.length > 0 && problems.length === 0,
  };
}

function unexplainedFailure(edge: Edge, { client, answer }: Evidence): Finding[] {
  if (answer?.passed) return [];
  const status = answer?.status !== undefined ? `status ${answer.status}` : answer?.problem || "closed at once";
  const reason = failed(client) ? client.failure : answer ? status : "no call was made";
  return [
    {
      code: "edge-call-failed",
      subject: edgeName(edge),
      problem: `the call failed (${reason}), and no hop shows the reason`,
      remedy: "Run `npm run verify` again, and read the log of the client's sidecar",
    },
  ];
}
