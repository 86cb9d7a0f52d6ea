import { SourceMap } from "node:module";

/** Characters of a script within which no second mapping begins: one to three lines of a source. */
const distance = 24;

/**
 * A smaller source map: where lines of the sources begin in the script. It has no columns, names and texts, and short
 * lines count as part of the one before. Stack traces need no more, and a complete map is longer than its script.
 * @param text a complete source map
 * @param nameOf what the smaller one calls a source
 */
export function lineMap(text: string, nameOf: (source: string) => string): string {
  const map = new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]);
  const { sources, mappings } = map.payload;
  // Every number but the column counts from the one before, in the whole map.
  let before = { source: 0, line: 0 };
  const lines = mappings.split(";").map((segments, line) => {
    const written: string[] = [];
    let column = 0;
    let last = -Infinity;
    for (const segment of segments.split(",")) {
      column += decoded(segment)[0] ?? 0;
      const entry = map.findEntry(line, column);
      if (!("originalLine" in entry)) continue;
      const here = { source: sources.indexOf(entry.originalSource), line: entry.originalLine };
      const isNear = here.source === before.source && (here.line === before.line || column - last < distance);
      if (written.length > 0 && isNear) continue;
      const step = [column - Math.max(last, 0), here.source - before.source, here.line - before.line, 0];
      written.push(step.map(encoded).join(""));
      last = column;
      before = here;
    }
    return written.join(",");
  });
  return JSON.stringify({ version: 3, sources: sources.map(nameOf), names: [], mappings: lines.join(";") });
}

/** Base 64 VLQ, https://tc39.es/ecma426/#sec-base64-vlq: the digits, of which the second half is followed by another. */
const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A number in Base 64 VLQ. */
function encoded(value: number): string {
  let rest = value < 0 ? -value * 2 + 1 : value * 2;
  let text = "";
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += digits[rest > 0 ? digit + 32 : digit];
  } while (rest > 0);
  return text;
}

/** The numbers in a text of Base 64 VLQ. */
function decoded(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let weight = 1;
  for (const character of text) {
    const digit = digits.indexOf(character);
    value += (digit % 32) * weight;
    weight *= 32;
    if (digit >= 32) continue;
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    value = 0;
    weight = 1;
  }
  return numbers;
}
