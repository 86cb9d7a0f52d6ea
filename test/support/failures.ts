import { stripVTControlCharacters } from "node:util";

/** What jest writes of a file of tests, as far as it is looked at. */
export interface TestFileResult {
  name: string;
  status: string;
  message: string;
  assertionResults: { title: string; fullName: string; status: string; failureMessages: string[] }[];
}

/** Lines of one failure that are told; more are in jest's own report, which a long log may have lost. */
const told = 40;

/**
 * The failures of a tier once more, for the end of the run: there they are seen without a search through the whole log.
 * Each begins with its tier and name; stack frames outside of the project's tests are left out.
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
  const rest = lines.length - told;
  return [...lines.slice(0, told), ...(rest > 0 ? [`... ${rest} more lines`] : [])].map(
    (line) => `      ${line.trimEnd()}`,
  );
}
