import { contains, parsePropertyPath } from "../../../../plugins/kubernetes/object/propertyPath.ts";

describe("a property path", () => {
  test.each<[string, ReturnType<typeof parsePropertyPath>]>([
    ["a", ["a"]],
    ["spec.ports[0].port", ["spec", "ports", 0, "port"]],
    [`metadata.annotations["a.b/c"]`, ["metadata", "annotations", "a.b/c"]],
    [`["a\\"b"].c`, ['a"b', "c"]],
    ["spec[*].x", ["spec", "*", "x"]],
  ])("%s", (text, path) => expect(parsePropertyPath(text)).toEqual(path));

  test("that is invalid is rejected with an example", () => {
    for (const text of ["a[", "a..b", "a]b", "a[x]"])
      expect(() => parsePropertyPath(text)).toThrow(/cannot be read; write it like spec\.ports\[0\]/);
    expect(contains(["a"], ["ab"])).toBe(false);
  });
});
