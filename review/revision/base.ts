import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../federation/errors/userError.ts";
import { readRevision, type Revision } from "./revision.ts";

/** The previous commit in the event of a push to a new branch: empty, or zeros. */
const noCommit = /^0*$/;

/**
 * Reads what a git revision declares.
 * @param ref the revision. Undefined: the first parent of the merge commit that is checked out, as CI checks out a pull
 *   request. Empty or zeros, as in the event of a push to a new branch: the parent of the commit that is checked out
 * @throws UserError `review-base-unknown`
 */
export function readBase(root: string, ref: string | undefined): Revision {
  if (ref !== undefined && noCommit.test(ref) && !commitOf(root, "HEAD^1") && !isShallow(root))
    return { stacks: [], contractFiles: new Map() };
  const named = ref === undefined || noCommit.test(ref) ? "HEAD^1" : ref;
  const commit = commitOf(root, named);
  if (!commit)
    throw new UserError("review-base-unknown", {
      subject: `--base ${named}`,
      problem: "git has no such revision in this clone",
      remedy: "Name a commit, branch or tag, and fetch it (`git fetch origin`; in CI check out with the whole history)",
    });
  const folder = mkdtempSync(join(tmpdir(), "mesh-federation-base-"));
  try {
    execFileSync("tar", ["-x", "-C", folder], {
      input: git(root, "archive", "--format=tar", commit),
      stdio: ["pipe", "ignore", "pipe"],
    });
    return readRevision(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a merge commit is checked out. Its first parent is the branch that it was merged into. */
export function isMerge(root: string): boolean {
  return commitOf(root, "HEAD^2") !== undefined;
}

function commitOf(root: string, ref: string): string | undefined {
  try {
    return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`).toString().trim();
  } catch {
    return undefined;
  }
}

function isShallow(root: string): boolean {
  return git(root, "rev-parse", "--is-shallow-repository").toString().trim() === "true";
}

function git(root: string, ...args: string[]): Buffer {
  return execFileSync("git", args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 30 });
}
