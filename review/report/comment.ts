import { markdown } from "./markdown.ts";
import { cuttable, fenced, fit, json, short, type Piece } from "./pieces.ts";
import { findingSentences, type Finding } from "../../federation/errors/userError.ts";
import { skipText, type PolicyViolation, type ReviewResult, type StackPreview } from "../result.ts";
import type { TouchedResource } from "../preview/previewReport.ts";

/** Hidden line that identifies the comment of an earlier run. */
export const marker = "<!-- mesh-federation review -->";

/** GitHub accepts 65,536 characters, and counts some of them differently. */
export const longestComment = 60_000;

const signs: Record<TouchedResource["op"], string> = {
  create: "+",
  delete: "-",
  update: "~",
  replace: "+-",
  refresh: "~",
};

/**
 * The comment on a pull request, in Markdown. When it is too long, the folded diff is cut first, then the end of each
 * part; the comment counts what is left out.
 * @param errorsPage path or URL of docs/errors.md
 */
export function renderComment(result: ReviewResult, errorsPage = "docs/errors.md"): string {
  return fit(
    [
      marker,
      "## Federation review",
      ...trustPart(result),
      ...changesPart(result),
      ...checksPart(result, errorsPage),
      ...previewsPart(result, errorsPage),
      ...foldedPart(result.previews),
    ],
    longestComment,
  );
}

/** Whom the meshes trust is the first thing that a reviewer has to see. */
function trustPart({ trust }: ReviewResult): Piece[] {
  if (trust.length === 0) return [];
  const lines = trust.map((c) => `${c.sign} ${c.text}`);
  return [
    "",
    "### Trust",
    "",
    "This changes whose identities the meshes accept, or who can issue them.",
    "",
    ...fenced(lines, (n) => `... ${n} more changes of trust; ${json}`, 20_000),
  ];
}

function changesPart(result: ReviewResult): Piece[] {
  const { changes, invalidStacks } = result;
  const notCompared =
    invalidStacks.length > 0
      ? [short(`Not compared, because the configuration is not valid: ${names(invalidStacks)}.`), ""]
      : [];
  if (changes.length === 0) return ["", short(withoutChanges(result)), "", ...notCompared];
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
    ...notCompared,
  ];
}

/** What a review without changes knows: that there are none, only when every stack is compared and previewed. */
function withoutChanges({ trust, invalidStacks, previews }: ReviewResult): string {
  const unknown = new Set([...invalidStacks, ...previews.flatMap((p) => (p.state === "skipped" ? [p.stack] : []))]);
  const touched = previews.flatMap((p) => (p.state === "previewed" && p.touched.length > 0 ? [p.stack] : []));
  const more = trust.length > 0;
  if (unknown.size + touched.length === 0) return `Nothing ${more ? "else " : ""}changes between or within the meshes.`;
  const known =
    invalidStacks.length > 0
      ? `The valid configuration has no ${more ? "other " : ""}change.`
      : `The configuration changes nothing ${more ? "else " : ""}between or within the meshes.`;
  const resources = touched.length > 0 ? [`Resources change in ${names(touched)}; see the previews.`] : [];
  return [
    known,
    ...resources,
    ...(unknown.size > 0
      ? [`Changes in the clusters of ${names([...unknown].sort())} are unknown: not previewed, see below.`]
      : []),
  ].join(" ");
}

function checksPart(result: ReviewResult, errorsPage: string): Piece[] {
  const { failed, warnings, violations, advisories, policyCoverage } = result;
  const lines = [
    ...failed.map((f) => `- ${bold(f.stack)}: ${findingItem(f, errorsPage)}`),
    ...violations.map((v) => `- ${bold(v.stack)}: ${violationItem(v)}`),
  ];
  const ran =
    policyCoverage.stacks.length > 0
      ? `${policyCoverage.policies} policies on ${names(policyCoverage.stacks)}`
      : "no policy (no stack is previewed)";
  // The table of previews has the whole reason.
  const notEvaluated = policyCoverage.notEvaluated.map(
    ({ stack, reason }) => `${markdown(stack)} (${markdown(reason)})`,
  );
  const warningLines = [
    ...warnings.map((w) => `- ${bold(w.stack)} (warning): ${findingItem(w, errorsPage)}`),
    ...advisories.map((a) => `- ${bold(a.stack)} (warning): ${violationItem(a)}`),
  ];
  return [
    lines.length > 0 ? `### ${lines.length === 1 ? "1 check" : `${lines.length} checks`} failed` : "### Checks passed",
    "",
    ...cuttable(lines, (n) => `- ... ${n} more failed checks; ${json}`, 20_000),
    ...cuttable(warningLines, (n) => `- ... ${n} more warnings; ${json}`, 2_000),
    ...(lines.length + warningLines.length > 0 ? [""] : []),
    short(
      `Ran: contract checks, ${ran}.` +
        (notEvaluated.length > 0 ? ` Policies did not run on ${notEvaluated.join(", ")}.` : ""),
    ),
    "",
  ];
}

function previewsPart({ previews, order }: ReviewResult, errorsPage: string): Piece[] {
  const rows = previews.map(
    (p) =>
      `| ${markdown(p.stack)} | ` +
      `${p.state === "previewed" ? markdown(p.counts) : `not previewed: ${markdown(skipText(p))}`} |`,
  );
  const notes = previews.flatMap((p) =>
    p.state === "previewed" ? p.notes.map((n) => `- ${bold(p.stack)}: ${markdown(n)}`) : [],
  );
  const steps =
    order.steps.length > 1 ? [short(`Order of deployment: ${order.steps.map(markdown).join(", then ")}.`), ""] : [];
  const unfinished = order.unfinished.map(
    (f) => `- not deployed after that: ${markdown(f.stack)}: ${findingItem(f, errorsPage)}`,
  );
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
    ...cuttable(unfinished, (n) => `- ... ${n} more not deployed; ${json}`, 2_000),
    ...(unfinished.length > 0 ? [""] : []),
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
  const count = touched.reduce((sum, p) => sum + p.touched.length, 0);
  return [
    "<details>",
    // HTML, so without any text from outside.
    `<summary>Pulumi diff, resources touched: ${count}</summary>`,
    "",
    ...fenced(lines, (n) => `... ${n} more lines; \`npm run pulumi -- preview --diff\` shows all`, 0),
    "",
    "</details>",
    "",
  ];
}

/** A finding as the text of a list item, with a link to its code. */
export function findingItem({ code, ...finding }: Finding, errorsPage: string): string {
  return `${markdown(short(findingSentences(finding)))} ([${code}](${errorsPage}#${code}))`;
}

function violationItem({ policy, message }: PolicyViolation): string {
  return `policy ${markdown(policy)}: ${markdown(message)}`;
}

function bold(stack: string): string {
  return `**${markdown(stack)}**`;
}

function names(stacks: string[]): string {
  return stacks.map(markdown).join(", ");
}
