import { federationOutput } from "../federation/contract/contract.ts";
import { UserError } from "../federation/errors/userError.ts";
import type { Progress } from "../tools/progress.ts";
import type { Toolchain } from "../tools/index.ts";
import { stackOutputs } from "../workspace/pulumiCommand.ts";
import { mismatchesPeers, tryUp, upFailed, type Attempt } from "./stacks.ts";

/** Limit of rounds. Each round creates the imports whose peers came up in the previous one. */
const maximumRounds = 5;

/** An import that waits for its peer. */
interface PendingImport {
  stack: string;
  name: string;
  from: string;
  reason: string;
}

/**
 * Brings meshes up in parallel, then repeats this for the meshes with pending imports and for those that do not match
 * their peers yet. Returns whether anything changed. Throws a `UserError` when a repetition would not help.
 */
export async function upMeshes(tools: Toolchain, stacks: string[], progress: Progress): Promise<boolean> {
  let next = stacks;
  let changed = false;
  let before: PendingImport[] = [];
  for (let round = 1; next.length > 0; round++) {
    const attempt = await tryUp(tools, next, progress);
    const changedNow = attempt.results.some((result) => result.changed);
    changed ||= changedNow;
    const last = round === maximumRounds;
    const mismatched = mismatchedStacks(attempt, changedNow && !last);
    const pending = await pendingImports(
      tools,
      stacks.filter((stack) => !mismatched.includes(stack)),
    );
    const samePending = JSON.stringify(pending) === JSON.stringify(before);
    if (pending.length > 0 && ((samePending && !changedNow) || last)) throw stillPending(pending);
    before = pending;
    const waiting = [...new Set(pending.map((item) => item.stack))];
    if (mismatched.length > 0) progress.note(`next: ${mismatched.join(", ")} again, because peers have changed`);
    if (waiting.length > 0) progress.note(`next: imports of ${waiting.join(", ")}, whose peers are up now`);
    next = [...mismatched, ...waiting];
  }
  return changed;
}

/** The failed stacks to retry. Throws a `UserError` for any other failure, and when no retry can help. */
function mismatchedStacks({ failures }: Attempt, retry: boolean): string[] {
  const mismatched = [...failures].filter(([, error]) => mismatchesPeers(error)).map(([stack]) => stack);
  if (failures.size > mismatched.length || (mismatched.length > 0 && !retry)) throw upFailed(failures);
  return mismatched;
}

async function pendingImports(tools: Toolchain, stacks: string[]): Promise<PendingImport[]> {
  const outputs = await Promise.all(stacks.map((stack) => stackOutputs(tools, stack)));
  return stacks.flatMap((stack, i) => {
    const pending: Omit<PendingImport, "stack">[] = outputs[i]?.[federationOutput]?.pendingImports ?? [];
    return pending.map((item) => ({ stack, ...item }));
  });
}

function stillPending(pending: PendingImport[]): UserError {
  return new UserError(
    "imports-still-pending",
    {
      subject: "the federation",
      problem: "the meshes are up, but imports are still pending",
      remedy: "Correct the export of the peer, or remove the import",
    },
    pending.map(({ stack, name, from, reason }) => ({
      code: "imports-still-pending",
      subject: `stack "${stack}"`,
      problem: `import "${name}" from "${from}" is pending: ${reason}`,
      remedy: "",
    })),
  );
}
