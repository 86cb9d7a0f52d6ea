import { failureLines, failureSummary, type TestFileResult } from "../../support/failures.ts";

const file = (more: Partial<TestFileResult>): TestFileResult => ({
  name: "/clone/test/unit/a.test.ts",
  status: "failed",
  message: "",
  assertionResults: [],
  ...more,
});
const passed = { title: "good", fullName: "good", status: "passed", failureMessages: [] };
const failed = (fullName: string, ...failureMessages: string[]) => ({
  title: fullName,
  fullName,
  status: "failed",
  failureMessages,
});

describe("the report of failures", () => {
  test("has tier, name and message, without colors and foreign stack frames", () => {
    const message = [
      "Error: \u001b[31mcalls move to west\u001b[39m: not within 30 s",
      "    at eventually (/clone/test/e2e/support/world.ts:98:9)",
      "",
      "    at process.processTicks (node:internal/process:104:5)",
    ].join("\n");
    expect(failureLines("e2e", [file({ assertionResults: [passed, failed("calls move", message)] })])).toEqual([
      "   failed: e2e: calls move",
      "      Error: calls move to west: not within 30 s",
      "          at eventually (/clone/test/e2e/support/world.ts:98:9)",
    ]);
  });

  test("truncates a long message with the number of omitted lines", () => {
    const lines = failureLines("unit", [
      file({ assertionResults: [failed("long", Array.from({ length: 60 }, (_, i) => `line ${i}`).join("\n"))] }),
    ]);
    expect(lines).toHaveLength(42);
    expect(lines.at(-1)).toBe("      ... 20 more lines");
  });

  test("names a file that cannot be loaded once", () => {
    expect(failureLines("unit", [file({ message: "SyntaxError: x" })])).toEqual([
      "   failed: unit: /clone/test/unit/a.test.ts",
      "      SyntaxError: x",
    ]);
  });

  test("has no passed test", () => {
    expect(failureLines("unit", [file({ status: "passed", assertionResults: [passed] })])).toEqual([]);
  });

  test("ends with one short line for each failed test", () => {
    const tests = [failed("calls move", "Error: \u001b[31mnot within 30 s\u001b[39m\n    at x (/clone/test/a.ts:1:1)")];
    expect(failureSummary("e2e", [file({ assertionResults: [passed, ...tests, failed("n".repeat(99))] })])).toEqual([
      "   e2e: calls move: Error: not within 30 s",
      `   e2e: ${"n".repeat(69)}…: `,
    ]);
  });
});
