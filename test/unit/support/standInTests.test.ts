import { standInTests } from "../../support/standInTests.ts";

test("only files that call the kubernetes stand-in directly are not applicable to the official plugins", () => {
  const found = standInTests();
  expect(found).toContain("offline/test/engine/kubernetes/ownership.test.ts");
  expect(found.filter((path) => !path.startsWith("offline/test/engine/kubernetes/"))).toEqual([]);
});
