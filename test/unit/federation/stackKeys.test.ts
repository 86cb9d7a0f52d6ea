import { keyFindings } from "../../../federation/config/stackKeys.ts";

describe("the keys of a stack", () => {
  test.each([
    { role: "mesh", own: "imports", others: "root" },
    { role: "trust", own: "root", others: "imports" },
  ] as const)("of role $role reject a non-empty key of the other role", ({ role, own, others }) => {
    for (const empty of ["", false, null, {}, []])
      expect(keyFindings(role, { role, [own]: [1], [others]: empty })).toEqual([]);
    for (const value of ["x", true, 0, { a: 1 }, [1]])
      expect(keyFindings(role, { [others]: value })).toMatchObject([
        { code: "config-key-misplaced", subject: `key "${others}"`, remedy: expect.stringContaining("set role to") },
      ]);
  });

  test("that are wrong are sorted by name", () => {
    expect(keyFindings("trust", { z: 1, imports: [1], Root: {} })).toMatchObject([
      { code: "config-key-unknown", subject: 'key "Root"', remedy: expect.stringContaining('"root"') },
      { code: "config-key-misplaced", subject: 'key "imports"' },
      { code: "config-key-unknown", subject: 'key "z"' },
    ]);
  });
});
