import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPolicies, readPolicyConfig } from "../../../review/preview/policies.ts";
import { evaluate } from "../../../policy/evaluate.ts";
import { rules } from "../../../policy/rules.ts";
import { renderComment } from "../../../review/report/comment.ts";
import type { StackPreview } from "../../../review/result.ts";
import { example, planned } from "../review/federation.ts";
import { gateway, object } from "./examples/kubernetes.ts";

const west = { stack: "west", resources: [gateway(["*.local"])] };
const skipped = (stack: string, reason: string): StackPreview => ({
  stack,
  state: "skipped",
  code: "review-preview-failed",
  reason,
});
const previewed = (stack: string): StackPreview => ({ stack, state: "previewed", counts: "", touched: [], notes: [] });

describe("a stack without a preview", () => {
  test("has not passed, and is named with the reason", () => {
    const evaluation = evaluate([
      west,
      { stack: "east", resources: [], notPreviewed: "its cluster cannot be reached: timeout" },
    ]);
    expect(evaluation).toMatchObject({
      policies: rules.length,
      stacks: ["west"],
      notEvaluated: [{ stack: "east", reason: "its cluster cannot be reached: timeout" }],
    });
    expect(evaluation.violations.map((f) => [f.stack, f.policy])).toEqual([
      ["west", "no-wildcard-gateway-host"],
      ["west", "export-names-callers"],
    ]);
  });

  test("runs no rule about one stack", () => {
    expect(evaluate([{ ...west, notPreviewed: "x" }])).toMatchObject({
      violations: [],
      stacks: [],
      notEvaluated: [{ stack: "west", reason: "x" }],
    });
  });

  test("is compared with other stacks by what it would publish", () => {
    const stacks = example();
    stacks["west"]!["gateway"].addresses = ["192.0.2.20"];
    const { federation } = planned(stacks);
    const { violations, notEvaluated } = checkPolicies(federation, new Map([["east", []]]), [
      previewed("east"),
      skipped("west", "its preview failed, see the checks"),
    ]);
    expect(notEvaluated).toEqual([{ stack: "west", reason: "its preview failed, see the checks" }]);
    expect(violations).toEqual([]);
    const root = { type: "pulumi:pulumi:Stack", name: "mesh-federation-east", props: {} };
    expect(
      checkPolicies(federation, new Map([["east", [root]]]), [previewed("east"), skipped("west", "x")]).violations,
    ).toEqual([
      {
        stack: "west",
        policy: "no-clashes-across-stacks",
        message: expect.stringContaining("gateway address 192.0.2.20"),
      },
    ]);
  });
});

describe("a rule about one stack", () => {
  test("sees no resources of another stack", () => {
    const policy = object("security.istio.io/v1:AuthorizationPolicy", "httpbin", { namespace: "httpbin", spec: {} });
    const exports = gateway(["httpbin.httpbin.svc.cluster.local"]);
    expect(
      evaluate([
        { stack: "west", resources: [exports] },
        { stack: "east", resources: [policy] },
      ]).violations.map((f) => f.stack),
    ).toEqual(["west"]);
    expect(evaluate([{ stack: "west", resources: [exports, policy] }]).violations).toEqual([]);
  });
});

describe("the policy configuration", () => {
  test.each<[string, unknown, string[], string[], number]>([
    ["nothing", {}, ["no-wildcard-gateway-host", "export-names-callers"], [], rules.length],
    [
      "a level",
      { "no-wildcard-gateway-host": "advisory" },
      ["export-names-callers"],
      ["no-wildcard-gateway-host"],
      rules.length,
    ],
    [
      "all, and one otherwise",
      { all: "disabled", "export-names-callers": { enforcementLevel: "mandatory" } },
      ["export-names-callers"],
      [],
      1,
    ],
    [
      "a setting",
      { "export-names-callers": { rootNamespaces: ["mesh-root"] } },
      ["no-wildcard-gateway-host"],
      [],
      rules.length,
    ],
  ])("sets %s", (_, config, violations, advisories, policies) => {
    const policy = object("security.istio.io/v1:AuthorizationPolicy", "all", { namespace: "mesh-root", spec: {} });
    const evaluation = evaluate([{ stack: "west", resources: [gateway(["*.local"]), policy] }], config);
    expect([
      evaluation.violations.map((f) => f.policy),
      evaluation.advisories.map((f) => f.policy),
      evaluation.policies,
    ]).toEqual([violations, advisories, policies]);
  });

  test("rejects all that is wrong at once", () => {
    const config = {
      "no-such-rule": "advisory",
      all: "loud",
      "strict-mtls-stays": { rootNamespaces: [], other: 1 },
      "no-clashes-across-stacks": { separateTrustDomains: "yes" },
    };
    expect(() => evaluate([], config)).toThrow(
      new RegExp(
        [
          "no-such-rule: there is no such rule; there are no-wildcard-gateway-host, ",
          'all: the level must be one of mandatory, advisory, disabled \\(given: "loud"\\)',
          "rootNamespaces: must be a list of names \\(given: \\[\\]\\)",
          "strict-mtls-stays.other: there is no such setting; there are rootNamespaces, and enforcementLevel",
          'separateTrustDomains: must be true or false \\(given: "yes"\\)',
        ].join("[^]*"),
      ),
    );
    expect(() => evaluate([], null)).toThrow(/must be an object with rules as keys \(given: null\)/);
  });

  test("comes from its file, else from the defaults", () => {
    const invalid = { code: "review-policy-config-invalid" };
    const folder = mkdtempSync(join(tmpdir(), "policy-config-"));
    try {
      expect(readPolicyConfig(folder)).toEqual({});
      writeFileSync(join(folder, "policy-config.json"), '{"all":"advisory"}');
      expect(readPolicyConfig(folder)).toEqual({ all: "advisory" });
      writeFileSync(join(folder, "policy-config.json"), "all: advisory");
      expect(() => readPolicyConfig(folder)).toThrow(expect.objectContaining(invalid));
      writeFileSync(join(folder, "policy-config.json"), '{"al":"advisory"}');
      expect(() => readPolicyConfig(folder)).toThrow(
        expect.objectContaining({ ...invalid, problem: expect.stringContaining("al: ") }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the comment about policies", () => {
  test("names stacks without a policy run", () => {
    const result = {
      trust: [],
      changes: [],
      invalidStacks: [],
      failed: [],
      warnings: [],
      violations: [],
      advisories: [],
      previews: [skipped("north", "it waits: for west")],
      order: { steps: [], unfinished: [], blocked: [] },
    };
    const commentOf = (notEvaluated: { stack: string; reason: string }[]) =>
      renderComment({ ...result, policyCoverage: { policies: 7, stacks: ["east"], notEvaluated } });
    expect(commentOf([{ stack: "north", reason: "it waits for west" }])).toContain(
      "7 policies on east. Policies did not run on north (it waits for west).\n",
    );
    expect(commentOf([])).toContain("7 policies on east.\n");
  });
});
