/**
 * The value in a text of JSON that somebody may have saved with an editor.
 * @throws SyntaxError for text that is not JSON. Its message quotes the text, which can be any file or answer: never
 *   show it.
 */
export function valueInJson(text: string): unknown {
  // Some editors, and PowerShell, begin a file with a byte order mark.
  return JSON.parse(text.replace(/^\uFEFF/, ""));
}
