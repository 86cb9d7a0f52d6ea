import { fencedLine, listItem, tableCell } from "./markdown.ts";
import type { ReviewResult, StackPreview } from "../result.ts";
import type { TouchedResource } from "../preview/previewReport.ts";

/** Hidden line by which the comment of an earlier run is found and replaced. */
export const marker = "<!-- mesh-federation review -->";

/** GitHub takes 65,536 characters; some are left for what it counts otherwise than we do. */
export const longestComment = 60_000;

/** One line that is longer than this would crowd out all others. */
const longestLine = 4_000;

/** Lines that are left out from the end where there is no room for all of them, and what is said of those then. */
interface Lines {
  lines: string[];
  more: (left: number) => string;
  /** How many characters of them what stands before may not take. */
  kept: number;
}

type Piece = string | Lines;

const signs: Record<TouchedResource["op"], string> = {
  create: "+",
  delete: "-",
  update: "~",
  replace: "+-",
  refresh: "~",
};

/**
 * The one comment of a pull request, in Markdown. Where not everything has room, the folded diff gives way first, then what
 * stands last; each says how much was left out.
 */
export function renderComment(result: ReviewResult): string {
  return fit(
    [
      marker,
      "## Federation review",
      ...changesPart(result),
      ...checksPart(result),
      ...previewsPart(result),
      ...foldedPart(result.previews),
    ],
    longestComment,
  );
}

function changesPart(result: ReviewResult): Piece[] {
  const { changes, notCompared } = result;
  const left =
    notCompared.length > 0
      ? [short(`Not compared, because the configuration cannot be read: ${notCompared.join(", ")}.`), ""]
      : [];
  if (changes.length === 0) return ["", short(nothingTold(result)), "", ...left];
  return [
    "",
    "### What changes",
    "",
    ...fenced(
      changes.map((c) => `${c.sign} ${c.text}`),
      (n) => `... ${n} more changes; ${json}`,
      20_000,
    ),
    "",
    ...left,
  ];
}

/** What is known where no change was found: that there is none is told only when every stack was compared and previewed. */
function nothingTold({ notCompared, previews }: ReviewResult): string {
  const unknown = new Set([...notCompared, ...previews.flatMap((p) => (p.state === "skipped" ? [p.stack] : []))]);
  const touched = previews.flatMap((p) => (p.state === "previewed" && p.touched.length > 0 ? [p.stack] : []));
  if (unknown.size + touched.length === 0) return "Nothing changes between or within the meshes.";
  const known =
    notCompared.length > 0
      ? "No change was found in the configuration that can be read."
      : "The configuration changes nothing between or within the meshes.";
  const told = touched.length > 0 ? [`All the same, resources change in ${touched.join(", ")}; see the previews.`] : [];
  return [
    known,
    ...told,
    ...(unknown.size > 0
      ? [`What changes in the clusters of ${[...unknown].sort().join(", ")} is not known: not previewed, see below.`]
      : []),
  ].join(" ");
}

function checksPart({ failed, warnings, policies, policiesRan }: ReviewResult): Piece[] {
  const lines = [
    ...failed.map((f) => `- **${f.stack}**: ${listItem(f.message)}`),
    ...policies.map((p) => `- **${p.stack}**: policy \`${p.policy}\`: ${listItem(p.message)}`),
  ];
  const ran =
    policiesRan.stacks.length > 0
      ? `${policiesRan.policies} policies on ${policiesRan.stacks.join(", ")}`
      : "no policy (no stack was previewed)";
  // The whole reason stands with the stack's preview, below.
  const unjudged = policiesRan.notJudged.map(({ stack, why }) => `${stack} (${listItem(why.split(": ")[0]!)})`);
  const told = warnings.map((w) => `- **${w.stack}** (goes ahead): ${listItem(w.message)}`);
  return [
    lines.length > 0 ? `### ${lines.length === 1 ? "1 check" : `${lines.length} checks`} failed` : "### Checks passed",
    "",
    ...cuttable(lines, (n) => `- ... ${n} more failed checks; ${json}`, 20_000),
    ...cuttable(told, (n) => `- ... ${n} more that go ahead; ${json}`, 2_000),
    ...(lines.length + told.length > 0 ? [""] : []),
    short(
      `Ran: contract checks, ${ran}.${unjudged.length > 0 ? ` Not judged by policies: ${unjudged.join(", ")}.` : ""}`,
    ),
    "",
  ];
}

function previewsPart({ previews, order }: ReviewResult): Piece[] {
  const rows = previews.map(
    (p) => `| ${p.stack} | ${p.state === "previewed" ? p.counts : `not previewed: ${tableCell(p.reason)}`} |`,
  );
  const notes = previews.flatMap((p) =>
    p.state === "previewed" ? p.notes.map((n) => `- **${p.stack}**: ${listItem(n)}`) : [],
  );
  const steps = order.steps.length > 1 ? [short(`Order on deployment: ${order.steps.join(", then ")}.`), ""] : [];
  const stuck = order.stuck.map((s) => `- stays open after that: ${listItem(s)}`);
  return [
    "### Previews",
    "",
    "| stack | resources |",
    "|---|---|",
    ...cuttable(rows, (n) => `| ... ${n} more stacks | ${json} |`, 5_000),
    "",
    ...cuttable(notes, (n) => `- ... ${n} more notes; ${json}`, 2_000),
    ...(notes.length > 0 ? [""] : []),
    ...steps,
    ...cuttable(stuck, (n) => `- ... ${n} more that stay open; ${json}`, 2_000),
    ...(stuck.length > 0 ? [""] : []),
  ];
}

function foldedPart(previews: StackPreview[]): Piece[] {
  const touched = previews.flatMap((p) => (p.state === "previewed" && p.touched.length > 0 ? [p] : []));
  if (touched.length === 0) return [""];
  const lines = touched.flatMap((p) => [
    `# ${p.stack}`,
    ...p.touched.flatMap(({ op, type, name, details }) => [
      `${signs[op]} ${type} ${name}`,
      ...details.map((d) => `    ${d}`),
    ]),
  ]);
  const summary = touched.map((p) => `${p.stack} ${p.touched.length}`).join(", ");
  return [
    "<details>",
    `<summary>${short(`Pulumi diff, resources touched: ${summary}`)}</summary>`,
    "",
    ...fenced(lines, (n) => `... ${n} more lines; \`npm run pulumi -- preview --diff\` shows all`, 0),
    "",
    "</details>",
    "",
  ];
}

/** Where all of it is. */
const json = "`npm run review -- --json` has all";

/** Puts the pieces together, leaving lines out so that no more than `room` characters come of it. */
function fit(pieces: Piece[], room: number): string {
  const later = pieces.map((piece) =>
    typeof piece === "string"
      ? piece.length + 1
      : Math.min(sizeOf(piece.lines), Math.max(piece.kept, piece.more(piece.lines.length).length + 1)),
  );
  let left = room;
  let reserved = later.reduce((sum, n) => sum + n, 0);
  const text = pieces.flatMap((piece, i) => {
    reserved -= later[i]!;
    const told = typeof piece === "string" ? [piece] : keep(piece, left - reserved);
    left -= sizeOf(told);
    return told;
  });
  return text.join("\n");
}

function keep({ lines, more }: Lines, room: number): string[] {
  if (sizeOf(lines) <= room) return lines;
  let size = more(lines.length).length + 1;
  const kept = lines.slice(
    0,
    Math.max(
      0,
      lines.findIndex((line) => (size += line.length + 1) > room),
    ),
  );
  return [...kept, more(lines.length - kept.length)];
}

function sizeOf(lines: string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

function cuttable(lines: string[], more: Lines["more"], kept: number): Lines[] {
  return lines.length > 0 ? [{ lines: lines.map(short), more, kept }] : [];
}

/** A line of which the end is left out where it is too long, and says so. */
function short(line: string): string {
  return line.length <= longestLine
    ? line
    : `${line.slice(0, longestLine - 100)} ... ${line.length - longestLine + 100} more characters; ${json}`;
}

function fenced(lines: string[], more: Lines["more"], kept: number): Piece[] {
  return ["```diff", ...cuttable(lines.map(fencedLine), more, kept), "```"];
}
