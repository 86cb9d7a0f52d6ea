import fc from "fast-check";
import { differencesOf } from "../../../status/differences.ts";

/** Values as an API server gives them; `null` and empty ones too. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(0, 1, true, false, "", "a", "b", null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("name", "port", "number", "x", "y"), tie("value"), { maxKeys: 3 }),
  ),
}));

/** The value with lists and fields in reverse order, and with empty fields. */
function reversed(of: unknown): unknown {
  if (Array.isArray(of)) return of.map(reversed).reverse();
  if (typeof of !== "object" || of === null) return of;
  return Object.fromEntries([
    ["nothing", {}],
    ...Object.entries(of)
      .reverse()
      .map(([key, v]) => [key, reversed(v)]),
    ["empty", []],
  ]);
}

describe("the differences of two values", () => {
  test("are none for any order of one value, and symmetric", () => {
    fc.assert(fc.property(value, (v) => expect(differencesOf(reversed(v), v)).toEqual([])));
    fc.assert(
      fc.property(value, value, (a, b) =>
        expect(differencesOf(a, b).length === 0).toBe(differencesOf(b, a).length === 0),
      ),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), (list) =>
        expect(differencesOf({ list: [...list, { made: "by hand" }] }, { list }).length).toBeGreaterThan(0),
      ),
    );
  });

  test("include duplicate elements", () => {
    expect(differencesOf([{ a: 1 }, { a: 1 }], [{ a: 1 }]).map((d) => d.text)).toEqual([
      "it has {a: 1}, which the stack did not create",
    ]);
    expect(differencesOf({ hosts: ["a", "a"] }, { hosts: ["a"] })).toEqual([
      { text: "hosts is a, a, and should be a", added: false },
    ]);
  });
});
