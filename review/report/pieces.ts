import { fencedLine } from "./markdown.ts";

/** Longer lines are cut, so that one line does not displace all others. */
const longestLine = 4_000;

/** The pointer to the complete result. */
export const json = "`npm run review -- --json` has all";

/** Lines that are cut at the end when there is no room for all. */
interface Lines {
  lines: string[];
  /** The line that replaces the lines that are cut. */
  more: (left: number) => string;
  /** Characters that are reserved for these lines: earlier pieces cannot use them. */
  reserved: number;
}

/** A line, or lines that can be cut. */
export type Piece = string | Lines;

/** Joins the pieces, and cuts lines so that the text has at most `room` characters. */
export function fit(pieces: Piece[], room: number): string {
  const later = pieces.map((piece) =>
    typeof piece === "string"
      ? piece.length + 1
      : Math.min(sizeOf(piece.lines), Math.max(piece.reserved, piece.more(piece.lines.length).length + 1)),
  );
  let left = room;
  let reserved = later.reduce((sum, n) => sum + n, 0);
  const text = pieces.flatMap((piece, i) => {
    reserved -= later[i]!;
    const shown = typeof piece === "string" ? [piece] : keep(piece, left - reserved);
    left -= sizeOf(shown);
    return shown;
  });
  return text.join("\n");
}

function keep({ lines, more }: Lines, room: number): string[] {
  if (sizeOf(lines) <= room) return lines;
  let size = more(lines.length).length + 1;
  const kept = lines.slice(
    0,
    Math.max(
      0,
      lines.findIndex((line) => (size += line.length + 1) > room),
    ),
  );
  return [...kept, more(lines.length - kept.length)];
}

function sizeOf(lines: string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

/** Lines that are cut at the end where there is no room. */
export function cuttable(lines: string[], more: Lines["more"], reserved: number): Lines[] {
  return lines.length > 0 ? [{ lines: lines.map(short), more, reserved }] : [];
}

/** A line without its end when it is too long. */
export function short(line: string): string {
  return line.length <= longestLine
    ? line
    : `${line.slice(0, longestLine - 100)} ... ${line.length - longestLine + 100} more characters; ${json}`;
}

/** Lines in a fence of a diff. */
export function fenced(lines: string[], more: Lines["more"], reserved: number): Piece[] {
  return ["```diff", ...cuttable(lines.map(fencedLine), more, reserved), "```"];
}
