import fc from "fast-check";
import { editDistance, unknownKey } from "../../../federation/errors/unknownKey.ts";

test.each([
  { given: "import", says: '"import"; did you mean "imports"? the keys there are: exports, imports, mesh' },
  { given: "Export", says: '"Export"; did you mean "exports"? the keys there are: exports, imports, mesh' },
  { given: "somethingElse", says: '"somethingElse"; the keys there are: exports, imports, mesh' },
])("$given", ({ given, says }) => {
  expect(unknownKey(given, ["mesh", "imports", "exports"])).toBe(says);
});

test("distance is that of a metric, and counts single edits", () => {
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
