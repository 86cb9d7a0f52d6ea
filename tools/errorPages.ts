import { catalogueSections, type CatalogueEntry } from "../federation/errors/catalogue/index.ts";

/** The text of docs/errors.md: a section for each subject, and a heading for each code, which is its anchor. */
export function errorPages(): string {
  const sections = Object.entries(catalogueSections).map(([title, codes]) => section(title, codes));
  return `${[introduction, ...sections].join("\n\n")}\n`;
}

const introduction = `# Errors

<!-- Written by \`npm run docs:errors\` from federation/errors/catalogue. Do not edit. -->

Every finding has the form \`<subject>: <problem>. <remedy>. [code]\`. JSON and JUnit reports carry the same fields. A
code names the kind of finding and does not change; the wording may.`;

function section(title: string, codes: Readonly<Record<string, CatalogueEntry>>): string {
  const entries = Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `## ${title}`,
    ...entries.map(([code, entry]) => `### ${code}\n\n${wrapped(entry.title)}\n\n${wrapped(entry.page)}`),
  ].join("\n\n");
}

/** A paragraph in lines of at most 120 characters. */
function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line && line.length + 1 + word.length > 120) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.join("\n");
}
