import fc from "fast-check";
import type { DeclaredMesh } from "../../../federation/config/declaredMesh.ts";
import { importersFirst, inCycles } from "../../../deploy/order.ts";

const stack = (name: string, ...importsFrom: string[]): DeclaredMesh => ({
  stack: `stack-${name}`,
  name,
  onKind: true,
  signedBy: undefined,
  importsFrom,
});
const names = (stacks: DeclaredMesh[]): string => stacks.map((s) => s.name).join(" ");

describe("the order of stacks", () => {
  test.each([
    { what: "an importer before its exporter", stacks: [stack("a"), stack("b", "a")], order: "b a" },
    { what: "a chain from its end", stacks: [stack("a", "b"), stack("b", "c"), stack("c")], order: "a b c" },
    { what: "independent stacks in their given order", stacks: [stack("b"), stack("a")], order: "b a" },
    {
      what: "a mesh that names itself, or one that is not here",
      stacks: [stack("a", "a", "gone"), stack("b", "a")],
      order: "b a",
    },
    {
      what: "an importer from a cycle, before the cycle",
      stacks: [stack("a", "b"), stack("b", "a"), stack("c", "a")],
      order: "c a b",
    },
    {
      what: "an exporter to a cycle, after the cycle",
      stacks: [stack("a"), stack("b", "a", "c"), stack("c", "b")],
      order: "b c a",
    },
  ])("puts $what", ({ stacks, order }) => {
    expect(names(importersFirst(stacks))).toBe(order);
  });

  test("reports the meshes of a cycle without those that depend on it", () => {
    expect(
      names(
        inCycles([stack("a", "b"), stack("b", "c"), stack("c", "a"), stack("d", "a"), stack("e"), stack("f", "e")]),
      ),
    ).toBe("a b c");
  });

  test("has each mesh once, and an importer never after its exporter outside of a cycle", () => {
    const edges = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 12 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const stacks = [0, 1, 2, 3, 4, 5].map((n) =>
          stack(String(n), ...pairs.filter(([from]) => from === n).map(([, to]) => String(to))),
        );
        const ordered = importersFirst(stacks);
        expect(new Set(ordered)).toEqual(new Set(stacks));
        expect(ordered).toHaveLength(stacks.length);
        const needs = closure(stacks);
        ordered.forEach((early, i) =>
          ordered
            .slice(i + 1)
            .forEach((late) => expect(needs(late.name, early.name) && !needs(early.name, late.name)).toBe(false)),
        );
      }),
    );
  });
});

/** Whether one mesh needs another, by Warshall's algorithm. */
function closure(stacks: DeclaredMesh[]): (from: string, to: string) => boolean {
  const all = stacks.map((s) => s.name);
  const needs = new Set(stacks.flatMap((s) => s.importsFrom.map((to) => `${s.name} ${to}`)));
  for (const via of all)
    for (const from of all)
      for (const to of all) if (needs.has(`${from} ${via}`) && needs.has(`${via} ${to}`)) needs.add(`${from} ${to}`);
  return (from, to) => needs.has(`${from} ${to}`);
}
