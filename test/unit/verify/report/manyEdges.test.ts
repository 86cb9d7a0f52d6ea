import { checkEdge, type EdgeResult } from "../../../../verify/checkEdge.ts";
import { jsonReport } from "../../../../verify/report/json.ts";
import { junitReport } from "../../../../verify/report/junit.ts";
import type { NegativeResult } from "../../../../verify/negativeChecks/result.ts";
import { table } from "../../../../verify/report/table.ts";
import { certificate, edge, passingEvidence, peerSide, report, reset, shows, sidecarError } from "../fixtures.ts";

const known = ["east", "far"];
const far = { ...edge, meshes: ["far"] };
const resetSide = { ...peerSide, mesh: "far", chain: false };
const notExported = (i: number): EdgeResult =>
  checkEdge(
    { ...far, name: `service-${i}` },
    {
      ...passingEvidence,
      answer: sidecarError("connection termination"),
      clientHellos: [reset],
      peerSides: [
        {
          ...resetSide,
          passthrough: Array.from({ length: 500 }, (_, n) => ({ object: `far/export-${n}`, hosts: [`host-${n}.far`] })),
        },
      ],
    },
    known,
  );
const refused = (i: number): EdgeResult =>
  checkEdge(
    { ...far, name: `denied-${i}` },
    {
      ...passingEvidence,
      answer: { ...sidecarError(""), status: 403, body: "RBAC: access denied" },
      clientHellos: [shows()],
    },
    known,
  );
const another = (i: number): EdgeResult =>
  checkEdge(
    { ...edge, name: `other-${i}` },
    { ...passingEvidence, clientHellos: [shows({ ...certificate, issuerLocality: "north" })] },
    ["east", "west", "north"],
  );
const passing = (i: number): EdgeResult => checkEdge({ ...edge, name: `ok-${i}` }, passingEvidence, ["east", "west"]);
const many = <T>(count: number, made: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => made(i));

const mixed = [...many(498, notExported), ...many(2, refused), passing(0)];
const paragraphsIn = (text: string): number => text.match(/^east <- .*failed at/gm)?.length ?? 0;

describe("the table of many edges", () => {
  test("groups the failing ones by cause, with the first three in full", () => {
    const text = table(report({ edges: mixed }), false);
    expect(text).toMatch(/^498 imports of far: not exported there, or not ready \[hop-sni\]$/m);
    expect(text).toMatch(/^2 imports of far: the client is denied there \[hop-authorization\]$/m);
    expect(text).toMatch(/^east <- far\/service-2:8000: failed at SNI chain/m);
    expect(text).not.toMatch(/service-3:/);
    expect(text).toMatch(/^ {2}and 495 more$/m);
    expect(paragraphsIn(text)).toBe(3 + 2);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("is no longer for five hundred than for fifty", () => {
    const lines = (broken: number): number =>
      table(report({ edges: [...many(broken, notExported), ...many(broken, passing)] }), false).split("\n").length;
    expect(lines(500)).toBe(lines(50));
    expect(lines(500)).toBeLessThan(70);
  });

  test("counts passing ones, too, and names what a check of an identity says", () => {
    const text = table(report({ edges: [...many(30, passing), ...many(6, another)] }), false);
    expect(text).toMatch(/^\.\. and 27 more +pass +west/m);
    expect(text).toMatch(/^6 imports of west: A call [^[]+\[edge-server-identity\]$/m);
  });

  test("has every edge on request, and every one of a few failing ones", () => {
    expect(paragraphsIn(table(report({ edges: mixed }), false, true))).toBe(500);
    const few = table(report({ edges: many(4, notExported) }), false);
    expect(paragraphsIn(few)).toBe(4);
    expect(few).not.toMatch(/imports of far/);
  });

  test("leaves nothing out of JSON and JUnit", () => {
    expect(jsonReport(report({ edges: mixed })).edges).toHaveLength(501);
    expect(junitReport(report({ edges: mixed })).match(/<failure /g)).toHaveLength(500);
  });

  test("does not name every host of the gateway in the evidence of each edge", () => {
    expect(JSON.stringify(jsonReport(report({ edges: [notExported(0)] })).edges)).toMatch(/host-4\.far and 495 more/);
  });
});

describe("checks and sentences of one kind", () => {
  const check = (i: number): NegativeResult => ({
    check: "undeclared-caller",
    code: "negative-undeclared-caller",
    page: "docs/verify.md#negative-undeclared-caller",
    mesh: "west",
    name: `west: undeclared caller ns-${i}/default`,
    state: "failed",
    control: "the declared caller is allowed",
    evidence: "it got status 200",
    seenFrom: "east",
  });
  const sentences = many(300, (i) => `sentence ${i}`);
  const given = report({
    negativeChecks: many(300, check),
    notCalled: sentences,
    pending: sentences,
    unreachable: sentences,
    notes: sentences,
  });

  test("are counted after the third", () => {
    const text = table(given, false);
    expect(text.split("\n").length).toBeLessThan(60);
    for (const word of ["NOTE", "NOT CALLED", "PENDING", "UNREACHABLE"])
      expect(text.match(new RegExp(`^ {2}${word}: sentence`, "gm"))).toHaveLength(3);
    expect(text.match(/^ {2}west: undeclared caller/gm)).toHaveLength(3);
    expect(text).toMatch(/^\.\. and 297 more +FAIL$/m);
  });
});
