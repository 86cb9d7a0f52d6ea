import { posix } from "node:path";
import ts from "typescript";

/** One import of a file: its name, and where the name with its quotes is in the text. */
export interface ImportedName {
  name: string;
  start: number;
  end: number;
}

/** What a file imports. */
export function importsOf(text: string): ImportedName[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName: name, pos }) => {
    const start = text.indexOf(name, pos) - 1;
    return { name, start, end: start + name.length + 2 };
  });
}

/** The file that a relative import of `path` names. */
export const targetOf = (path: string, name: string): string => posix.join(posix.dirname(path), name);

/** Statements of a declaration file by the names that they bring in. */
export interface DeclarationFile {
  path: string;
  source: ts.SourceFile;
  /** Statements that declare a name; several for overloads. */
  declared: Map<string, ts.Statement[]>;
  /** Names that come from elsewhere, for use in the file. */
  imported: Map<string, Specifier>;
  /** Names that the file passes on. */
  passed: Map<string, Specifier>;
  /** What of the file is public. */
  kept: Set<ts.Statement | Specifier>;
}

interface Specifier {
  statement: ts.ImportDeclaration | ts.ExportDeclaration;
  /** The specifier as it is written; undefined for `* as name`. */
  text: string | undefined;
  /** Name in the module that it comes from, or of the file's own. */
  name: string;
  from: string | undefined;
}

/**
 * Leaves of declaration files what the entry points export and what the types of that mention. The rest belongs to
 * files that users cannot import.
 * @param files texts by path; imports of each other end in `.js`
 * @param entries paths of the entry points
 */
export function publicDeclarations(files: ReadonlyMap<string, string>, entries: string[]): ReadonlyMap<string, string> {
  const read = new Map<string, DeclarationFile>();
  const fileAt = (path: string): DeclarationFile => {
    const text = files.get(path);
    if (text === undefined) throw new Error(`${path} is imported, but there are no declarations of it`);
    if (!read.has(path)) read.set(path, readDeclarations(path, text));
    return read.get(path)!;
  };
  const keepPublic = (file: DeclarationFile, name: string): void => {
    const passed = file.passed.get(name);
    if (passed) keepSpecifier(file, passed);
    else keepLocal(file, name);
  };
  const keepLocal = (file: DeclarationFile, name: string): void => {
    for (const statement of file.declared.get(name) ?? []) {
      if (file.kept.has(statement)) continue;
      file.kept.add(statement);
      visit(file, statement);
    }
    const imported = file.imported.get(name);
    if (imported) keepSpecifier(file, imported);
  };
  const keepSpecifier = (file: DeclarationFile, specifier: Specifier): void => {
    if (file.kept.has(specifier)) return;
    file.kept.add(specifier);
    if (specifier.from === undefined) keepLocal(file, specifier.name);
    else if (specifier.from.startsWith(".")) keepPublic(fileAt(declarationsAt(file, specifier.from)), specifier.name);
  };
  const visit = (file: DeclarationFile, node: ts.Node): void => {
    if (ts.isIdentifier(node)) keepLocal(file, node.text);
    if (ts.isImportTypeNode(node)) keepImportType(file, node);
    ts.forEachChild(node, (child) => visit(file, child));
  };
  const keepImportType = (file: DeclarationFile, { argument, qualifier }: ts.ImportTypeNode): void => {
    if (!ts.isLiteralTypeNode(argument) || !ts.isStringLiteral(argument.literal)) return;
    if (!argument.literal.text.startsWith(".") || qualifier === undefined) return;
    const first = qualifier.getText(file.source).split(".")[0]!;
    keepPublic(fileAt(declarationsAt(file, argument.literal.text)), first);
  };
  for (const entry of entries) {
    const file = fileAt(entry);
    for (const name of file.passed.keys()) keepPublic(file, name);
  }
  return new Map([...read.values()].map((file) => [file.path, written(file)]));
}

/** The declaration file that a relative import of `file` names. */
export const declarationsAt = (file: DeclarationFile, name: string): string =>
  targetOf(file.path, name).replace(/\.js$/, ".d.ts");

/** Reads a declaration file, as this project's compiler writes them. */
export function readDeclarations(path: string, text: string): DeclarationFile {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const file: DeclarationFile = {
    path,
    source,
    declared: new Map(),
    imported: new Map(),
    passed: new Map(),
    kept: new Set(),
  };
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) readImport(file, statement);
    else if (ts.isExportDeclaration(statement)) readExport(file, statement);
    else
      for (const name of namesOf(statement)) file.declared.set(name, [...(file.declared.get(name) ?? []), statement]);
  }
  return file;
}

const moduleOf = ({ moduleSpecifier }: ts.ImportDeclaration | ts.ExportDeclaration): string | undefined =>
  moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : undefined;

function readImport(file: DeclarationFile, statement: ts.ImportDeclaration): void {
  const from = moduleOf(statement);
  const clause = statement.importClause;
  const bindings = clause?.namedBindings;
  if (!clause || !bindings || clause.name) throw new Error(`${file.path}: ${statement.getText()} is not understood`);
  if (ts.isNamespaceImport(bindings)) {
    if (from!.startsWith(".")) throw new Error(`${file.path}: ${statement.getText()} is not understood`);
    file.imported.set(bindings.name.text, { statement, text: undefined, name: "*", from });
    return;
  }
  for (const element of bindings.elements) {
    const name = (element.propertyName ?? element.name).text;
    file.imported.set(element.name.text, { statement, text: element.getText(), name, from });
  }
}

function readExport(file: DeclarationFile, statement: ts.ExportDeclaration): void {
  const from = moduleOf(statement);
  const clause = statement.exportClause;
  if (!clause || !ts.isNamedExports(clause)) throw new Error(`${file.path}: ${statement.getText()} is not understood`);
  for (const element of clause.elements) {
    const name = (element.propertyName ?? element.name).text;
    file.passed.set(element.name.text, { statement, text: element.getText(), name, from });
  }
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.Statement & { name?: ts.Identifier };
  if (!name) throw new Error(`${statement.getText()} is not understood`);
  return [name.text];
}

/** The text of what is kept. A file without exports says so, as otherwise all of it is exported. */
function written({ source, imported, passed, kept }: DeclarationFile): string {
  const specifiers = [...imported.values(), ...passed.values()].filter((specifier) => kept.has(specifier));
  const texts = source.statements.flatMap((statement): string[] => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement))
      return kept.has(statement) ? [statement.getFullText().trim()] : [];
    const own = specifiers.filter((specifier) => specifier.statement === statement);
    if (own.length === 0) return [];
    if (own[0]!.text === undefined) return [statement.getText()];
    const word = ts.isImportDeclaration(statement)
      ? `import ${statement.importClause!.isTypeOnly ? "type " : ""}`
      : `export ${statement.isTypeOnly ? "type " : ""}`;
    const from = moduleOf(statement);
    const names = own.map(({ text }) => text).join(", ");
    return [`${word}{ ${names} }${from === undefined ? "" : ` from "${from}"`};`];
  });
  return `${[...texts, "export {};"].join("\n").replaceAll(/^(?: {4})+/gm, (indent) => " ".repeat(indent.length / 2))}\n`;
}
