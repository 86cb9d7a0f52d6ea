import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../../../federation/errors/catalogue/index.ts";
import { verify } from "../../../federation/errors/catalogue/verify.ts";
import { hops } from "../../../verify/hops/registry.ts";
import { negativeChecks } from "../../../verify/negativeChecks/registry.ts";
import { pageOf } from "../../../verify/page.ts";

const documentation = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "verify.md"), "utf8");
/** Headings of one word: GitHub's anchor of such a heading is the word itself. */
const anchors = [...documentation.matchAll(/^#+ ([a-z-]+)$/gm)].map(([, heading]) => heading);
const codes = Object.keys(catalogue);

describe("the registries of checks", () => {
  test.each([
    { prefix: "hop-", entries: hops },
    { prefix: "negative-", entries: negativeChecks },
  ])("have each $prefix code of the catalogue once", ({ prefix, entries }) => {
    expect(entries.map((entry) => entry.code).sort()).toEqual(codes.filter((c) => c.startsWith(prefix)).sort());
    expect(entries.map(({ page }) => page)).toEqual(entries.map(({ code }) => pageOf(code)));
    expect(new Set(entries.map(({ title }) => title)).size).toBe(entries.length);
  });

  test("have a section of docs/verify.md for each entry, in their order", () => {
    const documented = (entries: readonly { code: string }[]) =>
      anchors.filter((anchor) => entries.some(({ code }) => code === anchor));
    expect(documented(hops)).toEqual(hops.map(({ code }) => code));
    expect(documented(negativeChecks)).toEqual(negativeChecks.map(({ code }) => code));
  });

  test("leave no problem of an edge without a section", () =>
    expect(codes.filter((code) => code.startsWith("edge-") && !anchors.includes(code))).toEqual([]));

  test("leave no cause in the trust of meshes without a section", () => {
    const causes = Object.keys(verify).filter((code) => code.startsWith("trust-"));
    expect(causes).toHaveLength(7);
    expect(causes.filter((code) => !anchors.includes(code))).toEqual([]);
  });
});
