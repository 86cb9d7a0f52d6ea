import { printableJson } from "../../../../federation/errors/userError.ts";
import fc from "fast-check";
import { checkEdge } from "../../../../verify/checkEdge.ts";
import { jsonReport } from "../../../../verify/report/json.ts";
import { junitReport } from "../../../../verify/report/junit.ts";
import { hasPassed } from "../../../../verify/report/report.ts";
import { details, summary, table } from "../../../../verify/report/table.ts";
import type { NegativeResult } from "../../../../verify/negativeChecks/result.ts";
import { wantsColour } from "../../../../verify/report/text.ts";
import { edge, passingEvidence, report, sidecarError, unreachable } from "../fixtures.ts";

const passing = checkEdge(edge, passingEvidence, ["east", "west"]);
const failing = checkEdge(
  { ...edge, name: "a-service-with-quite-a-long-name", meshes: ["a-mesh-with-a-long-name", "another"] },
  { ...passingEvidence, answer: sidecarError("Connection refused"), clientHellos: [unreachable] },
  ["east", "west"],
);
const negative: NegativeResult = {
  check: "unexported-name",
  code: "negative-unexported-name",
  page: "docs/verify.md#negative-unexported-name",
  mesh: "west",
  name: "west: name that is not exported",
  state: "failed",
  control: "the exported name is accepted",
  evidence: "the gateway accepts it",
  seenFrom: "east",
};
const lost = `mesh "north" cannot be reached: ${"a long reason ".repeat(10)}`;
const everything = report({ edges: [passing, failing], negativeChecks: [negative], unreachable: [lost] });

describe("the table", () => {
  test("fits 80 columns and shows evidence, remedy, code and page of a failed hop", () => {
    const text = table(everything, false);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/east <- west\/httpbin:8000 +pass +west +httpbin\/httpbin sleep\/sleep/);
    expect(text).toMatch(/FAIL tcp/);
    expect(text).toMatch(/ {2}FAIL +TCP to the gateway: [^]*connection refused[^]* {2}REMEDY +The owner of/);
    expect(text).toMatch(/\[hop-tcp\][^]* {2}PAGE +docs\/verify\.md#hop-tcp/);
    expect(text).toMatch(/NEGATIVE CHECKS +RESULT +CONTROL\nwest: name that is not exported +FAIL/);
    expect(text).toMatch(/\[negative-unexported-name\]\s+docs\/verify\.md#negative-unexported-name/);
    expect(text).toMatch(/UNREACHABLE: mesh "north"/);
  });

  test("has colours only on request", () => {
    expect(table(everything, false)).not.toContain("\u001b");
    expect(table(everything, true)).toContain("\u001b[31m");
  });
});

describe("the last line", () => {
  test("has the numbers of the run", () => {
    const line = summary(report({ edges: [passing, failing], notCalled: ["x"], pending: ["y", "z"], seconds: 3 }));
    expect(line).toMatch(/^verified 2 import ports in .*: 1 passed, 1 failed; 1 not called; 2 pending\n$/);
    expect(summary(report({ edges: [passing] }))).toMatch(/^verified 1 import port in .*: 1 passed, 0 failed\n$/);
    expect(summary(report({}))).toMatch(/^there are no imports\n/);
  });
});

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);

describe("the ports of an import", () => {
  test("are distinct in the table for names of any length", () => {
    fc.assert(
      fc.property(
        label,
        label,
        fc.uniqueArray(label, { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 2, maxLength: 5 }),
        (mesh, name, meshes, numbers) => {
          const results = numbers.map((number) => ({
            ...passing,
            edge: { ...edge, mesh, name, meshes, port: { ...edge.port, number } },
          }));
          const rows = table(report({ edges: results }), false)
            .trimEnd()
            .split("\n")
            .slice(1);
          expect(rows.filter((row) => row.length > 80)).toEqual([]);
          expect(new Set(rows).size).toBe(numbers.length);
          rows.forEach((row, i) => expect(row).toMatch(new RegExp(`^.{0,24}:${numbers[i]} `)));
          // A name that fits is not cut.
          if (name.length <= 17) rows.forEach((row, i) => expect(row).toContain(`/${name}:${numbers[i]} `));
        },
      ),
    );
  });
});

describe("the terminal", () => {
  test("has colours, unless NO_COLOR is set", () => {
    expect([
      wantsColour({ isTTY: true }, {}),
      wantsColour({ isTTY: true }, { NO_COLOR: "1" }),
      wantsColour({}, {}),
    ]).toEqual([true, false, false]);
  });
});

describe("the reports", () => {
  test("show status, echoed identities and endpoint in the details", () => {
    const text = details(passing);
    expect(text).toMatch(/status 200/);
    expect(text).toMatch(
      /By=spiffe:\/\/cluster.local\/ns\/httpbin\/sa\/httpbin;.*URI=spiffe:\/\/cluster.local\/ns\/sleep\/sa\/sleep/,
    );
    expect(text).toMatch(/endpoint 192\.0\.2\.1:15443 HEALTHY \(used\)/);
  });

  test("have a JUnit case per edge and negative check, with diagnosis and code", () => {
    const xml = junitReport({ ...everything, negativeChecks: [negative, { ...negative, state: "unknown" }] });
    expect(xml).toMatch(/<testsuite name="imports of east" tests="2" failures="1"/);
    expect(xml).toMatch(/<failure message="[^"]*REMEDY[^"]*docs\/verify\.md#hop-tcp[^"]*" type="hop-tcp"/);
    expect(xml).toMatch(/negative checks" tests="2" failures="1" errors="0" skipped="1"/);
    expect(xml).toMatch(/<failure message="[^"]*docs\/verify\.md#[^"]*" type="negative-unexported-name"/);
    expect(xml).toMatch(/<error message="mesh &quot;north&quot;/);
  });

  test("include an edge that is not called, without a failure", () => {
    const sentence = "east <- west/a:80 was not called";
    const given = report({ edges: [passing], notCalled: [sentence] });
    expect(table(given, false)).toContain(`NOT CALLED: ${sentence}`);
    expect(jsonReport(given)).toMatchObject({ passed: true, notCalled: [sentence] });
    expect(junitReport(given)).toMatch(/imports without a client" tests="1" failures="0" errors="0" skipped="1"/);
  });

  test("include a pending import, without a failure", () => {
    const sentence = 'east <- south/b: stack "south" does not exist';
    const given = report({ edges: [passing], pending: [sentence] });
    const text = table(given, false);
    expect(text).toContain(`PENDING: ${sentence}`);
    expect(text).not.toContain("UNREACHABLE");
    expect(jsonReport(given)).toMatchObject({ passed: true, pending: [sentence], unreachable: [] });
    expect(junitReport(given)).toMatch(/pending imports" tests="1" failures="0" errors="0" skipped="1"/);
  });

  test("have results with codes and pages in JSON", () => {
    const json = JSON.parse(JSON.stringify(jsonReport(everything))) as any;
    expect([json.passed, json.edges[0].passed, json.edges[0].failedHop]).toEqual([false, true, null]);
    expect(json.edges[1].failedHop).toMatchObject({ hop: "tcp", code: "hop-tcp", page: "docs/verify.md#hop-tcp" });
    expect(json.edges[1].hops).toHaveLength(9);
    expect(json.negativeChecks).toEqual([
      expect.objectContaining({ code: "negative-unexported-name", state: "failed" }),
    ]);
  });
});

describe("a run", () => {
  test("passes only when every edge, negative check and mesh passes", () => {
    expect(hasPassed(report({ edges: [passing], negativeChecks: [{ ...negative, state: "passed" }] }))).toBe(true);
    expect(hasPassed(report({ edges: [passing], negativeChecks: [{ ...negative, state: "unknown" }] }))).toBe(true);
    expect(hasPassed(report({ edges: [failing] }))).toBe(false);
    expect(hasPassed(report({ edges: [passing], negativeChecks: [negative] }))).toBe(false);
    expect(hasPassed(report({ edges: [passing], unreachable: [lost] }))).toBe(false);
  });
});

describe("what a peer answers", () => {
  const hostile = "x\u001b[2J\u0007\u009b31m\u202ey\u0000";
  const unprintable = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u;
  const answer = { ...sidecarError(hostile), status: 200, passed: false, call: hostile, problem: hostile };
  const headers = { "X-Forwarded-Client-Cert": `By=${hostile};URI=${hostile}`, [hostile]: hostile };
  const evidence = { ...passingEvidence, answer: { ...answer, echoed: headers } };
  const result = checkEdge(edge, evidence, ["east", "west"]);
  const given = report({
    edges: [
      result,
      { ...result, problems: [{ code: "edge-call-failed", subject: hostile, problem: hostile, remedy: "" }] },
    ],
    negativeChecks: [{ ...negative, name: hostile, evidence: hostile, control: hostile }],
    unreachable: [hostile],
    notCalled: [hostile],
    pending: [hostile],
  });

  test("cannot act in a terminal, in no report", () => {
    for (const text of [table(given, false), details(result), junitReport(given), printableJson(jsonReport(given))])
      expect(text).not.toMatch(unprintable);
    expect(table(given, false)).toContain("\\u{1b}[2J");
    expect(details(result)).toContain("\\u{9b}31m");
  });

  test("is in the JSON as it is, for programs", () => {
    const value = { [hostile]: [hostile, "\u{e0001}\n", "\ud800", 1, null] };
    expect(JSON.parse(printableJson(value))).toEqual(value);
    expect(printableJson({ a: "b" })).toBe(JSON.stringify({ a: "b" }, null, 2));
  });
});
