import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRevision, type Revision } from "../../review/revision.ts";

/** Reads what a git revision declares. Throws when git does not know it; says how to get it. */
export function readBase(root: string, ref: string): Revision {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 30 });
  let commit: string;
  try {
    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`).toString().trim();
  } catch {
    throw new Error(`--base ${ref}: git knows no such revision here; name a commit, branch or tag, and fetch it first (\`git fetch origin\`; in CI check out with the whole history)`);
  }
  const folder = mkdtempSync(join(tmpdir(), "mesh-federation-base-"));
  try {
    execFileSync("tar", ["-x", "-C", folder], { input: git("archive", "--format=tar", commit), stdio: ["pipe", "ignore", "pipe"] });
    return readRevision(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
