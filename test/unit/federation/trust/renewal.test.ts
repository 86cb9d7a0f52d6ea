import fc from "fast-check";
import { validityWindow, type RenewalPlan } from "../../../../federation/trust/renewal.ts";

const hour = 3_600_000;
const start = new Date("2026-01-01T00:00:00Z");
const after = (hours: number): Date => new Date(start.getTime() + hours * hour);

/** Any plan that is possible, and a moment of the root's life in milliseconds since `start`. */
const planAndMoment = fc
  .record({
    validityHours: fc.integer({ min: 2, max: 20_000 }),
    early: fc.double({ min: 0, max: 0.99, noNaN: true }),
    endHours: fc.integer({ min: 1, max: 100_000 }),
    moment: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  .map(({ validityHours, early, endHours, moment }) => ({
    plan: { start, validityHours, earlyRenewalHours: Math.floor(early * validityHours), end: after(endHours) },
    now: new Date(start.getTime() + Math.floor(moment * endHours * hour)),
  }));

describe("the window of a certificate", () => {
  const plan: RenewalPlan = { start, validityHours: 100, earlyRenewalHours: 20 };

  test.each([
    { at: 0, number: 0, from: 0, to: 100, renewsAt: 80 },
    { at: 79.9, number: 0, from: 0, to: 100, renewsAt: 80 },
    { at: 80, number: 1, from: 80, to: 180, renewsAt: 160 },
    { at: 800, number: 10, from: 800, to: 900, renewsAt: 880 },
    { at: -5, number: 0, from: 0, to: 100, renewsAt: 80 },
    { at: 100, end: 150, number: 1, from: 80, to: 150, renewsAt: 150 },
    { at: 149, end: 90, number: 0, from: 0, to: 90, renewsAt: 90 },
    // The second ends with the root: a third would end no later.
    { at: 170, end: 180, number: 1, from: 80, to: 180, renewsAt: 180 },
  ])(
    "$at h after the start is number $number ($from to $to h), end $end",
    ({ at, end, number, from, to, renewsAt }) => {
      expect(validityWindow({ ...plan, end: end === undefined ? undefined : after(end) }, after(at))).toEqual({
        number,
        notBefore: after(from),
        notAfter: after(to),
        renewsAt: after(renewsAt),
      });
    },
  );

  test("always contains the moment, and leaves the time of early renewal as far as the root does", () => {
    fc.assert(
      fc.property(planAndMoment, ({ plan, now }) => {
        const { notBefore, notAfter, renewsAt } = validityWindow(plan, now);
        expect(notBefore.getTime()).toBeLessThanOrEqual(now.getTime());
        expect(renewsAt.getTime()).toBeGreaterThan(now.getTime());
        expect(notAfter.getTime()).toBeLessThanOrEqual(plan.end.getTime());
        const left = notAfter.getTime() - now.getTime();
        expect(left).toBeGreaterThanOrEqual(
          Math.min(plan.earlyRenewalHours * hour, plan.end.getTime() - now.getTime()),
        );
      }),
    );
  });

  test("is the same at every moment until it is renewed, and the next one at that moment", () => {
    fc.assert(
      fc.property(
        planAndMoment,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        ({ plan, now }, part) => {
          const window = validityWindow(plan, now);
          const length = window.renewsAt.getTime() - window.notBefore.getTime();
          const other = new Date(window.notBefore.getTime() + Math.floor(part * length));
          expect(validityWindow(plan, other)).toEqual(window);
          if (window.renewsAt < plan.end) expect(validityWindow(plan, window.renewsAt).number).toBe(window.number + 1);
        },
      ),
    );
  });

  test.each([{ earlyRenewalHours: 100 }, { earlyRenewalHours: -1 }, { validityHours: NaN }, { end: start }])(
    "does not exist for %j",
    (wrong) => {
      expect(() => validityWindow({ ...plan, ...wrong }, start)).toThrow(RangeError);
    },
  );
});
