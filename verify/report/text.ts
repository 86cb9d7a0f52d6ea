import { inline, printable } from "../../federation/errors/userError.ts";

/** Width of every report. */
export const width = 80;

const codes = { green: 32, red: 31, yellow: 33 } as const;

/** A text in colour, if `wanted`. */
export function paint(text: string, colour: keyof typeof codes, wanted: boolean): string {
  return wanted ? `\u001b[${codes[colour]}m${text}\u001b[39m` : text;
}

/** Whether to write a stream in colour: a terminal, unless NO_COLOR is set. https://no-color.org */
export function wantsColour(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !environment["NO_COLOR"];
}

/**
 * A table. Each column is as wide as its content, at most its width in `widths`; together they must fit the report's
 * width. Longer content is cut and ends in `..`.
 * @param finish formats the line of a row
 */
export function columns(
  head: string[],
  rows: string[][],
  widths: number[],
  finish: (row: number, line: string) => string = (_, line) => line,
): string[] {
  const shown = rows.map((row) => row.map(inline));
  const fitting = widths.map((max, i) => Math.min(max, Math.max(head[i]!.length, ...shown.map((r) => r[i]!.length))));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => cut(cell, fitting[i]!).padEnd(fitting[i]!))
      .join(" ")
      .trimEnd();
  return [line(head), ...shown.map((row, i) => finish(i, line(row)))];
}

/** Wraps a text to the report's width. The first line starts with `first`, the others are indented. */
export function wrap(text: string, first: string, indent = first.length): string[] {
  const lines: string[] = [];
  let line = inline(first);
  let empty = true;
  for (const word of text.split(/\s+/).filter(Boolean).map(printable)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(indent);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 2)}..`;
}

/** A text in at most `max` characters, cut in its middle. */
export function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = Math.floor((max - 2) / 2);
  return `${text.slice(0, max - 2 - end)}..${text.slice(-end)}`;
}
