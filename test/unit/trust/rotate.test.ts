import type { ConfiguredRotation } from "../../../federation/config/rotationKeys.ts";
import { planChange } from "../../../trust/rotate.ts";

const rest: ConfiguredRotation = { phase: "none", next: undefined, provider: "own", root: 1 };
const adding: ConfiguredRotation = { ...rest, phase: "add", next: 3 };
const mesh = (configured: ConfiguredRotation) => ({ name: "west", stack: "west", configured });

describe("a step of a rotation", () => {
  test.each([
    { configured: rest, to: "add", next: undefined, change: { step: "add", next: 2 } },
    { configured: rest, to: "add", next: 7, change: { step: "add", next: 7 } },
    { configured: adding, to: "switch", next: undefined, change: { step: "switch", next: 3 } },
    { configured: { ...adding, phase: "remove" }, to: "done", next: undefined, change: { step: "done", next: 3 } },
  ] as const)("$to follows $configured.phase", ({ configured, to, next, change }) =>
    expect(planChange(mesh(configured), to, next)).toEqual(change),
  );

  test.each([
    { what: "switch at rest", configured: rest, to: "switch", next: undefined, code: "rotation-phase-order" },
    { what: "remove after add", configured: adding, to: "remove", next: undefined, code: "rotation-phase-order" },
    { what: "the same step again", configured: adding, to: "add", next: undefined, code: "rotation-phase-order" },
    { what: "another root on the way", configured: adding, to: "switch", next: 4, code: "rotation-phase-order" },
    { what: "the active root", configured: rest, to: "add", next: 1, code: "rotation-phase-order" },
    {
      what: "a root of somebody else",
      configured: { ...rest, provider: "external", root: undefined },
      to: "add",
      next: undefined,
      code: "rotation-not-configurable",
    },
  ] as const)("is refused: $what", ({ configured, to, next, code }) => {
    expect(() => planChange(mesh(configured), to, next)).toThrow(expect.objectContaining({ code }));
  });
});
