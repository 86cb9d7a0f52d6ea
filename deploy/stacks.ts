import { UserError } from "../federation/errors/userError.ts";
import type { Progress } from "../tools/progress.ts";
import type { Toolchain } from "../tools/index.ts";
import { operate, OperationFailed } from "../workspace/pulumiCommand.ts";
import type { StackResult } from "../workspace/pulumiOutput.ts";

/** The results of stacks that came up, and the errors of those that did not, by stack. */
export interface Attempt {
  results: StackResult[];
  failures: Map<string, unknown>;
}

/** Runs `pulumi up` of stacks in parallel. Throws a `UserError` when one fails, after all have ended. */
export async function upAll(tools: Toolchain, stacks: string[], progress: Progress): Promise<StackResult[]> {
  const { results, failures } = await tryUp(tools, stacks, progress);
  if (failures.size > 0) throw upFailed(failures);
  return results;
}

/** Runs `pulumi up` of stacks in parallel. A failure of one does not stop the others. */
export async function tryUp(tools: Toolchain, stacks: string[], progress: Progress): Promise<Attempt> {
  const attempt: Attempt = { results: [], failures: new Map() };
  await Promise.all(
    stacks.map(async (stack) => {
      const step = progress.step(`up ${stack}`);
      try {
        const result = await operate(tools, "up", stack, { onLine: (line) => step.update(line) });
        step.done(result.counts);
        attempt.results.push(result);
      } catch (error) {
        step.fail(mismatchesPeers(error) ? "it does not match its peers" : "see below");
        attempt.failures.set(stack, error);
      }
    }),
  );
  return attempt;
}

/**
 * Whether a stack failed because of what other meshes publish or import. It may come up once they have changed: a new
 * export and its import, or the removal of both.
 */
export function mismatchesPeers(error: unknown): boolean {
  const code = error instanceof OperationFailed ? error.programError?.code : undefined;
  return code === "imports-mismatch" || code === "exports-mismatch" || code === "trust-mismatch";
}

/** The error for stacks that did not come up. */
export function upFailed(failures: ReadonlyMap<string, unknown>): UserError {
  const details = [...failures].map(([stack, error]) =>
    error instanceof UserError
      ? error.toJSON()
      : {
          code: "pulumi-failed" as const,
          subject: `stack "${stack}"`,
          problem: error instanceof Error ? error.message : String(error),
          remedy: "",
        },
  );
  const names = [...failures.keys()].sort().join(", ");
  return new UserError(
    "up-failed",
    {
      subject: "the federation",
      problem: `${names} did not come up`,
      remedy: "Correct the cause and run `npm run up` again; stacks that are up stay up",
    },
    details,
  );
}
