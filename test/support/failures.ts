import { stripVTControlCharacters } from "node:util";

/** Result of one test file in Jest's JSON, the parts that are read. */
export interface TestFileResult {
  name: string;
  status: string;
  message: string;
  assertionResults: { title: string; fullName: string; status: string; failureMessages: string[] }[];
}

/** Lines shown of one failure; Jest's own report has all of them. */
const maximumLines = 40;

/**
 * The failures of a tier, for the end of the run. Each begins with its tier and name; stack frames outside the
 * project's tests are omitted.
 */
export function failureLines(tier: string, files: TestFileResult[]): string[] {
  return files.flatMap((file) => {
    const failed = file.assertionResults
      .filter((a) => a.status === "failed")
      .map((a) => ({ name: a.fullName, text: a.failureMessages.join("\n") }));
    // A file that cannot be loaded has no tests, but a message.
    if (failed.length === 0 && file.status === "failed") failed.push({ name: file.name, text: file.message });
    return failed.flatMap(({ name, text }) => [`   failed: ${tier}: ${name}`, ...firstLines(text)]);
  });
}

function firstLines(text: string): string[] {
  const lines = stripVTControlCharacters(text)
    .split("\n")
    .filter((line) => line.trim() && !(/^\s+at /.test(line) && !/[/]test[/]/.test(line)));
  const rest = lines.length - maximumLines;
  return [...lines.slice(0, maximumLines), ...(rest > 0 ? [`... ${rest} more lines`] : [])].map(
    (line) => `      ${line.trimEnd()}`,
  );
}
