import { inline } from "../../federation/errors/userError.ts";
import { duration } from "../../tools/progress.ts";
import type { EdgeResult } from "../checkEdge.ts";
import { edgeName, type Edge } from "../edge.ts";
import { failed } from "../evidence.ts";
import { hopOf } from "../hops/registry.ts";
import type { NegativeResult } from "../negativeChecks/result.ts";
import { diagnosis, stateWords } from "./diagnosis.ts";
import { failureLines } from "./failures.ts";
import type { VerificationReport } from "./report.ts";
import { shorten, type Shown } from "./shorten.ts";
import { columns, cutMiddle, paint, wrap } from "./text.ts";

/** Width of the column with the imports. */
const importWidth = 26;

const stateColours = { passed: "green", failed: "red", unknown: "yellow" } as const;

/** Up to this number of rows, the tables have each edge and each check. */
const fewRows = 20;

/**
 * The results as a table that fits 80 columns, with a paragraph for each failure. Of many rows, failures and sentences
 * of one kind, it has the first three and the number of the others.
 * @param all whether to leave nothing out
 */
export function table(report: Omit<VerificationReport, "seconds">, colour: boolean, all = false): string {
  const { edges, negativeChecks, notCalled, pending, unreachable, notes = [] } = report;
  const failing = edges.filter((r) => !r.passed);
  const lines = [
    ...edgeTable(edges, colour, all),
    ...negativeTable(negativeChecks, colour, all),
    ...(all ? failing.flatMap((result) => ["", ...diagnosis(result, colour)]) : failureLines(failing, colour)),
  ];
  const paragraphs = (texts: string[], kinds?: string[]): void => {
    const places = texts.map((_, i) => i);
    for (const { item, left } of all ? everyOne(places) : shorten(places, kinds && ((i) => kinds[i]!)))
      lines.push("", ...wrap(texts[item]!, "  "), ...(left > 0 ? [`  and ${left} more`] : []));
  };
  const ofChecks = (checks: NegativeResult[], textOf: (check: NegativeResult) => string): void =>
    paragraphs(
      checks.map((check) => `${check.name}: ${textOf(check)}`),
      checks.map((check) => check.check),
    );
  ofChecks(
    negativeChecks.filter((c) => c.state === "failed"),
    ({ evidence, code, page }) => `${evidence} [${code}] ${page}`,
  );
  ofChecks(
    negativeChecks.filter((c) => c.remedy),
    ({ evidence, remedy }) => `${evidence}; ${remedy}`,
  );
  paragraphs(notes.map((sentence) => `NOTE: ${sentence}`));
  paragraphs(notCalled.map((sentence) => `NOT CALLED: ${sentence}`));
  paragraphs(pending.map((sentence) => `PENDING: ${sentence}`));
  paragraphs(unreachable.map((sentence) => `UNREACHABLE: ${sentence}`));
  return `${lines.join("\n")}\n`;
}

function everyOne<T>(items: readonly T[]): Shown<T>[] {
  return items.map((item) => ({ item, left: 0 }));
}

function edgeTable(edges: EdgeResult[], colour: boolean, all: boolean): string[] {
  if (edges.length === 0) return [];
  const kindOf = (r: EdgeResult) => JSON.stringify([r.edge.mesh, r.edge.meshes, stateOf(r), r.identities.mesh]);
  const shown = all || edges.length <= fewRows ? everyOne(edges) : shorten(edges, kindOf);
  const rows = shown.flatMap(({ item: r, left }) => {
    const [state, mesh] = [stateOf(r), r.identities.mesh];
    const row = [
      shortName(r.edge, importWidth),
      state,
      mesh,
      account(r.identities.workload),
      account(r.identities.caller),
    ];
    const more = [`.. and ${left} more`, state, mesh, "", ""];
    const colourOf = r.passed ? ("green" as const) : ("red" as const);
    return [{ row, colourOf }, ...(left > 0 ? [{ row: more, colourOf }] : [])];
  });
  return columns(
    ["IMPORT", "RESULT", "MESH", "SERVER", "CALLER"],
    rows.map(({ row }) => row),
    [importWidth, 15, 6, 15, 14],
    (i, line) => paint(line, rows[i]!.colourOf, colour),
  );
}

function negativeTable(checks: NegativeResult[], colour: boolean, all: boolean): string[] {
  if (checks.length === 0) return [];
  const isLong = checks.length > 2 * fewRows;
  const kindOf = ({ check, state, mesh }: NegativeResult) => JSON.stringify([check, state, isLong ? "" : mesh]);
  const rows = (all ? everyOne(checks) : shorten(checks, kindOf)).flatMap(
    ({ item: { name, state, control }, left }) => [
      { row: [name, stateWords[state], control], state },
      ...(left > 0 ? [{ row: [`.. and ${left} more`, stateWords[state], ""], state }] : []),
    ],
  );
  return [
    "",
    ...columns(
      ["NEGATIVE CHECKS", "RESULT", "CONTROL"],
      rows.map(({ row }) => row),
      [43, 7, 28],
      (i, line) => paint(line, stateColours[rows[i]!.state], colour),
    ),
  ];
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

/** `namespace/account` of a SPIFFE ID; other texts unchanged. */
function account(id: string): string {
  return id.replace(/spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/,]+)/g, "$1/$2");
}
