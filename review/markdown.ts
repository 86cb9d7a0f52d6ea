/**
 * Text of others as Markdown: what it says is shown, and does nothing. Outside of its `code`, HTML would not be shown,
 * and a name after an @ would be told of the comment; a fence would take in all that follows.
 * https://github.github.com/gfm/#raw-html, https://docs.github.com/en/get-started/writing-on-github
 */
export function plainText(text: string): string {
  return oneEnding(text)
    .replace(/```|~~~/g, "'''")
    .split(/(`[^`\n]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll("<", "&lt;").replace(/(?<!\w)@(?=\w)/g, "@\u200b")))
    .join("");
}

/** Text in a fence, as one line. */
export function fencedLine(text: string): string {
  return oneEnding(text).replaceAll("```", "'''").replaceAll("\n", " ");
}

/** Text of one list item: what was written as a list stays one, indented. */
export function listItem(text: string): string {
  return plainText(text).trim().replaceAll("\n", "\n  ");
}

/** Text of a table's cell. */
export function tableCell(text: string): string {
  return plainText(text).replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** A carriage return ends a line in Markdown as well. */
function oneEnding(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
