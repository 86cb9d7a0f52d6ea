import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { VERSIONS } from "../offline/lab/images/names.ts";
import { pinned } from "../tools/versions.ts";

/** When and where a benchmark ran, as a sentence. */
export function conditions(...more: string[]): string {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`;
  const versions = [`Istio ${VERSIONS.istio}`, `Kubernetes ${VERSIONS.kubernetes}`, `Pulumi ${pinned.pulumi}`];
  return `Measured on ${date} (${machine}; ${[...versions, `Node.js ${process.versions.node}`, ...more].join(", ")}).`;
}

/** Rows of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/**
 * Writes what a benchmark has measured between its marks in a document.
 * @throws when the document has no such marks
 */
export function writeTable(document: string, benchmark: string, text: string): void {
  const file = join(import.meta.dirname, "..", "docs", document);
  const [begin, end] = ["begin", "end"].map((edge) => `<!-- bench ${benchmark}: ${edge} -->`) as [string, string];
  const [before, rest] = readFileSync(file, "utf8").split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${file} has no ${begin} ... ${end}`);
  writeFileSync(file, `${before}${begin}\n${text}\n${end}${after}`);
}
