import { timeoutOf } from "../../../../plugins/kubernetes/await/timeout.ts";

describe("the timeout of a resource", () => {
  test.each<[number, string | undefined, number]>([
    [0, undefined, 600],
    [30, undefined, 30],
    [0, "20", 20],
    [30, "20", 30],
    [0, "soon", 600],
    [0, "0", 600],
    [0, "1.5", 600],
  ])("with custom timeout %s and annotation %s is %s seconds", (custom, annotated, seconds) =>
    expect(timeoutOf(custom, annotated === undefined ? undefined : { "pulumi.com/timeoutSeconds": annotated })).toBe(
      seconds,
    ),
  );
});
