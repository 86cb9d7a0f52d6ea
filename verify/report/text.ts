/** Width of every report. */
export const width = 80;

const codes = { green: 32, red: 31, yellow: 33 } as const;

/** A coloured text, where colour is wanted. */
export function paint(text: string, colour: keyof typeof codes, wanted: boolean): string {
  return wanted ? `\u001b[${codes[colour]}m${text}\u001b[39m` : text;
}

/** Whether a stream is to be written in colour. https://no-color.org */
export function wantsColour(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !environment["NO_COLOR"];
}

/**
 * A table whose columns are as wide as their content, at most `widths`, which must fit the report's width together.
 * Longer content is cut, with `..` at its end.
 */
export function columns(
  head: string[],
  rows: string[][],
  widths: number[],
  finish: (row: number, line: string) => string = (_, line) => line,
): string[] {
  const fitting = widths.map((most, i) => Math.min(most, Math.max(head[i]!.length, ...rows.map((r) => r[i]!.length))));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => cut(cell, fitting[i]!).padEnd(fitting[i]!))
      .join(" ")
      .trimEnd();
  return [line(head), ...rows.map((row, i) => finish(i, line(row)))];
}

/** A text in lines of at most the report's width, the first after `first`, the others indented. */
export function wrap(text: string, first: string, indent = first.length): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter(Boolean)) {
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

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 2)}..`;
}

/** A text in at most `most` characters, which keeps both its ends. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 2) / 2);
  return `${text.slice(0, most - 2 - end)}..${text.slice(-end)}`;
}
