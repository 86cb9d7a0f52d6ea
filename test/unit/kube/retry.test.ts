import { TimeoutError } from "../../../kube/errors.ts";
import { retry } from "../../../kube/retry.ts";

/** A reader that returns or throws these values in turn, and its number of calls. */
function readerOf(...values: (number | Error)[]) {
  let reads = 0;
  const read = async (): Promise<number> => {
    const next = values[reads++]!;
    if (next instanceof Error) throw next;
    return next;
  };
  return { read, reads: () => reads };
}

describe("a retried read", () => {
  test.each<{ what: string; values: (number | Error)[]; result: number | RegExp; reads: number }>([
    { what: "a conclusive value", values: [7], result: 7, reads: 1 },
    { what: "a value that is conclusive later", values: [0, 7], result: 7, reads: 2 },
    { what: "a value that is never conclusive", values: [0, 0], result: 0, reads: 2 },
    { what: "a connection that broke", values: [new Error("ECONNRESET"), 7], result: 7, reads: 2 },
    {
      what: "a connection that breaks again",
      values: [new Error("ECONNRESET"), new Error("ECONNREFUSED")],
      result: /ECONNREFUSED/,
      reads: 2,
    },
    { what: "a cluster that did not answer in time", values: [new TimeoutError("late")], result: /late/, reads: 1 },
  ])("of $what happens $reads times", async ({ values, result, reads }) => {
    const reader = readerOf(...values);
    const outcome = retry(reader.read, (n) => n > 0);
    if (typeof result === "number") expect(await outcome).toBe(result);
    else await expect(outcome).rejects.toThrow(result);
    expect(reader.reads()).toBe(reads);
  });
});
