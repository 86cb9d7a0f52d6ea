import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unexplainedApiChanges } from "../../../tools/package/apiChange.ts";
import { apiReports } from "../../../tools/package/apiReport.ts";
import { root } from "./support/consumer.ts";

describe("a change of the API", () => {
  let folder: string;
  const git = (...words: string[]): string =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@localhost", ...words], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
  const commit = (): void => {
    git("add", "-A");
    git("commit", "-qm", "Change it");
  };
  const report = apiReports[0].path;
  const write = (path: string, text: string): void => appendFileSync(join(folder, path), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-federation-api-"));
    mkdirSync(join(folder, "api"));
    git("init", "-q", "-b", "main");
    writeFileSync(join(folder, report), "a\n");
    writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n- a\n");
    commit();
    git("checkout", "-qb", "topic");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("needs a new line in the changelog, committed or not", () => {
    expect(unexplainedApiChanges(folder, "main")).toEqual([]);
    write(report, "b\n");
    expect(unexplainedApiChanges(folder, "main")).toEqual([report]);
    commit();
    expect(unexplainedApiChanges(folder, "main")).toEqual([report]);
    writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n");
    expect(unexplainedApiChanges(folder, "main")).toEqual([report]);
    writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n- a\n- b\n");
    expect(unexplainedApiChanges(folder, "main")).toEqual([]);
  });

  test("counts from where the branch began, and includes a new report", () => {
    write(apiReports[1].path, "new\n");
    expect(unexplainedApiChanges(folder, "main")).toEqual([apiReports[1].path]);
    commit();
    git("checkout", "-q", "main");
    write("CHANGELOG.md", "- of another branch\n");
    commit();
    git("checkout", "-q", "topic");
    expect(unexplainedApiChanges(folder, "main")).toEqual([apiReports[1].path]);
  });

  test("is not compared with a revision that does not exist", () => {
    expect(() => unexplainedApiChanges(folder, "nowhere")).toThrow("nowhere");
  });
});

/** Where the changes of this clone begin: the main branch, and what was before the last change of the API. */
function basesHere(): string[] {
  const git = (...words: string[]): string => {
    const { stdout, status } = spawnSync("git", words, { cwd: root, encoding: "utf8" });
    return status === 0 ? stdout.trim() : "";
  };
  const last = git("log", "-1", "--format=%H", "--", ...apiReports.map(({ path }) => path));
  return ["origin/main", "main", ...(last === "" ? [] : [`${last}^`])].filter(
    (base) => git("merge-base", base, "HEAD") !== "",
  );
}

test("this clone's changes of the API are in the changelog", () => {
  expect(basesHere().filter((base) => unexplainedApiChanges(root, base).length > 0)).toEqual([]);
});
