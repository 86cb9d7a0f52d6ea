import { standInTests } from "../../support/standInTests.ts";

describe("the tests of the stand-in", () => {
  test("are only files that call the kubernetes stand-in directly", () => {
    const found = standInTests();
    expect(found).toContain("offline/test/engine/kubernetes/ownership.test.ts");
    expect(found.filter((path) => !path.startsWith("offline/test/engine/kubernetes/"))).toEqual([]);
  });
});
