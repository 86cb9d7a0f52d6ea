import { driftFailures, type Drift } from "../../../review/drift/drift.ts";
import type { StackFinding } from "../../../review/findings.ts";
import { failures, type ReviewResult } from "../../../review/result.ts";

const passed: ReviewResult = {
  trust: [],
  changes: [],
  invalidStacks: [],
  failed: [],
  warnings: [],
  violations: [],
  advisories: [],
  policyCoverage: { policies: 7, stacks: [], notEvaluated: [] },
  previews: [],
  order: { steps: [], unfinished: [], blocked: [] },
};
const finding = (stack: string, problem: string): StackFinding => ({
  stack,
  code: "imports-mismatch",
  subject: 'import "httpbin"',
  problem,
  remedy: "Change it",
});

describe("the failures of a review", () => {
  const result: ReviewResult = {
    ...passed,
    warnings: [finding("east", "is pending")],
    previews: [
      { stack: "north", state: "skipped", code: "review-cluster-unreachable", reason: "no cluster", detail: "timeout" },
      { stack: "east", state: "previewed", counts: "", touched: [], notes: [] },
    ],
    order: { steps: [], unfinished: [finding("east", "waits")], blocked: [finding("west", "waits")] },
  };

  test("are empty for warnings, and for previews and an order that are not required", () => {
    expect(failures(result)).toEqual([]);
  });

  test("include skipped previews when previews are required", () => {
    expect(failures(result, { previews: true })).toEqual([
      "not previewed: north: no cluster: timeout [review-cluster-unreachable]",
    ]);
  });

  test("include blocked stacks when the order is required", () => {
    expect(failures(result, { order: true })).toEqual([
      'cannot be deployed: west: import "httpbin": waits. Change it. [imports-mismatch]',
    ]);
  });

  test("include failed checks and violated policies", () => {
    const failed = [finding("east", "is wrong")];
    const violations = [{ stack: "west", policy: "no-peer-kubeconfig", message: "is one" }];
    expect(failures({ ...result, failed, violations })).toEqual([
      'check failed: east: import "httpbin": is wrong. Change it. [imports-mismatch]',
      "policy no-peer-kubeconfig: west: is one",
    ]);
  });
});

describe("the failures of a drift report", () => {
  const drift: Drift = {
    stack: "west",
    kind: "deleted",
    type: "a:b:Gateway",
    name: "export-httpbin-gateway",
    details: [],
    breaks: ["east imports httpbin from west"],
  };

  test("are empty without drift", () => {
    expect(driftFailures([], [])).toEqual([]);
  });

  test("name each drift and each stack that is not compared", () => {
    expect(driftFailures([drift], [finding("east", "is down")])).toEqual([
      "drifted: west: a:b:Gateway export-httpbin-gateway is deleted",
      'not compared: east: import "httpbin": is down. Change it. [imports-mismatch]',
    ]);
  });
});
