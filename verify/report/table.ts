import { findingText, inline } from "../../federation/errors/userError.ts";
import { duration } from "../../tools/progress.ts";
import type { EdgeResult } from "../checkEdge.ts";
import { edgeName, type Edge } from "../edge.ts";
import { failed } from "../evidence.ts";
import { hopOf, type HopResult } from "../hops/registry.ts";
import type { NegativeResult } from "../negativeChecks/result.ts";
import { pageOf } from "../page.ts";
import type { VerificationReport } from "./report.ts";
import { columns, cutMiddle, paint, wrap } from "./text.ts";

/** Width of the column with the imports. */
const importWidth = 26;

/** Words for a state in the columns and lines of reports. */
const stateWords = { passed: "pass", failed: "FAIL", unknown: "unknown" } as const;
const stateColours = { passed: "green", failed: "red", unknown: "yellow" } as const;

/** The results as a table that fits 80 columns, with a paragraph for each failure. */
export function table(report: Omit<VerificationReport, "seconds">, colour: boolean): string {
  const { edges, negativeChecks, notCalled, pending, unreachable, notes = [] } = report;
  const lines = [...edgeTable(edges, colour), ...negativeTable(negativeChecks, colour)];
  for (const result of edges.filter((r) => !r.passed)) lines.push("", ...diagnosis(result, colour));
  for (const check of negativeChecks.filter((c) => c.state === "failed"))
    lines.push("", ...wrap(`${check.name}: ${check.evidence} [${check.code}] ${check.page}`, "  "));
  for (const check of negativeChecks.filter((c) => c.remedy))
    lines.push("", ...wrap(`${check.name}: ${check.evidence}; ${check.remedy}`, "  "));
  for (const sentence of notes) lines.push("", ...wrap(`NOTE: ${sentence}`, "  "));
  for (const sentence of notCalled) lines.push("", ...wrap(`NOT CALLED: ${sentence}`, "  "));
  for (const sentence of pending) lines.push("", ...wrap(`PENDING: ${sentence}`, "  "));
  for (const sentence of unreachable) lines.push("", ...wrap(`UNREACHABLE: ${sentence}`, "  "));
  return `${lines.join("\n")}\n`;
}

function edgeTable(edges: EdgeResult[], colour: boolean): string[] {
  if (edges.length === 0) return [];
  const rows = edges.map((r) => [
    shortName(r.edge, importWidth),
    stateOf(r),
    r.identities.mesh,
    account(r.identities.workload),
    account(r.identities.caller),
  ]);
  return columns(["IMPORT", "RESULT", "MESH", "SERVER", "CALLER"], rows, [importWidth, 15, 6, 15, 14], (row, line) =>
    paint(line, edges[row]!.passed ? "green" : "red", colour),
  );
}

function negativeTable(checks: NegativeResult[], colour: boolean): string[] {
  if (checks.length === 0) return [];
  const rows = checks.map((c) => [c.name, stateWords[c.state], c.control]);
  return [
    "",
    ...columns(["NEGATIVE CHECKS", "RESULT", "CONTROL"], rows, [43, 7, 28], (row, line) =>
      paint(line, stateColours[checks[row]!.state], colour),
    ),
  ];
}

/** Why an edge failed: the hops up to the failed one, its evidence and its remedy. */
export function diagnosis(result: EdgeResult, colour = false): string[] {
  const { edge, failedHop, degraded, problems, hops } = result;
  const at = failedHop && `failed at ${hopOf(failedHop.hop).title} [${failedHop.code}]`;
  const reason = at ?? (degraded ? "degraded" : "failed");
  const lines = wrap(`${edgeName(edge)}: ${reason}`, "", 2).map((line) => paint(line, "red", colour));
  const shown = failedHop ? hops.slice(0, hops.indexOf(failedHop) + 1) : hops;
  for (const hop of shown)
    lines.push(...wrap(`${hopOf(hop.hop).title}: ${hop.evidence}${seenFrom(hop)}`, label(stateWords[hop.state]), 10));
  if (failedHop) {
    lines.push(...wrap(failedHop.remedy!, label("REMEDY"), 10));
    lines.push(...wrap(failedHop.page, label("PAGE"), 10));
    if (failedHop.cause) lines.push(...wrap(`${failedHop.cause} ${pageOf(failedHop.cause)}`, label("CAUSE"), 10));
  }
  for (const problem of problems) {
    lines.push(...wrap(findingText(problem), label("PROBLEM"), 10));
    lines.push(...wrap(pageOf(problem.code), label("PAGE"), 10));
  }
  return lines;
}

function label(text: string): string {
  return `  ${text.padEnd(8)}`;
}

/** The call of an edge in full: the call, its answer, and the endpoints of the sidecar. */
export function details({ edge, evidence, identities }: EdgeResult): string {
  const { client, answer, endpoints } = evidence;
  const from = failed(client) ? "no client pod" : `${edge.client.namespace}/${client.pod}`;
  const lines = [`${edge.meshes.join("+")} -> ${edge.mesh}: ${answer?.call || "no call"} from ${from}`];
  if (answer?.status !== undefined) lines.push(`  status ${answer.status}`);
  if (answer && Object.keys(answer.echoed).length > 0)
    lines.push(
      ...JSON.stringify({ headers: answer.echoed }, null, 2)
        .split("\n")
        .map((line) => `  ${line}`),
    );
  if (endpoints && !failed(endpoints))
    for (const e of endpoints)
      lines.push(`  endpoint ${e.address} ${e.health}${identities.upstream.includes(e.address) ? " (used)" : ""}`);
  return `${lines.map(inline).join("\n")}\n`;
}

/** The numbers of a run in one line. */
export function summary({ edges, notCalled, pending, seconds }: VerificationReport): string {
  const failures = edges.filter((r) => !r.passed).length;
  const counts = [
    `${edges.length - failures} passed, ${failures} failed`,
    ...(notCalled.length > 0 ? [`${notCalled.length} not called`] : []),
    ...(pending.length > 0 ? [`${pending.length} pending`] : []),
  ].join("; ");
  const ports = `${edges.length} import port${edges.length === 1 ? "" : "s"}`;
  const nothing = edges.length + notCalled.length + pending.length === 0 ? "there are no imports\n" : "";
  return `${nothing}verified ${ports} in ${duration(seconds)}: ${counts}\n`;
}

/** An edge's name in `max` characters: the meshes are cut first, then the import's name; never the port. */
function shortName(edge: Edge, max: number): string {
  const whole = edgeName(edge);
  if (whole.length <= max) return whole;
  const [tail, port] = [`/${edge.name}:${edge.port.number}`, `:${edge.port.number}`];
  if (tail.length + 2 <= max) return `${whole.slice(0, max - 2 - tail.length)}..${tail}`;
  return `${cutMiddle(edge.name, max - port.length)}${port}`;
}

function stateOf({ passed, failedHop, degraded, edge }: EdgeResult): string {
  if (passed) return edge.declared ? "pass" : "pass (connect)";
  if (failedHop) return `FAIL ${hopOf(failedHop.hop).short}`;
  return degraded ? "DEGRADED" : "FAIL";
}

function seenFrom(hop: HopResult): string {
  return hop.inferred && hop.state !== "unknown" ? ` (seen from ${hop.seenFrom})` : "";
}

/** `namespace/account` of a SPIFFE ID; other texts unchanged. */
function account(id: string): string {
  return id.replace(/spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/,]+)/g, "$1/$2");
}
