import { join, posix, relative, resolve } from "node:path";
import { buildSync, type Metafile } from "esbuild";
import ts from "typescript";
import { catalogue } from "../../federation/errors/catalogue/index.ts";
import { lineMap } from "./lineMap.ts";
import { importsOf, publicDeclarations } from "./publicDeclarations.ts";

/** Entry points of the package, as paths without extension. */
export const entryPoints = ["components/index", "federation/index"] as const;

/** Scripts and their source maps: texts by their path in the package. */
export interface Scripts {
  files: ReadonlyMap<string, string>;
  /** Names of the packages that they import, without those of Node, sorted. */
  packages: readonly string[];
}

/**
 * The scripts of the package: one for each entry point, and one for what both need, so that an error has the same class
 * in both. They are minified, because the package has to be small.
 * @param root the repository
 * @throws Error with the bundler's messages
 */
export function compileScripts(root: string): Scripts {
  const outdir = join(root, "dist/package");
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: entryPoints.map((entry) => `${entry}.ts`),
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: "federation/shared-[hash]",
    format: "esm",
    platform: "node",
    // The least version with `require` of ES modules.
    target: "node22.12",
    packages: "external",
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const files = new Map<string, string>();
  for (const { path: absolute, text } of outputFiles) {
    const path = relative(outdir, absolute);
    files.set(path, path.endsWith(".map") ? lineMap(text, sourceIn(root, outdir, path)) : text);
  }
  return { files, packages: packagesOf(metafile) };
}

/** How a map at `path` of the package names a source: as if the sources were in the package. */
function sourceIn(root: string, outdir: string, path: string): (source: string) => string {
  const folder = posix.dirname(path);
  return (source) => posix.relative(folder, relative(root, resolve(outdir, folder, source)));
}

/** Names of the packages that scripts import, without those of Node, sorted. */
export function packagesOf({ outputs }: Metafile): string[] {
  const imports = Object.values(outputs).flatMap((output) => output.imports.filter(({ external }) => external));
  return packageNames(imports.map(({ path }) => path));
}

/**
 * The declarations of the public names, by their path in the package.
 * @param root the repository
 * @throws Error with the compiler's messages
 */
export function compileDeclarations(root: string): ReadonlyMap<string, string> {
  const config = join(root, "tsconfig.package.json");
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (found: ts.Diagnostic) => refuse([found]) };
  const parsed = ts.getParsedCommandLineOfConfigFile(config, {}, host)!;
  refuse(parsed.errors);
  const program = ts.createProgram(parsed.fileNames, parsed.options);
  // `npm run check` checks the types.
  refuse([...program.getOptionsDiagnostics(), ...program.getSyntacticDiagnostics()]);
  const emitted = new Map<string, string>();
  const folder = parsed.options.outDir!;
  program.emit(undefined, (path, text) => emitted.set(relative(folder, path), scriptImports(text)), undefined, true);
  emitted.set("federation/errors/catalogue/index.d.ts", codesAlone());
  const entries = entryPoints.map((entry) => `${entry}.d.ts`);
  return publicDeclarations(emitted, entries);
}

/** Names of the packages that declarations import, without those of Node, sorted. */
export const packagesInDeclarations = (texts: Iterable<string>): string[] =>
  packageNames([...texts].flatMap((text) => importsOf(text).map(({ name }) => name)));

function packageNames(imports: readonly string[]): string[] {
  const foreign = imports.filter((name) => !name.startsWith(".") && !name.startsWith("node:"));
  return [...new Set(foreign.map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/")))].sort();
}

/** @throws Error with all messages, where there are any */
function refuse(found: readonly ts.Diagnostic[]): void {
  if (found.length === 0) return;
  const host = { getCurrentDirectory: () => "", getCanonicalFileName: (name: string) => name, getNewLine: () => "\n" };
  throw new Error(ts.formatDiagnostics(found, host));
}

/** The compiler leaves `.ts` in the imports of declarations. They name files that the package does not have. */
function scriptImports(text: string): string {
  let written = text;
  for (const { name, start, end } of importsOf(text).reverse())
    if (name.startsWith("."))
      written = `${written.slice(0, start)}"${name.replace(/\.ts$/, ".js")}"${written.slice(end)}`;
  return written;
}

/** Declarations of the catalogue: the codes alone. The type of its pages is as long as a quarter of the others. */
function codesAlone(): string {
  const codes = Object.keys(catalogue).sort();
  const type = codes.map((code) => `\n  | "${code}"`).join("");
  const page = "docs/errors.md has an entry for each";
  return `/** A code of an error or finding; ${page}. */\nexport type ErrorCode =${type};\n`;
}
