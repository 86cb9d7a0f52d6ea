import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPolicies, readPolicyConfig } from "../../../review/preview/policies.ts";
import { judge } from "../../../policy/judge.ts";
import { rules } from "../../../policy/rules.ts";
import { renderComment } from "../../../review/report/comment.ts";
import type { StackPreview } from "../../../review/result.ts";
import { example, planned } from "../review/federation.ts";
import { gateway, object } from "./examples/kubernetes.ts";

const west = { stack: "west", resources: [gateway(["*.local"])] };
const skipped = (stack: string, reason: string): StackPreview => ({ stack, state: "skipped", reason });
const previewed = (stack: string): StackPreview => ({ stack, state: "previewed", counts: "", touched: [], notes: [] });

test("a stack that could not be previewed is named with the reason, and is not passed", () => {
  const judgement = judge([
    west,
    { stack: "east", resources: [], notPreviewed: "its cluster cannot be reached: timeout" },
  ]);
  expect(judgement).toMatchObject({
    policies: rules.length,
    judged: ["west"],
    notJudged: [{ stack: "east", why: "its cluster cannot be reached: timeout" }],
  });
  expect(judgement.findings.map((f) => [f.stack, f.policy])).toEqual([
    ["west", "no-wildcard-gateway-host"],
    ["west", "export-names-callers"],
  ]);
});

test("no rule about one stack runs on what is known of a stack without a preview", () => {
  expect(judge([{ ...west, notPreviewed: "x" }])).toMatchObject({
    findings: [],
    judged: [],
    notJudged: [{ stack: "west", why: "x" }],
  });
});

test("what a stack without a preview would publish is compared with the others", () => {
  const stacks = example();
  stacks["west"]!["gateway"].addresses = ["192.0.2.20"];
  const { federation } = planned(stacks);
  const { findings, notJudged } = checkPolicies(federation, new Map([["east", []]]), [
    previewed("east"),
    skipped("west", "its preview failed, see the checks"),
  ]);
  expect(notJudged).toEqual([{ stack: "west", why: "its preview failed, see the checks" }]);
  expect(findings).toEqual([]);
  const root = { type: "pulumi:pulumi:Stack", name: "mesh-federation-east", props: {} };
  expect(
    checkPolicies(federation, new Map([["east", [root]]]), [previewed("east"), skipped("west", "x")]).findings,
  ).toEqual([
    {
      stack: "west",
      policy: "no-clashes-across-stacks",
      message: expect.stringContaining("gateway address 192.0.2.20"),
    },
  ]);
});

test("resources of different stacks are not taken together by a rule about one stack", () => {
  const policy = object("security.istio.io/v1:AuthorizationPolicy", "httpbin", { namespace: "httpbin", spec: {} });
  const exports = gateway(["httpbin.httpbin.svc.cluster.local"]);
  expect(
    judge([
      { stack: "west", resources: [exports] },
      { stack: "east", resources: [policy] },
    ]).findings.map((f) => f.stack),
  ).toEqual(["west"]);
  expect(judge([{ stack: "west", resources: [exports, policy] }]).findings).toEqual([]);
});

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
])("configured: %s", (_, config, findings, advice, policies) => {
  const policy = object("security.istio.io/v1:AuthorizationPolicy", "all", { namespace: "mesh-root", spec: {} });
  const judgement = judge([{ stack: "west", resources: [gateway(["*.local"]), policy] }], config);
  expect([judgement.findings.map((f) => f.policy), judgement.advice.map((f) => f.policy), judgement.policies]).toEqual([
    findings,
    advice,
    policies,
  ]);
});

test("a configuration that does not fit is refused with everything that is wrong", () => {
  const config = {
    "no-such-rule": "advisory",
    all: "loud",
    "strict-mtls-stays": { rootNamespaces: [], other: 1 },
    "no-clashes-across-stacks": { separateTrustDomains: "yes" },
  };
  expect(() => judge([], config)).toThrow(
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
  expect(() => judge([], null)).toThrow(/must be an object with rules as keys \(given: null\)/);
});

test("the configuration is read from its file; without one there are the defaults", () => {
  const folder = mkdtempSync(join(tmpdir(), "policy-config-"));
  try {
    expect(readPolicyConfig(folder)).toEqual({});
    writeFileSync(join(folder, "policy-config.json"), '{"all":"advisory"}');
    expect(readPolicyConfig(folder)).toEqual({ all: "advisory" });
    writeFileSync(join(folder, "policy-config.json"), "all: advisory");
    expect(() => readPolicyConfig(folder)).toThrow(/policy-config\.json cannot be used: [^]*docs\/policies\.md/);
    writeFileSync(join(folder, "policy-config.json"), '{"al":"advisory"}');
    expect(() => readPolicyConfig(folder)).toThrow(/policy-config\.json cannot be used: [^]*al: there is no such rule/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the comment names what was not judged", () => {
  const result = {
    changes: [],
    notCompared: [],
    failed: [],
    warnings: [],
    policies: [],
    previews: [skipped("north", "it waits: for west")],
    order: { steps: [], stuck: [], blocked: [] },
  };
  const told = (notJudged: { stack: string; why: string }[]) =>
    renderComment({ ...result, policiesRan: { policies: 7, stacks: ["east"], notJudged } });
  expect(told([{ stack: "north", why: "it waits: for west" }])).toContain(
    "7 policies on east. Not judged by policies: north (it waits).\n",
  );
  expect(told([])).toContain("7 policies on east.\n");
});
