/*
 * The one module that parses what Pulumi prints for people. `pulumi up` and `pulumi destroy` have no stable format for
 * programs: `--json` of `up` is a stream of engine events that is marked experimental.
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/
 */

/** What an operation on a stack did. */
export interface StackResult {
  /** Pulumi's own counts, e.g. `31 unchanged` or `+ 12 created, 3 unchanged`. */
  counts: string;
  /** Whether anything was changed. */
  changed: boolean;
}

/** The section "Diagnostics" of an output; the last 15 lines of an output without it. */
export function diagnosticsOf(lines: readonly string[]): string {
  const start = lines.lastIndexOf("Diagnostics:");
  const end = lines.findIndex((line, i) => i > start && /^(Outputs|Resources):/.test(line));
  const shown = start < 0 ? lines.slice(-15) : lines.slice(start + 1, end < 0 ? undefined : end);
  return shown.map((line) => `  ${line}`).join("\n");
}

/** The counts in the last section "Resources" of an output. */
export function countsOf(lines: readonly string[]): StackResult {
  const start = lines.lastIndexOf("Resources:");
  const counts =
    start < 0
      ? []
      : lines
          .slice(start + 1)
          .filter((line) => /^([+\-~]{1,2}\s*)?\d+ \w/.test(line) && !/^\d+ (changes?|warnings?)/.test(line));
  return { counts: counts.join(", ") || "no resources", changed: counts.some((line) => !/ unchanged$/.test(line)) };
}
