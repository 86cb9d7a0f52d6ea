import fc from "fast-check";
import { judgeEdge } from "../../../verify/judgeEdge.ts";
import { jsonReport, isGood } from "../../../verify/report/json.ts";
import { junitReport } from "../../../verify/report/junit.ts";
import { details, table } from "../../../verify/report/table.ts";
import { wantsColour } from "../../../verify/report/text.ts";
import { edge, goodEvidence, ownError, unreachable } from "./fixtures.ts";

const good = judgeEdge(edge, goodEvidence, ["east", "west"]);
const bad = judgeEdge(
  { ...edge, name: "a-service-with-quite-a-long-name", meshes: ["a-mesh-with-a-long-name", "another"] },
  { ...goodEvidence, answer: ownError("Connection refused"), hellos: [unreachable] },
  ["east", "west"],
);
const guard = {
  mesh: "west",
  name: "west: name that is not exported",
  state: "bad" as const,
  control: "the exported name passes",
  evidence: "the gateway lets it through",
  seenFrom: "east",
};
const lost = `mesh "north" cannot be reached: ${"a long reason ".repeat(10)}`;

test("the table fits 80 columns, names the broken hop with evidence and remedy, and is coloured only where asked", () => {
  const text = table([good, bad], [guard], [lost], false);
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(text).toMatch(/east <- west\/httpbin:8000 +ok +west +httpbin\/httpbin sleep\/sleep/);
  expect(text).toMatch(/BROKEN tcp/);
  expect(text).toMatch(/ {2}BROKEN TCP to the gateway: [^]*connection refused[^]* {2}REMEDY the owner of/);
  expect(text).toMatch(/UNREACHABLE: mesh "north"/);
  expect(text).not.toContain("\u001b");
  expect(table([good, bad], [guard], [], true)).toContain("\u001b[31m");
});

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);

test("the ports of an import are told apart in the table, however long its name and its meshes' names", () => {
  fc.assert(
    fc.property(
      label,
      label,
      fc.uniqueArray(label, { minLength: 1, maxLength: 3 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 2, maxLength: 5 }),
      (mesh, name, meshes, numbers) => {
        const results = numbers.map((number) => ({
          ...good,
          edge: { ...edge, mesh, name, meshes, port: { ...edge.port, number } },
        }));
        const rows = table(results, [], [], false).trimEnd().split("\n").slice(1);
        expect(rows.filter((row) => row.length > 80)).toEqual([]);
        expect(new Set(rows).size).toBe(numbers.length);
        rows.forEach((row, i) => expect(row).toMatch(new RegExp(`^.{0,24}:${numbers[i]} `)));
        // What fits beside the cut stays whole.
        if (name.length <= 17) rows.forEach((row, i) => expect(row).toContain(`/${name}:${numbers[i]} `));
      },
    ),
  );
});

test("colour is for terminals, unless NO_COLOR is set", () => {
  expect([
    wantsColour({ isTTY: true }, {}),
    wantsColour({ isTTY: true }, { NO_COLOR: "1" }),
    wantsColour({}, {}),
  ]).toEqual([true, false, false]);
});

test("a call in full: status, echoed identities, the endpoint in use", () => {
  const text = details(good);
  expect(text).toMatch(/status 200/);
  expect(text).toMatch(
    /By=spiffe:\/\/cluster.local\/ns\/httpbin\/sa\/httpbin;.*URI=spiffe:\/\/cluster.local\/ns\/sleep\/sa\/sleep/,
  );
  expect(text).toMatch(/endpoint 192\.0\.2\.1:15443 HEALTHY \(used\)/);
});

test("JUnit: a case per edge and guard; what is broken fails with its diagnosis", () => {
  const xml = junitReport([good, bad], [guard, { ...guard, state: "unknown" }], [lost]);
  expect(xml).toMatch(/<testsuite name="imports of east" tests="2" failures="1"/);
  expect(xml).toMatch(/<failure message="[^"]*REMEDY[^"]*" type="tcp"/);
  expect(xml).toMatch(/what must fail or not exist" tests="2" failures="1" errors="0" skipped="1"/);
  expect(xml).toMatch(/<error message="mesh &quot;north&quot;/);
});

test("what was not called is told in each report, and fails none", () => {
  const told = "east <- west/a:80 was not called";
  expect(table([good], [], [], false, [told])).toContain(`NOT CALLED: ${told}`);
  expect(jsonReport([good], [], [], 1, [told])).toMatchObject({ good: true, notCalled: [told] });
  expect(junitReport([good], [], [], [told])).toMatch(
    /imports without a client" tests="1" failures="0" errors="0" skipped="1"/,
  );
});

test("a pending import is told in each report, and fails none", () => {
  const told = 'east <- south/b: stack "south" does not exist';
  const text = table([good], [], [], false, [], [told]);
  expect(text).toContain(`pending: ${told}`);
  expect(text).not.toContain("UNREACHABLE");
  expect(jsonReport([good], [], [], 1, [], [told])).toMatchObject({ good: true, pending: [told], unreachable: [] });
  expect(junitReport([good], [], [], [], [told])).toMatch(
    /pending imports" tests="1" failures="0" errors="0" skipped="1"/,
  );
});

test("JSON is plain, and good only where everything is", () => {
  const report = JSON.parse(JSON.stringify(jsonReport([good, bad], [guard], [lost], 1))) as any;
  expect([report.good, report.edges[0].good, report.edges[1].broken.hop, report.edges[1].hops.length]).toEqual([
    false,
    true,
    "tcp",
    9,
  ]);
  expect(isGood([good], [{ ...guard, state: "good" }], [])).toBe(true);
  expect([isGood([bad], [], []), isGood([good], [guard], []), isGood([good], [], [lost])]).toEqual([
    false,
    false,
    false,
  ]);
});
