import { isMap, isScalar, parseDocument, type Pair, type ParsedNode, type YAMLMap } from "yaml";

/*
 * Edits of a YAML file that change the lines of one key and no other. The library's own printer formats a whole file
 * again, which hides the change in a review.
 */

type Values = Record<string, string | number>;
type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/**
 * A YAML file in which a mapping has values. A mapping that is not there is appended to its parent, with `defaults` in
 * front of the values.
 * @param path of the mapping; its parent is a mapping in block style that is not empty
 */
export function withMapping(text: string, path: [string, string], values: Values, defaults: Values = {}): string {
  const mapping = parseDocument(text).getIn(path, true);
  if (!isMap(mapping)) return appended(text, path, `{ ${entries({ ...defaults, ...values })} }`);
  return Object.entries(values).reduce((edited, [key, value]) => withValue(edited, path, key, value), text);
}

/** A YAML file without a key. */
export function withoutKey(text: string, path: [string, string]): string {
  const pair = pairsIn(text, [path[0]]).find(({ key }) => nameOf(key) === path[1]);
  if (!pair) return text;
  return text.slice(0, lineStart(text, pair.key.range[0])) + text.slice(endOf(text, pair) + 1);
}

function withValue(text: string, path: [string, string], key: string, value: string | number): string {
  const mapping = parseDocument(text).getIn(path, true) as YAMLMap.Parsed;
  const known = mapping.get(key, true);
  if (isScalar(known)) return text.slice(0, known.range![0]) + value + text.slice(known.range![1]);
  const pairs = mapping.items as ParsedPair[];
  if (!mapping.flow) return insertedAfter(text, pairs.at(-1)!, `${key}: ${value}`);
  const before = text.slice(0, mapping.range[1] - 1).trimEnd();
  const separator = pairs.length === 0 || before.endsWith(",") ? " " : ", ";
  return `${before}${separator}${key}: ${value} }${text.slice(mapping.range[1])}`;
}

/** Adds a key behind the last one of its parent. */
function appended(text: string, [parent, key]: [string, string], value: string): string {
  const without = withoutKey(text, [parent, key]);
  return insertedAfter(without, pairsIn(without, [parent]).at(-1)!, `${key}: ${value}`);
}

function insertedAfter(text: string, last: ParsedPair, line: string): string {
  const end = endOf(text, last);
  const indent = " ".repeat(last.key.range[0] - lineStart(text, last.key.range[0]));
  return `${text.slice(0, end)}\n${indent}${line}${text.slice(end) || "\n"}`;
}

function pairsIn(text: string, path: string[]): ParsedPair[] {
  return (parseDocument(text).getIn(path, true) as YAMLMap.Parsed).items as ParsedPair[];
}

/** The end of the last line of a pair, with a comment at its end. */
function endOf(text: string, { key, value }: ParsedPair): number {
  const content = text.slice(0, (value ?? key).range[1]).trimEnd().length;
  const end = text.indexOf("\n", content);
  return end < 0 ? text.length : end;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

function nameOf(key: ParsedNode): unknown {
  return isScalar(key) ? key.value : undefined;
}

function entries(values: Values): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ");
}
