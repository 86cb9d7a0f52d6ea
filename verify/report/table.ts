import { edgeName, type Edge } from "../edge.ts";
import { failed } from "../evidence.ts";
import type { GuardResult } from "../negativeChecks.ts";
import { hopTitles, type Verdict } from "../hops/verdict.ts";
import type { EdgeResult } from "../judgeEdge.ts";
import { columns, cutMiddle, paint, wrap } from "./text.ts";

/** Width of the column with the imports. */
const importWidth = 26;

/** The results as a table that fits 80 columns, with a paragraph for each thing that is wrong. */
export function table(
  results: EdgeResult[],
  guards: GuardResult[],
  unreachable: string[],
  colour: boolean,
  notCalled: string[] = [],
  pending: string[] = [],
): string {
  const lines: string[] = [];
  if (results.length > 0) {
    const rows = results.map((r) => [
      shortName(r.edge, importWidth),
      stateOf(r),
      r.identities.mesh,
      account(r.identities.workload),
      account(r.identities.caller),
    ]);
    lines.push(
      ...columns(["IMPORT", "RESULT", "MESH", "SERVER", "CALLER"], rows, [importWidth, 15, 6, 15, 14], (row, line) =>
        paint(line, results[row]!.good ? "green" : "red", colour),
      ),
    );
  }
  if (guards.length > 0)
    lines.push(
      "",
      ...columns(
        ["MUST FAIL, OR NOT EXIST", "RESULT", "CONTROL"],
        guards.map((g) => [g.name, g.state, g.control]),
        [43, 7, 28],
        (row, line) =>
          paint(line, { good: "green", bad: "red", unknown: "yellow" }[guards[row]!.state] as "green", colour),
      ),
    );
  for (const result of results.filter((r) => !r.good)) lines.push("", ...diagnosis(result, colour));
  for (const guard of guards.filter((g) => g.state === "bad"))
    lines.push("", ...wrap(`${guard.name}: ${guard.evidence}`, "  "));
  for (const guard of guards.filter((g) => g.remedy))
    lines.push("", ...wrap(`${guard.name}: ${guard.evidence}; ${guard.remedy}`, "  "));
  for (const text of notCalled) lines.push("", ...wrap(`NOT CALLED: ${text}`, "  "));
  for (const text of pending) lines.push("", ...wrap(`pending: ${text}`, "  "));
  for (const text of unreachable) lines.push("", ...wrap(`UNREACHABLE: ${text}`, "  "));
  return `${lines.join("\n")}\n`;
}

/** What is wrong with an edge: the hops up to the broken one, its evidence and its remedy. */
export function diagnosis(result: EdgeResult, colour = false): string[] {
  const heading = wrap(
    `${edgeName(result.edge)}: ${result.broken ? `broken at ${hopTitles[result.broken.hop]}` : result.degraded ? "degraded" : "not as it should be"}`,
    "",
    2,
  );
  const lines = heading.map((line) => paint(line, "red", colour));
  const shown = result.broken ? result.verdicts.slice(0, result.verdicts.indexOf(result.broken) + 1) : result.verdicts;
  for (const verdict of shown)
    lines.push(
      ...wrap(
        `${hopTitles[verdict.hop]}: ${verdict.evidence}${seenFrom(verdict)}`,
        `  ${{ good: "ok", broken: "BROKEN", unknown: "?" }[verdict.state].padEnd(7)}`,
        9,
      ),
    );
  if (result.broken?.remedy) lines.push(...wrap(result.broken.remedy, "  REMEDY ", 9));
  for (const problem of result.problems) lines.push(...wrap(problem, "  WRONG  ", 9));
  return lines;
}

/** The call of an edge in full: what was sent, what came back, which endpoints the sidecar has. */
export function details({ edge, evidence, identities }: EdgeResult): string {
  const { client, answer, endpoints } = evidence;
  const from = failed(client) ? "nobody" : `${edge.client.namespace}/${client.pod}`;
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
  return `${lines.join("\n")}\n`;
}

/** An edge's name in `most` characters: where that is too few the meshes are cut, then the import's name; never the port. */
function shortName(edge: Edge, most: number): string {
  const whole = edgeName(edge);
  if (whole.length <= most) return whole;
  const [tail, port] = [`/${edge.name}:${edge.port.number}`, `:${edge.port.number}`];
  if (tail.length + 2 <= most) return `${whole.slice(0, most - 2 - tail.length)}..${tail}`;
  return `${cutMiddle(edge.name, most - port.length)}${port}`;
}

function stateOf({ good, broken, degraded, edge }: EdgeResult): string {
  if (good) return edge.declared ? "ok" : "ok (connect)";
  return broken ? `BROKEN ${broken.hop === "authorization" ? "authz" : broken.hop}` : degraded ? "DEGRADED" : "WRONG";
}

function seenFrom(verdict: Verdict): string {
  return verdict.inferred && verdict.state !== "unknown" ? ` (seen from ${verdict.seenFrom})` : "";
}

/** `namespace/account` of a SPIFFE id; other texts as they are. */
function account(id: string): string {
  return id.replace(/spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/,]+)/g, "$1/$2");
}
