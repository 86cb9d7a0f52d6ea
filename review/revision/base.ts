import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRevision, type Revision } from "./revision.ts";

/** What a push says was there before it when nothing was: a new branch. */
const nothingBefore = /^0*$/;

/**
 * Reads what a git revision declares. Throws when git does not know it; says how to get it.
 * @param ref the revision; undefined for the first parent of the merge commit that is checked out, as CI checks out a pull
 *   request; empty or zeros, as a push to a new branch has it, for the commit before the one that is checked out
 */
export function readBase(root: string, ref: string | undefined): Revision {
  if (ref !== undefined && nothingBefore.test(ref) && !commitOf(root, "HEAD^1") && !isShallow(root))
    return { stacks: [], contractFiles: new Map() };
  const named = ref === undefined || nothingBefore.test(ref) ? "HEAD^1" : ref;
  const commit = commitOf(root, named);
  if (!commit)
    throw new Error(
      `--base ${named}: git knows no such revision here; name a commit, branch or tag, and fetch it first (\`git fetch origin\`; in CI check out with the whole history)`,
    );
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

/** Whether a merge commit is checked out, so that its first parent is what it was merged into. */
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
