/**
 * The line of Pulumi's stderr that has the cause. Pulumi prints it after `error: `, next to lines that have no cause,
 * such as `... failed:` and `... exit code 1`; its CLI has no structured form of errors.
 */
export function firstLine(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim().replace(/^error: /, ""))
    .filter(Boolean);
  return lines.find((line) => !/exit code|failed:$/.test(line)) ?? lines[0] ?? "Pulumi printed no reason";
}

/** {@link firstLine} of the message of an error that carries Pulumi's stderr. */
export function firstLineOf(error: unknown): string {
  return firstLine((error as Error).message);
}
