import { keyProblems } from "../../../federation/config/stackKeys.ts";

test.each([
  { role: "mesh", own: "imports", others: "root" },
  { role: "trust", own: "root", others: "imports" },
] as const)(
  "a key of the other kind counts in a stack of role $role as soon as it holds something",
  ({ role, own, others }) => {
    for (const empty of ["", false, null, {}, []])
      expect(keyProblems(role, { role, [own]: [1], [others]: empty })).toEqual([]);
    for (const value of ["x", true, 0, { a: 1 }, [1]])
      expect(keyProblems(role, { [others]: value })).toEqual([
        expect.stringMatching(new RegExp(`^key "${others}" belongs in .*: move it there, or set role to `)),
      ]);
  },
);

test("every wrong key is told, in the order of their names", () => {
  expect(keyProblems("trust", { z: 1, imports: [1], Root: {} })).toEqual([
    expect.stringMatching(/^unknown key "Root"; did you mean "root"\?/),
    expect.stringMatching(/^key "imports"/),
    expect.stringMatching(/^unknown key "z"/),
  ]);
});
