import { edgeName } from "../edge.ts";
import { failed } from "../evidence.ts";
import type { EdgeResult } from "../checkEdge.ts";
import { pageOf } from "../page.ts";
import { hasPassed, type VerificationReport } from "./report.ts";

/** The results for programs: stable names, no secrets. */
export function jsonReport(report: VerificationReport) {
  return {
    version: 1,
    passed: hasPassed(report),
    seconds: report.seconds,
    edges: report.edges.map(edgeJson),
    // Evidence of a check that passed is of no use to a program.
    negativeChecks: report.negativeChecks.map((c) => ({ ...c, evidence: c.state === "passed" ? null : c.evidence })),
    unreachable: report.unreachable,
    notCalled: report.notCalled,
    pending: report.pending,
    notes: report.notes ?? [],
  };
}

function edgeJson({ edge, passed, failedHop, degraded, problems, hops, identities, evidence }: EdgeResult) {
  const { client, answer, endpoints } = evidence;
  return {
    name: edgeName(edge),
    mesh: edge.mesh,
    from: edge.meshes,
    import: edge.name,
    host: edge.host,
    port: edge.port,
    probe: edge.declared ? edge.probe : null,
    passed,
    failedHop: failedHop ?? null,
    degraded,
    problems: problems.map((problem) => ({ ...problem, page: pageOf(problem.code) })),
    hops,
    servedBy: { mesh: identities.mesh, workload: identities.workload, upstream: identities.upstream },
    caller: identities.caller,
    client: failed(client) ? null : `${edge.client.namespace}/${client.pod}`,
    call: answer?.call ?? null,
    status: answer?.status ?? null,
    headers: answer?.echoed ?? {},
    endpoints: endpoints && !failed(endpoints) ? endpoints : [],
    milliseconds: answer?.milliseconds ?? null,
  };
}
