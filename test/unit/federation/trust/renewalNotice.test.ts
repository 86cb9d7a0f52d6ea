import { validityWindow } from "../../../../federation/trust/renewal.ts";
import { endNotice, renewalNotice } from "../../../../federation/trust/renewalNotice.ts";
import { makeRoot } from "../../../support/pki.ts";

const day = 86_400_000;
const start = new Date("2026-01-01T00:00:00Z");
const after = (days: number): Date => new Date(start.getTime() + days * day);

describe("a renewal", () => {
  // Windows of 700 days, and a root of 1500: the third certificate, from day 1400, ends with the root.
  const plan = { start, end: after(1500), validityHours: 730 * 24, earlyRenewalHours: 720 };

  test.each([
    { at: 1, told: undefined },
    { at: 669, told: undefined },
    { at: 671, told: "its certificate is renewed from 2027-12-02 on, and ends on 2028-01-01" },
    { at: 699, told: "its certificate is renewed from 2027-12-02 on, and ends on 2028-01-01" },
    { at: 701, told: undefined },
    { at: 1480, told: "its certificate ends on 2030-02-09 with its root, and is not renewed" },
  ])("is announced 30 days before, on day $at: $told", ({ at, told }) => {
    const found = renewalNotice("west", validityWindow(plan, after(at)), after(at));
    expect(found.map(({ code, problem }) => [code, problem])).toEqual(told ? [["ca-renewal-near", told]] : []);
  });

  test("of a certificate that lives for a week is announced in its last quarter", () => {
    const week = { start, validityHours: 168, earlyRenewalHours: 24 };
    const told = (hours: number) => renewalNotice("west", validityWindow(week, after(hours / 24)), after(hours / 24));
    expect([told(100).length, told(105).length]).toEqual([0, 1]);
  });
});

test("the end of a CA is announced 30 days before", async () => {
  const { certPem } = await makeRoot("a CA", { notBefore: start, notAfter: after(365) });
  const told = (at: number) => endNotice("west", certPem, "Do it", after(at)).map(({ code }) => code);
  expect([told(334), told(336), told(400)]).toEqual([[], ["ca-certificate-ends"], ["ca-certificate-ends"]]);
});
