import { checkEdge } from "../../../verify/checkEdge.ts";
import type { ClientHelloResult, Evidence } from "../../../verify/evidence.ts";
import { hostNotices } from "../../../verify/hostReach.ts";
import { jsonReport } from "../../../verify/report/json.ts";
import { table } from "../../../verify/report/table.ts";
import { edge, passingEvidence, sidecarError, unreachable } from "./fixtures.ts";

const via = { pod: "sleep/sleep-1", here: "no connection within 3 s" };
const throughPod = passingEvidence.clientHellos.map((hello) => ({ ...hello, via }));
const silent: ClientHelloResult = { ...unreachable, outcome: "unreachable", detail: "ETIMEDOUT" };

const check = (evidence: Partial<Evidence>) => checkEdge(edge, { ...passingEvidence, ...evidence }, ["east", "west"]);
const report = (...edges: ReturnType<typeof check>[]) => ({
  edges,
  negativeChecks: [],
  unreachable: [],
  notCalled: [],
  pending: [],
  seconds: 1,
  notes: hostNotices(edges),
});

describe("a machine that does not reach a gateway", () => {
  test("has the same rows, and a note once, where pods prove it", () => {
    const [here, there] = [check({}), check({ clientHellos: throughPod })];
    const rows = (text: string) => text.split("\n").filter((line) => /^(IMPORT|east)/.test(line));
    const text = table(report(there, there), false);
    expect(rows(text)).toEqual(rows(table(report(here, here), false)));
    expect(text.match(/NOTE: /g)).toHaveLength(1);
    expect(text.replace(/\s+/g, " ")).toContain(
      "this machine gets no connection to 192.0.2.1:15443 of west (no connection within 3 s), so nothing at them is",
    );
    expect(text).toContain("sleep/sleep-1");
    expect(jsonReport(report(there)).notes).toHaveLength(1);
    expect(there.hops.find(({ hop }) => hop === "tcp")).toMatchObject({
      state: "passed",
      evidence: "connections to 192.0.2.1:15443 (from pod sleep/sleep-1)",
    });
  });

  test("says what is not observable where no pod proves it", () => {
    expect(hostNotices([check({ clientHellos: [silent] })])).toEqual([
      expect.stringMatching(/192\.0\.2\.1:15443 of west \(ETIMEDOUT\), and no pod .* certificates are not observable/),
    ]);
  });

  test("has no note for a gateway that is down, or that it reaches", () => {
    const down = check({ answer: sidecarError("Connection refused"), clientHellos: [silent] });
    expect([down.failedHop?.hop, hostNotices([down, check({})])]).toEqual(["tcp", []]);
  });

  test("does not claim a connection of its own where the client's sidecar gets none", () => {
    const { failedHop } = check({ answer: sidecarError("Connection refused"), clientHellos: throughPod });
    expect(failedHop?.evidence).toContain("although pod sleep/sleep-1 gets one without its sidecar");
  });
});
