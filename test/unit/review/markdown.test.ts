import fc from "fast-check";
import { renderDrift } from "../../../review/drift/drift.ts";
import { renderComment } from "../../../review/report/comment.ts";
import { fencedLine, markdown } from "../../../review/report/markdown.ts";
import { printed } from "../../../review/report/report.ts";
import { terminal, terminalError } from "../../../review/report/terminal.ts";
import { UserError } from "../../../federation/errors/userError.ts";
import type { ReviewResult } from "../../../review/result.ts";

describe("text from outside in Markdown", () => {
  test.each([
    ["HTML", "peers.<mesh>.stack <!-- <img src=x>", "peers.&lt;mesh>.stack &lt;!-- &lt;img src=x>"],
    ["code", "run `npm run review`", "run \\`npm run review\\`"],
    ["a fence", "``` x", "\\`\\`\\` x"],
    ["a fence of tildes", "~~~ x", "\\~\\~\\~ x"],
    ["a link", "[text](url)", "\\[text\\](url)"],
    ["an image", "![text](url)", "!\\[text\\](url)"],
    [
      "an address",
      "see https://evil.example or www.evil.example",
      "see https:/\u200b/evil.example or www\u200b.evil.example",
    ],
    ["emphasis", "**a** _b_ snake_case", "\\*\\*a\\*\\* \\_b\\_ snake_case"],
    ["a cell", "a | b", "a \\| b"],
    ["an escape", "\\| \\`", "\\\\\\| \\\\\\`"],
    ["an entity", "&#64;owners &lt;b>", "&amp;#\u200b64;owners &amp;\u200blt;b>"],
    ["a mention", "from @owners, a@example.com", "from @\u200bowners, a@\u200bexample.com"],
    ["a reference", "#12 o/r#12 !3 GH-4 ~bug", "\\#\u200b12 o/r#\u200b12 !\u200b3 GH\u200b-4 \\~\u200bbug"],
    ["math", "$x$", "&#36;\u200bx&#36;"],
    ["a heading", "# x", "\\# x"],
    ["a list", "- x", "\\- x"],
    ["a numbered list", "1. x", "1\\. x"],
    ["a quote", "> x", "\\> x"],
    ["lines", "a\r\nb\n\n/close", "a\\\\r\\\\nb\\\\n\\\\n/close"],
  ])("%s is shown as it is", (_what, text, shown) => expect(markdown(text)).toBe(shown));
});

const controls = "\u0000\u0007\u001b[2J\u009b2J\u202e\u2066\u200b\u2028\u00ad\u{e0041}\n\r\t\u007f";

describe("control characters", () => {
  test("are shown escaped on a terminal", () => {
    expect(terminal(controls)).toBe(
      "\\u{0}\\u{7}\\u{1b}[2J\\u{9b}2J\\u{202e}\\u{2066}\\u{200b}\\u{2028}\\u{ad}\\u{e0041}\\n\\r\\t\\u{7f}",
    );
  });

  test("are shown escaped in Markdown and in a fence", () => {
    for (const shown of [markdown(`a${controls}`), fencedLine(controls)])
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  });

  test("keep their meaning in JSON, where they are written escaped", () => {
    const json = printed({ failures: [], result: { text: controls }, markdown: "" }, true);
    expect(JSON.parse(json)).toEqual({ passed: true, text: controls });
    expect(json.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  });

  test("in an error add no line to it", () => {
    const text = { subject: controls, problem: controls, remedy: "" };
    const { message } = terminalError(
      new UserError("review-base-unknown", text, [{ code: "review-base-unknown", ...text }]),
    ) as Error;
    expect(message.split("\n")).toHaveLength(2);
    expect(message.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  });
});

/** Everything that acts, as the name of a thing. */
const hostile = "x\n# h\n```\n</summary><b>@owners `c` | [l](http://a.example) ![i](x) &#64;b \u001b[0m\u202e";
const finding = {
  stack: hostile,
  code: "imports-mismatch" as const,
  subject: hostile,
  problem: hostile,
  remedy: hostile,
};
const violation = { stack: hostile, policy: hostile, message: hostile };
const result: ReviewResult = {
  trust: [{ sign: "+", text: hostile }],
  changes: [{ sign: "+", text: hostile }],
  invalidStacks: [hostile],
  failed: [finding],
  warnings: [finding],
  violations: [violation],
  advisories: [violation],
  policyCoverage: { policies: 7, stacks: [hostile], notEvaluated: [{ stack: hostile, reason: hostile }] },
  previews: [
    { stack: hostile, state: "skipped", code: "review-preview-failed", reason: hostile, detail: hostile },
    {
      stack: hostile,
      state: "previewed",
      counts: "1 to create",
      touched: [{ op: "update", type: hostile, name: hostile, urn: hostile, details: [hostile] }],
      notes: [hostile],
    },
  ],
  order: { steps: [hostile, hostile], unfinished: [finding], blocked: [finding] },
};

/** The lines of Markdown outside of its fences; each fence is a pair of lines of its own. */
function outsideOfFences(text: string): string[] {
  return text.split(/^```.*\n(?:.*\n)*?```$/m).flatMap((part) => part.split("\n"));
}

describe("hostile text", () => {
  test.each([
    ["a review", renderComment(result)],
    ["a review without changes", renderComment({ ...result, changes: [] })],
    [
      "a drift report",
      renderDrift({
        drift: [
          { stack: hostile, kind: "changed", type: hostile, name: hostile, details: [hostile], breaks: [hostile] },
        ],
        notCompared: [finding],
        undeclared: [finding],
      }),
    ],
  ])("has no effect in %s", (_what, text) => {
    const shown = outsideOfFences(text).filter((line) => line.includes("x"));
    expect(shown.length).toBeGreaterThan(3);
    expect(text.replaceAll("\n", "").replaceAll("\u200b", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    for (const line of shown) {
      const own = line
        .replaceAll("([imports-mismatch](docs/errors.md#imports-mismatch))", "")
        .replaceAll(/<\/?(?:details|summary)>|<!-- mesh-federation review -->|`(?:npm run [^`\\]*|up)`/g, "");
      expect(own).not.toMatch(/(?<!\\)[`[\]]|<|@\w|:\/\/|&(?!lt;|amp;)/);
      expect(line).not.toMatch(/(?<!^)(?<!\\)\|(?! (?:x|not|1)|$)/);
    }
  });

  test("does not end its line, its cell or a fence", () => {
    const text = fc
      .array(fc.constantFrom("`", "``", "```", "<", "@", "a", " ", "\n", "\r", "|", "\\", "~~~", "*", "[", "&"))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (t) => {
        expect(fencedLine(t)).not.toMatch(/```|\r|\n/);
        // Every backslash escapes the character after it: one that is left acts.
        expect(markdown(t).replace(/\\[\\`*[\]|~_#>+=-]/g, " ")).not.toMatch(/[`|[\]*~<\r\n]|@\w|&(?!lt;|amp;)/);
      }),
    );
  });
});
