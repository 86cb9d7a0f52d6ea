/**
 * Text from outside as Markdown without effect. HTML outside of `code` would not be shown, a name after an @ would be
 * notified, and a fence would include all that follows.
 * https://github.github.com/gfm/#raw-html, https://github.github.com/gfm/#code-spans
 */
export function plainText(text: string): string {
  return oneEnding(text).split("\n").map(plainLine).join("\n");
}

function plainLine(text: string): string {
  // Only code that starts and ends in the line, each with one backtick, is code in every Markdown renderer.
  const line = text.replace(/`{2,}|~{3,}/g, (run) => "'".repeat(run.length));
  const parts = line.split("`");
  if (parts.length % 2 === 0 || line.includes("\\`")) return inert(parts.join("'"));
  return parts.map((part, i) => (i % 2 === 1 ? part : inert(part))).join("`");
}

/** The invisible zero-width space prevents the notification of a name. */
function inert(text: string): string {
  return text.replaceAll("<", "&lt;").replace(/(?<!\w)@(?=\w)/g, "@\u200b");
}

/** Text in a fence, as one line. */
export function fencedLine(text: string): string {
  return oneEnding(text).replaceAll("```", "'''").replaceAll("\n", " ");
}

/** Text of one list item; a list inside is indented. */
export function listItem(text: string): string {
  return plainText(text).trim().replaceAll("\n", "\n  ");
}

/** {@link plainText} as one line. */
export function oneLine(text: string): string {
  return plainText(text).replaceAll("\n", " ");
}

/** Text of a table's cell. */
export function tableCell(text: string): string {
  return oneLine(text).replaceAll("|", "\\|");
}

/** A carriage return ends a line in Markdown as well. */
function oneEnding(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
