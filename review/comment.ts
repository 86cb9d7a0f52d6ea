import type { ReviewResult, StackPreview } from "./result.ts";
import type { TouchedResource } from "./previewReport.ts";

/** Hidden line by which the comment of an earlier run is found and replaced. */
export const marker = "<!-- mesh-federation review -->";

/** GitHub takes 65,536 characters; the folded part is cut so that everything above it always fits. */
const longestComment = 60_000;

const signs: Record<TouchedResource["op"], string> = { create: "+", delete: "-", update: "~", replace: "+-", read: ">", refresh: "~" };

/** The one comment of a pull request, in Markdown. */
export function renderComment(result: ReviewResult): string {
  const parts = [marker, "## Federation review", ...changesPart(result), ...checksPart(result), ...previewsPart(result)];
  const head = parts.join("\n");
  return `${head}\n${foldedPart(result.previews, longestComment - head.length)}`;
}

function changesPart({ changes, notCompared }: ReviewResult): string[] {
  const left = notCompared.length > 0 ? [`Not compared, because the configuration cannot be read: ${notCompared.join(", ")}.`, ""] : [];
  if (changes.length === 0) return ["", ...(left.length > 0 ? left : ["Nothing changes between or within the meshes.", ""])];
  return ["", "### What changes", "", ...fenced(changes.map((c) => `${c.sign} ${c.text}`)), "", ...left];
}

function checksPart({ failed, warnings, policies, policiesRan }: ReviewResult): string[] {
  const lines = [...failed.map((f) => `- **${f.stack}**: ${inline(f.message)}`), ...policies.map((p) => `- **${p.stack}**: policy \`${p.policy}\`: ${inline(p.message)}`)];
  const ran = policiesRan.stacks.length > 0 ? `${policiesRan.policies} policies on ${policiesRan.stacks.join(", ")}` : "no policy (no stack was previewed)";
  // The whole reason stands with the stack's preview, below.
  const unjudged = policiesRan.notJudged.map(({ stack, why }) => `${stack} (${inline(why.split(": ")[0]!)})`);
  const told = warnings.map((w) => `- **${w.stack}** (goes ahead): ${inline(w.message)}`);
  return [lines.length > 0 ? `### ${lines.length === 1 ? "1 check" : `${lines.length} checks`} failed` : "### Checks passed", "", ...lines, ...told, ...(lines.length + told.length > 0 ? [""] : []), `Ran: contract checks, ${ran}.${unjudged.length > 0 ? ` Not judged by policies: ${unjudged.join(", ")}.` : ""}`, ""];
}

function previewsPart({ previews, order }: ReviewResult): string[] {
  const rows = previews.map((p) => `| ${p.stack} | ${p.state === "previewed" ? p.counts : `not previewed: ${cell(p.reason)}`} |`);
  const notes = previews.flatMap((p) => (p.state === "previewed" ? p.notes.map((n) => `- **${p.stack}**: ${inline(n)}`) : []));
  const steps = order.steps.length > 1 ? [`Order on deployment: ${order.steps.join(", then ")}.`, ""] : [];
  const stuck = order.stuck.map((s) => `- stays open after that: ${inline(s)}`);
  return ["### Previews", "", "| stack | resources |", "|---|---|", ...rows, "", ...(notes.length > 0 ? [...notes, ""] : []), ...steps, ...(stuck.length > 0 ? [...stuck, ""] : [])];
}

function foldedPart(previews: StackPreview[], room: number): string {
  const touched = previews.flatMap((p) => (p.state === "previewed" && p.touched.length > 0 ? [p] : []));
  if (touched.length === 0) return "";
  const lines = touched.flatMap((p) => [`# ${p.stack}`, ...p.touched.flatMap(({ op, type, name, details }) => [`${signs[op]} ${type} ${name}`, ...details.map((d) => `    ${d}`)])]);
  let length = 0;
  const kept = lines.filter((line) => (length += line.length + 1) < room - 500);
  const cut = lines.length - kept.length;
  const summary = touched.map((p) => `${p.stack} ${p.touched.length}`).join(", ");
  return ["<details>", `<summary>Pulumi diff, resources touched: ${summary}</summary>`, "", ...fenced([...kept, ...(cut > 0 ? [`... ${cut} more lines; \`npm run pulumi -- preview --diff\` shows all`] : [])]), "", "</details>", ""].join("\n");
}

function fenced(lines: string[]): string[] {
  return ["```diff", ...lines.map((l) => l.replaceAll("```", "'''").replaceAll("\n", " ")), "```"];
}

/** Text of one list item: what was written as a list stays one, indented. */
function inline(text: string): string {
  return text.trim().split("\n").map((line, i) => (i === 0 ? line : `  ${line}`)).join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
