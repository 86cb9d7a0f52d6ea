import { Writable } from "node:stream";
import { consoleProgress, duration } from "../../../tools/progress.ts";

let lines: string[];
const stream = (): NodeJS.WritableStream =>
  new Writable({ write: (chunk, _, done) => (lines.push(String(chunk)), done()) });
beforeEach(() => {
  lines = [];
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => void jest.useRealTimers());

describe("a duration", () => {
  test.each([
    [0.4, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min 0 s"],
    [125, "2 min 5 s"],
  ])("of %d seconds is %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe("a step", () => {
  test("reports start, progress and end, with the total time and what is left", () => {
    const step = consoleProgress(stream()).step("build x", 60);
    jest.advanceTimersByTime(5_000);
    step.update("linking");
    jest.advanceTimersByTime(16_000);
    jest.advanceTimersByTime(44_000);
    step.done("1 of 2");
    jest.advanceTimersByTime(60_000);
    expect(lines).toEqual([
      "[0:00] build x ... (about 1 min 0 s)\n",
      "[0:20] build x: still going after 20 s, about 40 s left: linking\n",
      "[0:40] build x: still going after 40 s, about 20 s left: linking\n",
      "[1:00] build x: still going after 1 min 0 s: linking\n",
      "[1:05] build x: done in 1 min 5 s (1 of 2)\n",
    ]);
  });

  test("that fails names only the error", () => {
    const step = consoleProgress(stream()).step("up east");
    step.fail(new Error("no"));
    jest.advanceTimersByTime(60_000);
    expect(lines).toEqual(["[0:00] up east ...\n", "[0:00] up east: FAILED after 0 s: no\n"]);
  });
});
