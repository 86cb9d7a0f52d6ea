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
  return [`## ${title}`, ...entries.map(([code, entry]) => `### ${code}\n\n${entry.title}\n\n${entry.page}`)].join(
    "\n\n",
  );
}
