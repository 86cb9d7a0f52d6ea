import { execFileSync } from "node:child_process";
import { apiReports } from "./apiReport.ts";

/**
 * The API reports that differ between a branch and where it began, when CHANGELOG.md has no new line that says so.
 * Files of the working tree count as they are, committed or not.
 * @param root a working tree of git
 * @param base the branch or revision that the changes are for
 * @throws Error with git's message, for a base that does not exist
 */
export function unexplainedApiChanges(root: string, base: string): string[] {
  const git = (...words: string[]): string =>
    execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: "pipe" });
  const start = git("merge-base", base, "HEAD").trim();
  const paths = apiReports.map(({ path }) => path);
  // A file that git does not know yet is no part of a diff.
  const unknown = git("ls-files", "--others", "--exclude-standard", "--", ...paths).split("\n");
  const known = git("diff", "--name-only", "--no-renames", start, "--", ...paths).split("\n");
  const changed = [...new Set([...known, ...unknown])].filter((path) => path !== "").sort();
  const [added = "0"] = git("diff", "--numstat", start, "--", "CHANGELOG.md").split("\t");
  return Number(added) > 0 ? [] : changed;
}
