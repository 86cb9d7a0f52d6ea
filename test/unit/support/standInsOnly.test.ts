import { readFileSync } from "node:fs";
import { join } from "node:path";
import { standInsOnly } from "../../support/standInsOnly.ts";

test("what the official plugins do not run are whole files that ask the stand-in directly, with every title in them", () => {
  const found = standInsOnly();
  expect(Object.keys(found)).toContain("engine/kubernetes/ownership.test.ts");
  expect(Object.keys(found).filter((path) => !path.startsWith("engine/kubernetes/"))).toEqual([]);
  for (const [path, titles] of Object.entries(found)) expect(titles).toHaveLength([...readFileSync(join("test", path), "utf8").matchAll(/^test(\.each)?\(/gm)].length);
});
