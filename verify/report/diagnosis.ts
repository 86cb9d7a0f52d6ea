import { findingText } from "../../federation/errors/userError.ts";
import type { EdgeResult } from "../checkEdge.ts";
import { edgeName } from "../edge.ts";
import { hopOf, type HopResult } from "../hops/registry.ts";
import { pageOf } from "../page.ts";
import { paint, wrap } from "./text.ts";

/** Words for a state in the columns and lines of reports. */
export const stateWords = { passed: "pass", failed: "FAIL", unknown: "unknown" } as const;

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

function seenFrom(hop: HopResult): string {
  return hop.inferred && hop.state !== "unknown" ? ` (seen from ${hop.seenFrom})` : "";
}
