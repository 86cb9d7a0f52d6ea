import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMerge, readBase } from "../../../review/revision/base.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "base-"));
  git("init", "--quiet", "--initial-branch", "main");
});
afterEach(() => rmSync(folder, { recursive: true }));

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.invalid", ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
/** Commits a file for a stack of this name. */
function commit(stack: string): void {
  mkdirSync(join(folder, "stacks"), { recursive: true });
  writeFileSync(join(folder, "stacks", `Pulumi.${stack}.yaml`), "config: {}\n");
  git("add", "--all");
  git("commit", "--quiet", "--message", stack);
}
const stacksOf = (ref?: string, root = folder): string[] => readBase(root, ref).stacks.map((s) => s.stack);

/** Main with `first`, then `other`'s; a pull request from `first` with `mine`, merged the way that CI checks it out. */
function pullRequest(): void {
  commit("first");
  git("checkout", "--quiet", "-b", "mine");
  commit("mine");
  git("checkout", "--quiet", "main");
  commit("others");
  git("merge", "--quiet", "--no-edit", "mine");
}

describe("the base of a review", () => {
  test("is the first parent of a merge commit", () => {
    pullRequest();
    expect(isMerge(folder)).toBe(true);
    expect(stacksOf()).toEqual(["first", "others"]);
  });

  test("needs two commits of history", () => {
    pullRequest();
    for (const [depth, merge] of [
      [2, true],
      [1, false],
    ] as const) {
      const shallow = join(folder, `depth-${depth}`);
      git("clone", "--quiet", "--depth", String(depth), `file://${folder}`, shallow);
      expect(isMerge(shallow)).toBe(merge);
      if (merge) expect(stacksOf(undefined, shallow)).toEqual(["first", "others"]);
      else
        expect(() => readBase(shallow, "0".repeat(40))).toThrow(
          expect.objectContaining({ code: "review-base-unknown", subject: "--base HEAD^1" }),
        );
    }
  });

  test.each(["0".repeat(40), "0".repeat(64), ""])(
    "of a push to a new branch (%j before it) is the commit before",
    (before) => {
      commit("first");
      commit("second");
      expect(isMerge(folder)).toBe(false);
      expect(stacksOf(before)).toEqual(["first"]);
    },
  );

  test("of the first commit is empty", () => {
    commit("first");
    expect(stacksOf("0".repeat(40))).toEqual([]);
  });

  test("is the given revision, which must exist", () => {
    commit("first");
    commit("second");
    expect(stacksOf("main")).toEqual(["first", "second"]);
    expect(() => readBase(folder, "v1")).toThrow(
      expect.objectContaining({ code: "review-base-unknown", subject: "--base v1" }),
    );
  });
});
