import { stripVTControlCharacters } from "node:util";

/** Result of one test file in Jest's JSON, the parts that are read. */
export interface TestFileResult {
  name: string;
  status: string;
  message: string;
  assertionResults: TestResult[];
}

interface TestResult {
  title: string;
  fullName: string;
  status: string;
  failureMessages: string[];
  /** Milliseconds; not of a test that did not run. */
  duration?: number | null;
}

/** Lines shown of one failure; Jest's own report has all of them. */
const maximumLines = 40;

/** A failed test, or a test file that cannot be loaded. */
interface Failure {
  name: string;
  text: string;
}

/**
 * The failures of a tier, for the end of the run. Each begins with its tier and name; stack frames outside the
 * project's tests are omitted.
 */
export function failureLines(tier: string, files: TestFileResult[]): string[] {
  return failuresOf(files).flatMap(({ name, text }) => [`   failed: ${tier}: ${name}`, ...firstLines(text)]);
}

/** One line for each failure of a tier: a report that is cut still ends with all of them. */
export function failureSummary(tier: string, files: TestFileResult[]): string[] {
  return failuresOf(files).map(({ name, text }) => {
    const [first = ""] = readable(text);
    return `   ${tier}: ${shortened(name, 70)}: ${shortened(first.trim(), 100)}`;
  });
}

function failuresOf(files: TestFileResult[]): Failure[] {
  return files.flatMap((file) => {
    const failed = file.assertionResults
      .filter((a) => a.status === "failed")
      .map((a) => ({ name: a.fullName, text: a.failureMessages.join("\n") }));
    // A file that cannot be loaded has no tests, but a message.
    if (failed.length === 0 && file.status === "failed") failed.push({ name: file.name, text: file.message });
    return failed;
  });
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** The lines of a message that tell something, without colors. */
function readable(text: string): string[] {
  return stripVTControlCharacters(text)
    .split("\n")
    .filter((line) => line.trim() && !(/^\s+at /.test(line) && !/[/]test[/]/.test(line)));
}

function firstLines(text: string): string[] {
  const lines = readable(text);
  const rest = lines.length - maximumLines;
  return [...lines.slice(0, maximumLines), ...(rest > 0 ? [`... ${rest} more lines`] : [])].map(
    (line) => `      ${line.trimEnd()}`,
  );
}
