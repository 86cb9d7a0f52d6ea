import fc from "fast-check";
import {
  bundleChangeFindings,
  bundleOf,
  bundleText,
  contractRoots,
  rootsInPhase,
  type RotationPhase,
  type TrustBundle,
} from "../../../../federation/trust/bundle.ts";
import { supportedIstioMinors } from "../../../../federation/config/versions.ts";
import { rootOf } from "../fixtures.ts";

/** A bundle of roots by two digits; the first of them marked with `*`, or the first of all, is active. */
function bundle(text: string): TrustBundle {
  const names = text.split(" ");
  const active = names.find((name) => name.endsWith("*")) ?? names[0]!;
  const root = (name: string) => rootOf(name.replace("*", ""));
  return { roots: names.map(root), active: root(active).sha256 };
}

const codes = (before: TrustBundle | undefined, now: TrustBundle, minors: readonly string[] = ["1.30"]) =>
  bundleChangeFindings(before, now, minors).map(({ code }) => code);

/** The bundles of a change from root 1 to root 2. */
const phases = ["none", "add", "switch", "remove"] as const;
function inPhase(phase: (typeof phases)[number]): TrustBundle {
  const { numbers, active } = rootsInPhase(1, 2, phase === "none" ? undefined : (phase as RotationPhase));
  return bundle(numbers.map((number) => `0${number}${number === active ? "*" : ""}`).join(" "));
}

describe("the phases of a change of root", () => {
  test.each([
    { phase: "none", text: "root 01\n", uses: ["active"] },
    { phase: "add", text: "root 01\nroot 02\n", uses: ["active", "next"] },
    // Twice: a proxy renews its leaf when the bundle changes, not when the CA does.
    { phase: "switch", text: "root 01\nroot 02\nroot 02\n", uses: ["retiring", "active"] },
    { phase: "remove", text: "root 02\n", uses: ["active"] },
  ] as const)("$phase has $uses", ({ phase, text, uses }) => {
    expect(bundleText(inPhase(phase))).toBe(text);
    expect(contractRoots(inPhase(phase)).map(({ use }) => use)).toEqual(uses);
  });

  // Forward, and back to where no leaf is cut off.
  const possible = [
    ["none", "add"],
    ["add", "switch"],
    ["switch", "remove"],
    ["add", "none"],
    ["switch", "add"],
    ["remove", "switch"],
  ];
  test.each(phases.flatMap((before) => phases.map((now) => ({ before, now }))))(
    "from $before to $now, with every release",
    ({ before, now }) => {
      const isPossible = before === now || possible.some(([a, b]) => a === before && b === now);
      for (const minor of supportedIstioMinors)
        expect(codes(inPhase(before), inPhase(now), [minor])).toEqual(isPossible ? [] : ["rotation-phase-skipped"]);
    },
  );

  test("start anywhere where nothing is installed", () => {
    for (const phase of phases) expect(codes(undefined, inPhase(phase), ["1.28"])).toEqual([]);
  });
});

describe("a bundle of more roots", () => {
  const textual = ["rotation-phase-skipped"];
  test.each<{ before: string; now: string; old: string[]; new: string[] }>([
    { before: "aa bb", now: "aa bb cc", old: [], new: [] },
    { before: "aa", now: "bb aa*", old: [], new: [] },
    { before: "aa bb cc", now: "aa bb", old: [], new: [] },
    { before: "bb aa*", now: "aa", old: [], new: [] },
    { before: "aa cc", now: "aa bb cc", old: textual, new: [] },
    { before: "aa bb", now: "bb aa*", old: textual, new: [] },
    { before: "aa bb cc", now: "aa cc", old: textual, new: [] },
    { before: "aa bb", now: "bb* aa", old: textual, new: [] },
    // More than one step.
    { before: "aa bb", now: "aa bb* cc", old: textual, new: textual },
    { before: "aa bb", now: "aa cc", old: textual, new: textual },
    { before: "aa bb cc", now: "aa bb*", old: textual, new: textual },
    { before: "aa bb", now: "bb*", old: textual, new: textual },
    { before: "aa", now: "aa bb*", old: textual, new: textual },
  ])("from $before to $now: with 1.28 and 1.29 $old, later $new", ({ before, now, ...expected }) => {
    for (const minor of ["1.28", "1.29"]) expect(codes(bundle(before), bundle(now), [minor])).toEqual(expected.old);
    for (const minor of ["1.30", "1.31"]) expect(codes(bundle(before), bundle(now), [minor])).toEqual(expected.new);
    // The istiod that is upgraded in the same change takes the bundle first.
    expect(codes(bundle(before), bundle(now), ["1.31", "1.29"])).toEqual(expected.old);
  });

  test("is compared by the text only where Istio gets it", () => {
    expect(codes(bundle("aa bb"), bundle("bb aa*"), [])).toEqual([]);
    expect(codes(bundle("aa"), bundle("bb"), [])).toEqual(textual);
  });
});

const anyBundle = fc
  .uniqueArray(fc.integer({ min: 10, max: 99 }).map(String), { minLength: 1, maxLength: 5 })
  .chain((names) =>
    fc.nat(names.length - 1).map((i): TrustBundle => {
      return { roots: names.map((name) => rootOf(name)), active: rootOf(names[i]!).sha256 };
    }),
  );

describe("any bundle", () => {
  test("is what its contract says", () => {
    fc.assert(
      fc.property(anyBundle, (given) => {
        const read = bundleOf(contractRoots(given))!;
        expect(bundleText(read)).toBe(bundleText(given));
        expect(codes(given, read, ["1.28"])).toEqual([]);
      }),
    );
  });

  test("can be changed where the active roots stay, and one has all roots of the other", () => {
    fc.assert(
      fc.property(anyBundle, anyBundle, (before, now) => {
        const [had, has] = [before, now].map(({ roots }) => roots.map(({ sha256 }) => sha256));
        const isIn = (a: string[], b: string[]): boolean => a.every((root) => b.includes(root));
        const keepsActive = has!.includes(before.active) && had!.includes(now.active);
        const steps = [before.active !== now.active, !isIn(has!, had!), !isIn(had!, has!)].filter(Boolean).length;
        expect(codes(before, now, ["1.31"]).length === 0).toBe(keepsActive && steps <= 1);
      }),
      { numRuns: 500 },
    );
  });
});
