import ts from "typescript";
import { anyValue, type ObjectSpec, type PropertySpec, type TypeSpec } from "./schema.ts";

/** Types that programs pass on as they are. Their shape is checked by the components that take them. */
const opaque = new Set([
  "ContractExport",
  "ContractImport",
  "FederationContract",
  "FederationObject",
  "MeshDescription",
]);

/** Properties with fractions. All other numbers are whole. */
const fractions = new Set(["aggression", "minimumPercent"]);

/** A converted type, whether outputs are allowed in its place, and which texts it allows. */
interface Converted {
  spec: TypeSpec;
  input: boolean;
  values?: string[];
}

/** Converts types of TypeScript to those of a package schema, and collects the object types among them. */
export class TypeConverter {
  /** Object types by token. */
  readonly objects: Record<string, ObjectSpec> = {};
  private readonly checker: ts.TypeChecker;
  private readonly tokenOf: (name: string) => string;

  constructor(checker: ts.TypeChecker, tokenOf: (name: string) => string) {
    this.checker = checker;
    this.tokenOf = tokenOf;
  }

  /** Properties of an object type, and which of them are required. `path` names object types without a name. */
  properties(members: ts.Symbol[], path: string): Pick<ObjectSpec, "properties" | "required"> {
    const properties: Record<string, PropertySpec> = {};
    const required: string[] = [];
    for (const member of members) {
      const { name } = member;
      const { spec, input, values } = this.member(member, `${path}${capital(name)}`);
      const description = describe(member, this.checker, values);
      properties[name] = { ...spec, ...(input ? {} : { plain: true }), ...(description ? { description } : {}) };
      if (!(member.flags & ts.SymbolFlags.Optional)) required.push(name);
    }
    return { properties, required: required.sort() };
  }

  /** An interface has type nodes, which say where `Input` is. The types that schemas of zod infer have none. */
  private member(member: ts.Symbol, path: string): Converted {
    const declaration = member.valueDeclaration;
    const node =
      declaration && (ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration))
        ? declaration.type
        : undefined;
    if (node) return this.node(node, path, member.name);
    return { ...this.type(this.checker.getTypeOfSymbol(member), path, member.name), input: true };
  }

  private node(node: ts.TypeNode, path: string, property: string): Converted {
    if (ts.isTypeReferenceNode(node)) {
      const name = ts.isQualifiedName(node.typeName) ? node.typeName.right.text : node.typeName.text;
      const inner = node.typeArguments?.at(-1);
      if (opaque.has(name)) return { spec: anyValue, input: false };
      if (inner && (name === "Input" || name === "Output")) {
        return { ...this.node(inner, path, property), input: true };
      }
      if (inner && name === "Record")
        return { spec: { type: "object", additionalProperties: this.node(inner, path, property).spec }, input: false };
      const type = this.checker.getTypeFromTypeNode(node);
      if (type.isClassOrInterface()) return { spec: this.reference(name, type), input: false };
      return { ...this.type(type, name, property), input: false };
    }
    if (ts.isArrayTypeNode(node))
      return { spec: { type: "array", items: this.node(node.elementType, path, property).spec }, input: false };
    return { ...this.type(this.checker.getTypeFromTypeNode(node), path, property), input: false };
  }

  private type(given: ts.Type, path: string, property: string): Omit<Converted, "input"> {
    if (given.flags & ts.TypeFlags.Unknown) return { spec: anyValue };
    const type = this.checker.getNonNullableType(given);
    const parts = type.isUnion() ? type.types : [type];
    const all = (flag: ts.TypeFlags) => parts.every((part) => part.flags & flag);
    if (parts.every((part) => part.isStringLiteral()))
      return { spec: { type: "string" }, values: parts.map(({ value }) => value) };
    if (all(ts.TypeFlags.StringLike)) return { spec: { type: "string" } };
    if (all(ts.TypeFlags.BooleanLike)) return { spec: { type: "boolean" } };
    if (all(ts.TypeFlags.NumberLike)) return { spec: { type: fractions.has(property) ? "number" : "integer" } };
    if (this.checker.isArrayType(type)) {
      const [item] = this.checker.getTypeArguments(type as ts.TypeReference);
      return { spec: { type: "array", items: this.type(item!, path, property).spec } };
    }
    const values = type.getStringIndexType();
    if (values) return { spec: { type: "object", additionalProperties: this.type(values, path, property).spec } };
    if (!type.isUnion() && type.getProperties().length > 0) return { spec: this.reference(path, type) };
    throw new Error(`${path}: the type ${this.checker.typeToString(type)} has no counterpart in a package schema`);
  }

  private reference(name: string, type: ts.Type): TypeSpec {
    const token = this.tokenOf(name);
    if (!this.objects[token]) {
      const symbol = type.isClassOrInterface() ? type.symbol : undefined;
      const description = symbol && describe(symbol, this.checker);
      const object: ObjectSpec = { type: "object", description, properties: {}, required: [] };
      this.objects[token] = object;
      Object.assign(object, this.properties(type.getProperties(), name));
    }
    return { $ref: `#/types/${token}` };
  }
}

/** The docstring of a symbol, with its default and the texts that it allows. */
export function describe(symbol: ts.Symbol, checker: ts.TypeChecker, values: string[] = []): string {
  const tags = symbol.getJsDocTags(checker).filter(({ name }) => name === "default");
  const lines = [
    plainText(symbol.getDocumentationComment(checker)),
    values.length > 1 ? `One of ${values.map((value) => `\`${value}\``).join(", ")}.` : "",
    ...tags.map(({ text }) => `Default: ${plainText(text ?? [])}.`),
  ];
  return lines.filter(Boolean).join("\n\n");
}

function plainText(parts: ts.SymbolDisplayPart[]): string {
  return ts
    .displayPartsToString(parts)
    .replaceAll(/\{@link ([^ }]+)[^}]*\}/g, "`$1`")
    .trim();
}

function capital(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}
