import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "../federation/errors/userError.ts";

/** Codes of errors in the arguments of a command, which ends with exit code 2. */
const usageCodes: readonly string[] = ["arguments-invalid", "mesh-unknown"];

/** Prints an error and ends with exit code 2 for wrong arguments, otherwise 1. */
export function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\nerror: ${message}\n`);
  process.exit(error instanceof UserError && usageCodes.includes(error.code) ? 2 : 1);
}

/**
 * Ends the process after its output is written. A pipe takes some 64 KB at once, and `process.exit` alone would lose
 * the rest, such as the end of a long JSON report. If the reader has closed the pipe, the process ends at once.
 * https://nodejs.org/api/process.html#a-note-on-process-io
 */
export function exit(code: number): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(code));
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

/** The error for an argument with a value that is not allowed. */
export function argumentError(name: string, given: string, allowed: string): UserError {
  return new UserError("arguments-invalid", {
    subject: name,
    problem: `"${given}" is not allowed`,
    remedy: `Allowed: ${allowed}`,
  });
}

/** Command-line options. `--help` prints the usage and ends with 0; an unknown option or an argument ends with 2. */
export function readArguments<T extends NonNullable<ParseArgsConfig["options"]>>(options: T, usage: string) {
  return readAll(options, usage, false).values;
}

/** Command-line options and one positional argument, as {@link readArguments}. */
export function readArgumentAnd<T extends NonNullable<ParseArgsConfig["options"]>>(options: T, usage: string) {
  const { values, positionals } = readAll(options, usage, true);
  if (positionals.length !== 1) endWithUsage(`expected one argument, given: ${positionals.length}`, usage);
  return { values, argument: positionals[0]! };
}

function readAll<T extends NonNullable<ParseArgsConfig["options"]>>(options: T, usage: string, positionals: boolean) {
  try {
    const parsed = parseArgs({
      options: { ...options, help: { type: "boolean" as const } },
      strict: true,
      allowPositionals: positionals,
    });
    if ((parsed.values as { help?: boolean }).help) {
      process.stdout.write(`${usage}\n`);
      process.exit(0);
    }
    return parsed;
  } catch (error) {
    endWithUsage((error as Error).message, usage);
  }
}

function endWithUsage(message: string, usage: string): never {
  process.stderr.write(`error: ${message}\n\n${usage}\n`);
  process.exit(2);
}
