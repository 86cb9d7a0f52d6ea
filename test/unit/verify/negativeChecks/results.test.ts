import {
  gatewayResult,
  outcomeOfHello,
  outcomeOfResponse,
  type Attempt,
} from "../../../../verify/negativeChecks/gatewayCheck.ts";
import { clusterResult, type Inspection } from "../../../../verify/negativeChecks/clusterCheck.ts";
import { clusterChecks, gatewayChecks, undeclaredCallerCheck } from "../../../../verify/negativeChecks/registry.ts";
import { mustDenyUndeclared, undeclaredCallerResult } from "../../../../verify/negativeChecks/undeclaredCaller.ts";
import { unexportedSni } from "../../../../verify/negativeChecks/unexportedName.ts";
import { table } from "../../../../verify/report/table.ts";
import { anExport, contract } from "../../federation/fixtures.ts";
import { edge, reset, shows, unreachable } from "../fixtures.ts";

const target = { edge, gateway: edge.gateways[0]! };

describe("a negative check at a gateway", () => {
  test.each<{ outcome: Attempt["outcome"]; state: string; evidence: RegExp }>([
    { outcome: "refused", state: "passed", evidence: /refuses it/ },
    { outcome: "accepted", state: "failed", evidence: /the problem/ },
    { outcome: "unreachable", state: "unknown", evidence: /no connection to 192\.0\.2\.1:15443, so .* not conclusive/ },
  ])("is $state where the attempt is $outcome", ({ outcome, state, evidence }) => {
    for (const check of gatewayChecks) {
      const result = gatewayResult(check, target, shows(), { outcome, problem: "the problem" });
      expect(result).toMatchObject({ code: check.code, page: check.page, mesh: "west", state, seenFrom: "east" });
      expect(result.evidence).toMatch(evidence);
    }
  });

  test.each([reset, unreachable])("is unknown while the control fails", (control) => {
    for (const outcome of ["refused", "accepted", "unreachable"] as const) {
      const result = gatewayResult(gatewayChecks[0]!, target, control, { outcome, problem: "the problem" });
      expect([result.state, result.control]).toEqual(["unknown", `none: ${control.outcome}`]);
      expect(result.evidence).toMatch(/exported name is not accepted/);
    }
  });

  test("takes a ClientHello with a certificate, and a response, as accepted", () => {
    expect([reset, shows(), unreachable].map(outcomeOfHello)).toEqual(["refused", "accepted", "unreachable"]);
    expect(
      [
        { answered: undefined, reachable: true },
        { answered: "HTTP/1.1 200 OK", reachable: true },
        { answered: undefined, reachable: false },
      ].map(outcomeOfResponse),
    ).toEqual(["refused", "accepted", "unreachable"]);
  });

  test("sends a name of the exported service's namespace", () =>
    expect(unexportedSni("httpbin.httpbin.svc.cluster.local", 8000)).toBe(
      "outbound_.8000_._.not-exported.httpbin.svc.cluster.local",
    ));
});

describe("a negative check in a cluster", () => {
  const control = "5 objects read";
  test.each<{ what: string; inspection: Inspection; state: string }>([
    { what: "no such object exists", inspection: { control, problem: undefined }, state: "passed" },
    { what: "one exists", inspection: { control, problem: "the problem" }, state: "failed" },
    { what: "nothing is visible", inspection: { control, problem: undefined, inconclusive: "x" }, state: "unknown" },
  ])("is $state where $what", ({ inspection, state }) => {
    for (const check of clusterChecks)
      expect(clusterResult(check, "west", inspection)).toMatchObject({ code: check.code, state, control });
  });

  test.each([
    { id: "wildcard-host", remedy: /west to list gateways of API group networking.istio.io in all namespaces/ },
    { id: "remote-secret", remedy: /west to list secrets in all namespaces/ },
    { id: "rejected-configuration", remedy: /west to list pods, and gateways .* in all namespaces/ },
  ])("names the missing permission of $id", ({ id, remedy }) => {
    const check = clusterChecks.find((c) => c.id === id)!;
    const result = clusterResult(check, "west", { failure: "403: forbidden" });
    expect(result).toMatchObject({ state: "unknown", remedy: expect.stringMatching(remedy) });
    const report = { edges: [], negativeChecks: [result], unreachable: [], notCalled: [], pending: [] };
    expect(table(report, false).replace(/\s+/g, " ")).toMatch(remedy);
  });
});

describe("the negative check with an undeclared caller", () => {
  test.each([
    { call: "denied" as const, controlPassed: true, state: "passed" },
    { call: "allowed" as const, controlPassed: true, state: "failed" },
    { call: "denied" as const, controlPassed: false, state: "unknown" },
    { call: { inconclusive: "x" }, controlPassed: true, state: "unknown" },
  ])("is $state for $call with control $controlPassed", ({ call, controlPassed, state }) => {
    const attempt = { caller: "sleep/default", call, answer: "status 403", controlPassed };
    const result = undeclaredCallerResult(undeclaredCallerCheck, { edge }, attempt);
    expect(result).toMatchObject({ state, name: "west: undeclared caller sleep/default", seenFrom: "east" });
  });

  test.each<{ what: string; callers: string[][]; more?: Partial<typeof edge>; expected: boolean }>([
    { what: "an export that names callers", callers: [["sleep/sleep"]], expected: true },
    { what: "an export without callers", callers: [[]], expected: false },
    { what: "an export that names the account", callers: [["sleep/default"]], expected: false },
    { what: "an export that names the account of another namespace", callers: [["shop/default"]], expected: true },
    { what: "one of two exporters without callers", callers: [["sleep/sleep"], []], expected: false },
    { what: "two exporters that name callers", callers: [["sleep/sleep"], ["sleep/sleep"]], expected: true },
    {
      what: "a blended host, which the client's own mesh may serve",
      callers: [["sleep/sleep"]],
      more: { blended: true },
      expected: false,
    },
    { what: "a port without a probe", callers: [["sleep/sleep"]], more: { declared: false }, expected: false },
    { what: "an exporter without a known contract", callers: [], expected: false },
  ])("applies to $what: $expected", ({ callers, more, expected }) => {
    const contracts = new Map(
      callers.map((list, i) => [
        `m${i}`,
        contract(`m${i}`, [anExport({ callers: list, selector: { app: "httpbin" } })]),
      ]),
    );
    const access = { own: {} as never, peers: new Map(), contracts, issuers: {} };
    const meshes = callers.length > 0 ? [...contracts.keys()] : ["m0"];
    expect(mustDenyUndeclared({ edge: { ...edge, meshes, ...more }, access })).toBe(expected);
  });
});
