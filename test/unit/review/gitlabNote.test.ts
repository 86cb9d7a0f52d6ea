import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { marker } from "../../../review/report/comment.ts";

const text = readFileSync(resolve(import.meta.dirname, "..", "..", "..", "docs", "ci.md"), "utf8");
const job = parse(/^```yaml\n([^]*?)^```$/m.exec(text)![1]!)["federation review"];

/* Answers as GitLab does: who the token is, notes page by page; keeps what is written. */
const fakeCurl = `#!/bin/bash
for word; do
  case "$last" in --dump-header) headers=$word ;; --request) method=$word ;; esac
  case "$word" in https://*) url=$word ;; body@*) cp "\${word#body@}" written ;; esac
  last=$word
done
echo "$method $url" >> asked
case "$url" in
  */user) echo '{"id": 5}' ;;
  *page=1) printf 'x-next-page: 2\\r\\n' > "$headers"; cat page1 ;;
  *page=2) printf 'X-Next-Page: \\r\\n' > "$headers"; cat page2 ;;
esac
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "note-"));
  writeFileSync(join(folder, "curl"), fakeCurl, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
const note = (id: number, author: number, body: string) => ({ id, author: { id: author }, body });

/** Runs the script after a review, where the merge request has these notes. */
function write(pages: object[][], env: Record<string, string> = {}): { asked: string[]; written: string } {
  pages.forEach((page, i) => writeFileSync(join(folder, `page${i + 1}`), JSON.stringify(page)));
  const given = {
    PATH: `${folder}:${dirname(process.execPath)}:${process.env["PATH"]}`,
    CI_JOB_STATUS: "success",
    CI_API_V4_URL: "https://gitlab.example/api/v4",
    CI_MERGE_REQUEST_PROJECT_ID: "3",
    CI_MERGE_REQUEST_IID: "7",
    CI_COMMIT_SHA: "abc123",
    CI_JOB_URL: "https://gitlab.example/jobs/1",
    REVIEW_TOKEN: "token",
    ...env,
  };
  for (const script of job.after_script)
    expect(spawnSync("bash", ["--norc", "-c", script], { cwd: folder, env: given, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  return { asked: file("asked").trim().split("\n"), written: file("written") };
}
const notes = "https://gitlab.example/api/v4/projects/3/merge_requests/7/notes";

describe("the GitLab note", () => {
  test("replaces one of an earlier run on any page, and none of another author", () => {
    writeFileSync(join(folder, "review.md"), `${marker}\nresult\n`);
    const { asked, written } = write([
      [note(1, 5, "other"), note(2, 6, `${marker} forged`)],
      [note(3, 5, `${marker}\nold`)],
    ]);
    expect([asked.at(-1), written]).toEqual([`PUT ${notes}/3`, `${marker}\nresult\n`]);
  });

  test("is created where none exists, also for a failed review", () => {
    const { asked, written } = write([[], []], { CI_JOB_STATUS: "failed" });
    expect(asked.at(-1)).toBe(`POST ${notes}`);
    expect(written).toContain("**The review of abc123 failed** before it had a result: https://gitlab.example/jobs/1");
  });

  test.each([
    ["was cancelled", { CI_JOB_STATUS: "canceled" }],
    ["has no token, as in a fork", { REVIEW_TOKEN: "" }],
  ])("is not written by a job that %s", (_what, env) => {
    writeFileSync(join(folder, "review.md"), "result");
    expect(write([[], []], env)).toEqual({ asked: [""], written: "" });
  });
});

describe("the base of a GitLab review", () => {
  test("is the target of a merged result, or where a branch began", () => {
    const [, argument] = /base=(\S+)/.exec(job.script.join("\n"))!;
    const base = (env: Record<string, string>) =>
      spawnSync("bash", ["--norc", "-c", `echo ${argument}`], { env, encoding: "utf8" }).stdout.trim();
    expect([
      base({ CI_MERGE_REQUEST_TARGET_BRANCH_SHA: "target", CI_MERGE_REQUEST_DIFF_BASE_SHA: "base" }),
      base({ CI_MERGE_REQUEST_TARGET_BRANCH_SHA: "", CI_MERGE_REQUEST_DIFF_BASE_SHA: "base" }),
    ]).toEqual(["target", "base"]);
  });
});
