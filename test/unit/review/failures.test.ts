import { driftFailures, type Drift } from "../../../review/drift/drift.ts";
import { failures, hasFailed, type ReviewResult } from "../../../review/result.ts";

const nothing: ReviewResult = {
  changes: [],
  notCompared: [],
  failed: [],
  warnings: [],
  policies: [],
  policiesRan: { policies: 7, stacks: [], notJudged: [] },
  previews: [],
  order: { steps: [], stuck: [], blocked: [] },
};

test("all that makes a review fail is named; a stack that was skipped or is blocked only where it must not be", () => {
  const result: ReviewResult = {
    ...nothing,
    warnings: [{ stack: "east", message: "goes ahead" }],
    previews: [
      { stack: "north", state: "skipped", reason: "no cluster" },
      { stack: "east", state: "previewed", counts: "", touched: [], notes: [] },
    ],
    order: { steps: [], stuck: ["later"], blocked: [{ stack: "west", message: "waits" }] },
  };
  expect([failures(result), hasFailed(result)]).toEqual([[], false]);
  expect([failures(result, { previews: true }), hasFailed(result, { previews: true })]).toEqual([
    ["not previewed: north: no cluster"],
    true,
  ]);
  expect([failures(result, { order: true }), hasFailed(result, { order: true })]).toEqual([
    ["cannot be deployed: west: waits"],
    true,
  ]);
  expect(
    failures({
      ...result,
      failed: [{ stack: "east", message: "wrong" }],
      policies: [{ stack: "west", policy: "no-peer-kubeconfig", message: "is one" }],
    }),
  ).toEqual(["check failed: east: wrong", "policy no-peer-kubeconfig: west: is one"]);
});

test("all that makes a drift report fail is named", () => {
  const drift: Drift = {
    stack: "west",
    what: "gone",
    type: "a:b:Gateway",
    name: "export-httpbin-gateway",
    details: [],
    breaks: ["east imports httpbin from west"],
  };
  expect(driftFailures([], [])).toEqual([]);
  expect(driftFailures([drift], [{ stack: "east", message: "its cluster is down" }])).toEqual([
    "drifted: west: a:b:Gateway export-httpbin-gateway is gone",
    "not compared: east: its cluster is down",
  ]);
});
