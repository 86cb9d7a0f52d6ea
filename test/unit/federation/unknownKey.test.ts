import fc from "fast-check";
import { editDistance, knownKeys } from "../../../federation/errors/unknownKey.ts";

describe("the suggestion for an unknown key", () => {
  test.each([
    { given: "import", says: 'Did you mean "imports"? Known keys: exports, imports, mesh' },
    { given: "Export", says: 'Did you mean "exports"? Known keys: exports, imports, mesh' },
    { given: "somethingElse", says: "Known keys: exports, imports, mesh" },
  ])("$given", ({ given, says }) => {
    expect(knownKeys(given, ["mesh", "imports", "exports"])).toBe(says);
  });

  test("uses a metric distance that counts single edits", () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
        expect(editDistance(a, `${a}x`)).toBe(1);
      }),
    );
    expect(editDistance("kitten", "sitting")).toBe(3);
  });
});
