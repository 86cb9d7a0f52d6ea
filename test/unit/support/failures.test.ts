import { failureLines, type TestFileResult } from "../../support/failures.ts";

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

test("each failed test is told with its tier, name and message, without colours and foreign stack frames", () => {
  const message =
    "Error: \u001b[31mcalls move to west\u001b[39m: not within 30 s\n    at eventually (/clone/test/e2e/support/world.ts:98:9)\n\n    at process.processTicks (node:internal/process:104:5)";
  expect(failureLines("e2e", [file({ assertionResults: [passed, failed("calls move", message)] })])).toEqual([
    "   failed: e2e: calls move",
    "      Error: calls move to west: not within 30 s",
    "          at eventually (/clone/test/e2e/support/world.ts:98:9)",
  ]);
});

test("a long message is cut, and the cut is told", () => {
  const lines = failureLines("unit", [
    file({ assertionResults: [failed("long", Array.from({ length: 60 }, (_, i) => `line ${i}`).join("\n"))] }),
  ]);
  expect(lines).toHaveLength(42);
  expect(lines.at(-1)).toBe("      ... 20 more lines");
});

test("a file that cannot be loaded is told by its own name, once", () => {
  expect(failureLines("unit", [file({ message: "SyntaxError: x" })])).toEqual([
    "   failed: unit: /clone/test/unit/a.test.ts",
    "      SyntaxError: x",
  ]);
});

test("what passed is not told", () => {
  expect(failureLines("unit", [file({ status: "passed", assertionResults: [passed] })])).toEqual([]);
});
