import { findingText, UserError } from "../../federation/errors/userError.ts";

/**
 * Characters that are not shown as themselves: control characters, which move the cursor or end a line; format
 * characters, which turn the direction of the text round or are invisible; and separators of lines and paragraphs.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

const short: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Text from outside for a terminal or a log: one line, in which each invisible character is shown escaped. */
export function terminal(text: string): string {
  return text.replace(invisible, (char) => short[char] ?? `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** The same error with a message for a terminal: one line for it, and one for each of its details. */
export function terminalError(error: unknown): unknown {
  if (!(error instanceof Error)) return terminal(String(error));
  error.message =
    error instanceof UserError
      ? [error, ...error.details]
          .map((finding, i) => `${i > 0 ? "  - " : ""}${terminal(findingText(finding))}`)
          .join("\n")
      : error.message.split("\n").map(terminal).join("\n");
  return error;
}
