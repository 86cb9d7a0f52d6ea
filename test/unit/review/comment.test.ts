import fc from "fast-check";
import { longestComment, marker, renderComment } from "../../../review/report/comment.ts";
import type { StackFinding } from "../../../review/findings.ts";
import { errorsPage } from "../../../review/report/report.ts";
import type { ReviewResult } from "../../../review/result.ts";
import type { Change } from "../../../review/changes/words.ts";

const finding = (problem: string): StackFinding => ({
  stack: "east",
  code: "imports-mismatch",
  subject: "import",
  problem,
  remedy: "",
});

/** A review with these counts of texts, each of this length. */
function review(
  count: Partial<
    Record<
      "trust" | "changes" | "failed" | "warnings" | "violations" | "stacks" | "notes" | "unfinished" | "touched",
      number
    >
  >,
  length = 80,
): ReviewResult {
  const times = <T>(n: number | undefined, make: (text: string, i: number) => T): T[] =>
    Array.from({ length: n ?? 0 }, (_, i) => make(`${i} ${"x".repeat(length)}`, i));
  return {
    trust: times(count.trust, (text) => ({ sign: "~", text }) as Change),
    changes: times(count.changes, (text) => ({ sign: "+", text }) as Change),
    invalidStacks: [],
    failed: times(count.failed, finding),
    warnings: times(count.warnings, finding),
    violations: times(count.violations, (message) => ({ stack: "east", policy: "p", message })),
    advisories: [],
    policyCoverage: { policies: 7, stacks: [], notEvaluated: [] },
    previews: [
      ...times(count.stacks, (reason, i) => ({
        stack: `stack-${i}`,
        state: "skipped" as const,
        code: "review-preview-failed" as const,
        reason,
      })),
      {
        stack: "west",
        state: "previewed",
        counts: "1 to create",
        touched: times(count.touched, (name) => ({ op: "create" as const, type: "t", name, urn: name, details: [] })),
        notes: times(count.notes, (text) => text),
      },
    ],
    order: { steps: ["west", "east"], unfinished: times(count.unfinished, finding), blocked: [] },
  };
}
const part = (text: string, from: string, to: string): string => text.slice(text.indexOf(from), text.indexOf(to));

describe("a comment", () => {
  test("has everything that fits", () => {
    const text = renderComment(
      review({
        trust: 20,
        changes: 20,
        failed: 20,
        warnings: 5,
        violations: 5,
        stacks: 10,
        notes: 5,
        unfinished: 5,
        touched: 100,
      }),
    );
    expect(text.startsWith(`${marker}\n`)).toBe(true);
    expect(text).not.toContain("more");
    for (const what of [
      "~ 19 x",
      "+ 19 x",
      "- **east**: import: 19 x",
      "(warning): import: 4 x",
      "policy p: 4 x",
      "| stack-9 |",
      "- **west**: 4 x",
      "not deployed after that: east: import: 4 x",
      "+ t 99 x",
    ])
      expect(text).toContain(what);
  });

  test("cuts a long diff before changes and checks", () => {
    const text = renderComment(review({ changes: 200, failed: 200, touched: 5_000 }));
    expect(text.length).toBeGreaterThan(longestComment - 500);
    expect(text).toContain("+ 199 x");
    expect(text).toContain("- **east**: import: 199 x");
    expect(text).toMatch(/\.\.\. \d+ more lines; `npm run pulumi -- preview --diff` shows all\n```\n\n<\/details>\n$/);
  });

  test("keeps room for each part, and counts what it leaves out", () => {
    const text = renderComment(
      review({
        trust: 5_000,
        changes: 5_000,
        failed: 5_000,
        warnings: 5_000,
        stacks: 5_000,
        notes: 5_000,
        unfinished: 5_000,
        touched: 5_000,
      }),
    );
    const omitted = [...text.matchAll(/\.\.\. (\d+) more ([a-z ]+)(?:;| \|)/g)].map((m) => [m[2], Number(m[1])]);
    expect(omitted.map(([what]) => what)).toEqual([
      "changes of trust",
      "changes",
      "failed checks",
      "warnings",
      "stacks",
      "notes",
      "not deployed",
      "lines",
    ]);
    expect(text).toContain("### 5000 checks failed");
    const shown = part(text, "### What changes", "### 5000").match(/^\+ /gm)!.length;
    expect(omitted[1]).toEqual(["changes", 5_000 - shown]);
  });

  test("shows all other messages next to a very long one", () => {
    const result = review({ failed: 3 });
    result.failed[0]!.problem = "y".repeat(200_000);
    const text = renderComment(result);
    expect(text).toMatch(/y \.\.\. \d+ more characters; `npm run review -- --json` has all/);
    expect(text).toContain("- **east**: import: 2 x");
  });

  test("is never too long, and cuts the diff before any other text", () => {
    const many = fc.integer({ min: 0, max: 800 });
    fc.assert(
      fc.property(
        fc.record({
          trust: many,
          changes: many,
          failed: many,
          warnings: many,
          violations: many,
          stacks: many,
          notes: many,
          unfinished: many,
          touched: many,
        }),
        fc.integer({ min: 1, max: 5_000 }),
        (count, length) => {
          const text = renderComment(review(count, length));
          expect(text.length).toBeLessThanOrEqual(longestComment);
          // The diff can have room that a whole line does not fit into.
          if (/\.\.\. \d+ more (changes|failed checks)/.test(text) && count.touched > 0)
            expect(text.length - text.indexOf("<details>")).toBeLessThan(5_000);
          expect((text.match(/```/g) ?? []).length % 2).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("links the code of a failed check and of a warning to its documentation", () => {
    const text = renderComment(review({ failed: 1, warnings: 1 }, 1), "https://git.example/docs/errors.md");
    const link = "([imports-mismatch](https://git.example/docs/errors.md#imports-mismatch))";
    expect(text).toContain(`- **east**: import: 0 x. ${link}`);
    expect(text).toContain(`- **east** (warning): import: 0 x. ${link}`);
  });
});

describe("the page of the error codes", () => {
  test.each([
    ["on a developer's machine", {}, "docs/errors.md"],
    [
      "on GitHub",
      { GITHUB_SERVER_URL: "https://github.example", GITHUB_REPOSITORY: "o/r", GITHUB_SHA: "abc" },
      "https://github.example/o/r/blob/abc/docs/errors.md",
    ],
    [
      "on GitLab",
      { CI_PROJECT_URL: "https://gitlab.example/o/r", CI_COMMIT_SHA: "abc" },
      "https://gitlab.example/o/r/-/blob/abc/docs/errors.md",
    ],
  ])("%s", (_, env, page) => {
    expect(errorsPage(env)).toBe(page);
  });
});
