import { readFileSync } from "node:fs";
import { standInsOnly } from "../../support/standInsOnly.ts";

test("what the official plugins do not run are whole files that ask the stand-in directly, with every title in them", () => {
  const found = standInsOnly();
  expect(Object.keys(found)).toContain("offline/test/engine/kubernetes/ownership.test.ts");
  expect(Object.keys(found).filter((path) => !path.startsWith("offline/test/engine/kubernetes/"))).toEqual([]);
  for (const [path, titles] of Object.entries(found))
    expect(titles).toHaveLength([...readFileSync(path, "utf8").matchAll(/^test(\.each)?\(/gm)].length);
});
