import fc from "fast-check";
import { longestComment, marker, renderComment } from "../../../review/report/comment.ts";
import type { ReviewResult } from "../../../review/result.ts";
import type { Change } from "../../../review/changes/words.ts";

/** A review with this many of everything, each this long. */
function review(
  count: Partial<
    Record<"changes" | "failed" | "warnings" | "policies" | "stacks" | "notes" | "stuck" | "touched", number>
  >,
  length = 80,
): ReviewResult {
  const times = <T>(n: number | undefined, make: (text: string, i: number) => T): T[] =>
    Array.from({ length: n ?? 0 }, (_, i) => make(`${i} ${"x".repeat(length)}`, i));
  return {
    changes: times(count.changes, (text) => ({ sign: "+", text }) as Change),
    notCompared: [],
    failed: times(count.failed, (message) => ({ stack: "east", message })),
    warnings: times(count.warnings, (message) => ({ stack: "east", message })),
    policies: times(count.policies, (message) => ({ stack: "east", policy: "p", message })),
    policiesRan: { policies: 7, stacks: [], notJudged: [] },
    previews: [
      ...times(count.stacks, (reason, i) => ({ stack: `stack-${i}`, state: "skipped" as const, reason })),
      {
        stack: "west",
        state: "previewed",
        counts: "1 to create",
        touched: times(count.touched, (name) => ({ op: "create" as const, type: "t", name, urn: name, details: [] })),
        notes: times(count.notes, (text) => text),
      },
    ],
    order: { steps: ["west", "east"], stuck: times(count.stuck, (text) => text), blocked: [] },
  };
}
const part = (text: string, from: string, to: string): string => text.slice(text.indexOf(from), text.indexOf(to));

test("what fits is there whole", () => {
  const text = renderComment(
    review({ changes: 20, failed: 20, warnings: 5, policies: 5, stacks: 10, notes: 5, stuck: 5, touched: 100 }),
  );
  expect(text.startsWith(`${marker}\n`)).toBe(true);
  expect(text).not.toContain("more");
  for (const what of [
    "+ 19 x",
    "- **east**: 19 x",
    "(goes ahead): 4 x",
    "policy `p`: 4 x",
    "| stack-9 |",
    "- **west**: 4 x",
    "stays open after that: 4 x",
    "+ t 99 x",
  ])
    expect(text).toContain(what);
});

test("a long diff gives way, and the words and checks stay whole", () => {
  const text = renderComment(review({ changes: 200, failed: 200, touched: 5_000 }));
  expect(text.length).toBeGreaterThan(longestComment - 500);
  expect(text).toContain("+ 199 x");
  expect(text).toContain("- **east**: 199 x");
  expect(text).toMatch(/\.\.\. \d+ more lines; `npm run pulumi -- preview --diff` shows all\n```\n\n<\/details>\n$/);
});

test("where even the words are too many, every part keeps its room and says how much it leaves out", () => {
  const text = renderComment(
    review({
      changes: 5_000,
      failed: 5_000,
      warnings: 5_000,
      stacks: 5_000,
      notes: 5_000,
      stuck: 5_000,
      touched: 5_000,
    }),
  );
  const told = [...text.matchAll(/\.\.\. (\d+) more ([a-z ]+)(?:;| \|)/g)].map((m) => [m[2], Number(m[1])]);
  expect(told.map(([what]) => what)).toEqual([
    "changes",
    "failed checks",
    "that go ahead",
    "stacks",
    "notes",
    "that stay open",
    "lines",
  ]);
  expect(text).toContain("### 5000 checks failed");
  const shown = part(text, "### What changes", "### 5000").match(/^\+ /gm)!.length;
  expect(told[0]).toEqual(["changes", 5_000 - shown]);
});

test("one message as long as a book hides no other", () => {
  const result = review({ failed: 3 });
  result.failed[0]!.message = "y".repeat(200_000);
  const text = renderComment(result);
  expect(text).toMatch(/y \.\.\. \d+ more characters; `npm run review -- --json` has all/);
  expect(text).toContain("- **east**: 2 x");
});

test("no review makes a comment that is too long, and the diff is cut before any word is", () => {
  const many = fc.integer({ min: 0, max: 800 });
  fc.assert(
    fc.property(
      fc.record({
        changes: many,
        failed: many,
        warnings: many,
        policies: many,
        stacks: many,
        notes: many,
        stuck: many,
        touched: many,
      }),
      fc.integer({ min: 1, max: 5_000 }),
      (count, length) => {
        const text = renderComment(review(count, length));
        expect(text.length).toBeLessThanOrEqual(longestComment);
        // What a word was too long for may go to the diff.
        if (/\.\.\. \d+ more (changes|failed checks)/.test(text) && count.touched > 0)
          expect(text.length - text.indexOf("<details>")).toBeLessThan(5_000);
        expect((text.match(/```/g) ?? []).length % 2).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});
