import { parseArgs, type ParseArgsConfig } from "node:util";

/** Prints an error as the user should see it and ends with exit code 1. */
export function failWith(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\nerror: ${message}\n`);
  process.exit(1);
}

/**
 * Ends the process with an exit code as soon as all that it printed is taken. A pipe takes some 64 KB at once, and
 * `process.exit` alone would lose the rest, such as the end of a long JSON report. A reader who has left takes no more.
 * https://nodejs.org/api/process.html#a-note-on-process-io
 */
export function endWith(code: number): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(code));
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

/** Says which option has a value that it cannot have, and ends with exit code 2. */
export function wrongOption(message: string): never {
  process.stderr.write(`\nerror: ${message}\n`);
  process.exit(2);
}

/** Command-line options, with `--help` printing `usage`. Ends with the usage on an unknown option. */
export function readArguments<T extends NonNullable<ParseArgsConfig["options"]>>(options: T, usage: string) {
  try {
    const parsed = parseArgs({
      options: { ...options, help: { type: "boolean" as const } },
      strict: true,
      allowPositionals: false,
    });
    if ((parsed.values as { help?: boolean }).help) {
      process.stdout.write(`${usage}\n`);
      process.exit(0);
    }
    return parsed.values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}\n`);
    process.exit(2);
  }
}
