import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { ComponentSpec, PackageSpec } from "./schema.ts";
import { describe, TypeConverter } from "./types.ts";

const root = join(import.meta.dirname, "..", "..");

/** File with the list of components, and the file of their schema. */
export const componentList = join(root, "provider", "components.ts");
export const schemaFile = join(root, "provider", "schema.json");

/**
 * The package schema of the components in {@link componentList}, from the types and docstrings of their arguments and
 * outputs.
 * @throws for a type that a schema cannot have
 */
export function componentSchema(list = componentList): PackageSpec {
  const checker = checkerOf(list);
  const { name, version, description, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const converter = new TypeConverter(checker, (type) => `${name}:federation:${type}`);
  const resources = componentsIn(list, checker).map((c) => [tokenOf(c, checker), componentSpec(c, checker, converter)]);
  // Programs pin a version of their own, or the provider's.
  const respectSchemaVersion = true;
  return {
    name,
    displayName: "Mesh federation",
    version,
    description,
    license,
    language: Object.fromEntries(
      ["csharp", "go", "java", "nodejs", "python"].map((language) => [language, { respectSchemaVersion }]),
    ),
    types: sorted(Object.entries(converter.objects)),
    resources: sorted(resources as [string, ComponentSpec][]),
  };
}

/** The schema as the text of its file. */
export function schemaText(schema: PackageSpec = componentSchema()): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

interface Component {
  /** Its class, as a value. */
  constructorType: ts.Type;
  /** Where its class is used. */
  location: ts.Node;
}

function componentsIn(list: string, checker: ts.TypeChecker): Component[] {
  const source = sourceOf.get(checker)!;
  const exported = checker.getSymbolAtLocation(source)?.exports?.get(ts.escapeLeadingUnderscores("components"));
  if (!exported) throw new Error(`${list} does not export components`);
  return checker
    .getTypeOfSymbol(exported)
    .getProperties()
    .map((property) => ({ constructorType: checker.getTypeOfSymbol(property), location: source }));
}

/**
 * The type by which a component registers itself: what its static property `type` is set to. The property itself is a
 * string where a class that extends the component has another one.
 */
function tokenOf({ constructorType }: Component, checker: ts.TypeChecker): string {
  const declaration = constructorType.getProperty("type")?.valueDeclaration;
  const value = declaration && ts.isPropertyDeclaration(declaration) ? declaration.initializer : undefined;
  const type = value && checker.getTypeAtLocation(value);
  if (!type?.isStringLiteral()) throw new Error(`${constructorType.symbol.name}.type is not one text`);
  return type.value;
}

function componentSpec({ constructorType, location }: Component, checker: ts.TypeChecker, converter: TypeConverter) {
  const [signature] = constructorType.getConstructSignatures();
  const [, args] = signature!.getParameters();
  const { name } = constructorType.symbol;
  const inputs = converter.properties(checker.getTypeOfSymbolAtLocation(args!, location).getProperties(), name);
  const outputs = converter.properties(signature!.getReturnType().getProperties().filter(isOwnOutput), name);
  const spec: ComponentSpec = {
    isComponent: true,
    description: describe(constructorType.symbol, checker),
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
    properties: outputs.properties,
    required: outputs.required,
  };
  return spec;
}

/** Whether a property is an output of a component here, or of the one that it extends; not of Pulumi's own classes. */
function isOwnOutput({ valueDeclaration: declared }: ts.Symbol): boolean {
  return (
    !!declared &&
    ts.isPropertyDeclaration(declared) &&
    ts.isClassDeclaration(declared.parent) &&
    !declared.getSourceFile().fileName.includes("/node_modules/") &&
    !!declared.type &&
    ts.isTypeReferenceNode(declared.type) &&
    declared.type.typeName.getText().endsWith("Output")
  );
}

const sourceOf = new WeakMap<ts.TypeChecker, ts.SourceFile>();

/** A checker for a file and what it imports. The large packages of resources are left out: no argument is of theirs. */
function checkerOf(file: string): ts.TypeChecker {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options, true);
  const resolve = (name: string, from: string) =>
    /^@pulumi\/(?!pulumi$)/.test(name)
      ? undefined
      : ts.resolveModuleName(name, from, options, host, undefined, undefined, ts.ModuleKind.ESNext).resolvedModule;
  host.resolveModuleNameLiterals = (names, from) => names.map(({ text }) => ({ resolvedModule: resolve(text, from) }));
  const program = ts.createProgram({ rootNames: [file], options: { ...options, types: [] }, host });
  const checker = program.getTypeChecker();
  sourceOf.set(checker, program.getSourceFile(file)!);
  return checker;
}

function sorted<T>(entries: [string, T][]): Record<string, T> {
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
