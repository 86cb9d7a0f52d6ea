import { edgeName } from "../edge.ts";
import { failed } from "../evidence.ts";
import type { GuardResult } from "../negativeChecks.ts";
import type { EdgeResult } from "../judgeEdge.ts";

/** The results for programs: stable names, nothing secret. */
export function jsonReport(
  results: EdgeResult[],
  guards: GuardResult[],
  unreachable: string[],
  seconds: number,
  notCalled: string[] = [],
  pending: string[] = [],
) {
  return {
    version: 1,
    good: isGood(results, guards, unreachable),
    seconds,
    edges: results.map(({ edge, good, broken, degraded, problems, verdicts, identities, evidence }) => ({
      name: edgeName(edge),
      mesh: edge.mesh,
      from: edge.meshes,
      import: edge.name,
      host: edge.host,
      port: edge.port,
      probe: edge.declared ? edge.probe : null,
      good,
      broken: broken ?? null,
      degraded,
      problems,
      hops: verdicts,
      servedBy: { mesh: identities.mesh, workload: identities.workload, upstream: identities.upstream },
      caller: identities.caller,
      client: failed(evidence.client) ? null : `${edge.client.namespace}/${evidence.client.pod}`,
      call: evidence.answer?.call ?? null,
      status: evidence.answer?.status ?? null,
      headers: evidence.answer?.echoed ?? {},
      endpoints: evidence.endpoints && !failed(evidence.endpoints) ? evidence.endpoints : [],
      milliseconds: evidence.answer?.milliseconds ?? null,
    })),
    // The evidence is of what was found wrong.
    guards: guards.map((g) => ({ ...g, evidence: g.state === "good" ? null : g.evidence })),
    unreachable,
    notCalled,
    pending,
  };
}

/** Whether all is as it should be. A guard that could not be looked at does not fail the run; its edge does. */
export function isGood(results: EdgeResult[], guards: GuardResult[], unreachable: string[]): boolean {
  return results.every((r) => r.good) && guards.every((g) => g.state !== "bad") && unreachable.length === 0;
}
