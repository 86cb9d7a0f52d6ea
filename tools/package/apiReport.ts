import ts from "typescript";
import { declarationsAt, publicDeclarations, readDeclarations } from "./publicDeclarations.ts";

/** An API report: its path in the repository, the entry point of the package, and its name for users. */
export const apiReports = [
  { path: "api/pulumi-mesh-federation.api.md", entry: "components/index.d.ts", name: "pulumi-mesh-federation" },
  { path: "api/federation.api.md", entry: "federation/index.d.ts", name: "pulumi-mesh-federation/federation" },
] as const;

/**
 * Every public name of an entry point with its declaration, sorted, then the types that these mention and that have no
 * public name. It has no comments: it changes when, and only when, the API does.
 * @param declarations the package's declaration files by path
 */
export function apiReport(
  declarations: ReadonlyMap<string, string>,
  { entry, name }: { entry: string; name: string },
): string {
  const files = publicDeclarations(declarations, [entry]);
  const seen = new Set<string>();
  const exported = [...readDeclarations(entry, files.get(entry)!).passed.keys()].sort();
  const named = exported.flatMap((alias) => {
    const found = find(files, entry, alias);
    seen.add(`${found.path} ${found.name}`);
    return [alias === found.name ? "" : `// ${found.name} as ${alias}`, ...found.texts];
  });
  const rest = [...files]
    .flatMap(([path, text]) => {
      const { declared } = readDeclarations(path, text);
      return [...declared].filter(([own]) => !seen.has(`${path} ${own}`));
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, statements]) => statements.map(print));
  return [
    `# API of ${name}`,
    "",
    "Written by `npm run docs:api-report`. A change of this file needs a line in CHANGELOG.md.",
    "",
    ...block("Public names", named),
    ...(rest.length > 0 ? block("Mentioned by them", rest) : []),
  ].join("\n");
}

const block = (title: string, texts: readonly string[]): string[] => [
  `## ${title}`,
  "",
  "```ts",
  texts.filter((text) => text !== "").join("\n\n"),
  "```",
  "",
];

/** The declarations of an exported name, wherever they are. */
function find(
  files: ReadonlyMap<string, string>,
  path: string,
  name: string,
): { path: string; name: string; texts: string[] } {
  const file = readDeclarations(path, files.get(path)!);
  const passed = file.passed.get(name);
  const own = passed && passed.from === undefined ? passed.name : name;
  const from = passed?.from === undefined ? file.imported.get(own) : passed;
  if (from && !file.declared.has(own)) return find(files, declarationsAt(file, from.from!), from.name);
  return { path, name: own, texts: file.declared.get(own)!.map(print) };
}

const printer = ts.createPrinter({ removeComments: true });

/** A declaration without comments. Codes of errors are left out: docs/errors.md has them. */
const print = (statement: ts.Statement): string =>
  ts.isTypeAliasDeclaration(statement) && statement.name.text === "ErrorCode"
    ? "export type ErrorCode = string; // of docs/errors.md"
    : printed(statement);

const printed = (statement: ts.Statement): string =>
  printer
    .printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile())
    .replaceAll(/^(?: {4})+/gm, (indent) => " ".repeat(indent.length / 2));
