import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { catalogue } from "../../../../federation/errors/catalogue/index.ts";
import { hops } from "../../../../verify/hops/registry.ts";
import { negativeChecks } from "../../../../verify/negativeChecks/registry.ts";
import { errorPages } from "../../../../tools/errorPages.ts";

const root = resolve(import.meta.dirname, "..", "..", "..", "..");
const folders =
  "federation,components,provider,infra,kube,workspace,deploy,start,verify,trust,status,render,review,policy,cli,tools";
const codes = Object.keys(catalogue);

describe("the catalogue of error codes", () => {
  test("equals docs/errors.md, as written by `npm run docs:errors`", () => {
    expect(readFileSync(join(root, "docs", "errors.md"), "utf8")).toBe(errorPages());
  });

  test("has no code that the source does not use", () => {
    const files = globSync(`{${folders}}/**/*.{ts,cjs}`, { cwd: root, exclude: (file) => file === "node_modules" });
    const sources = files.filter((file) => !file.startsWith("federation/errors/catalogue/"));
    const registered = [...hops, ...negativeChecks].map(({ code }): string => code);
    const literals = sources
      .flatMap((file) => [...readFileSync(join(root, file), "utf8").matchAll(/"([a-z]+(?:-[a-z0-9]+)+)"/g)])
      .map(([, code]) => code!);
    const used = new Set([...registered, ...literals]);
    expect(codes.filter((code) => !used.has(code))).toEqual([]);
  });

  test("names codes in lower case with hyphens, and explains each in sentences", () => {
    for (const [code, { title, page }] of Object.entries(catalogue)) {
      expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
      for (const text of [title, page]) expect(text).toMatch(/^\S.*\.$/s);
    }
  });
});
