import fc from "fast-check";
import { rules } from "../../../policy/rules.ts";
import { objectName, type Resource } from "../../../policy/rule.ts";
import { defaults, type Settings } from "../../../policy/settings.ts";
import { exportCallers } from "./examples/exportCallers.ts";
import { exportCallersByAccount } from "./examples/exportCallersByAccount.ts";
import { gateways } from "./examples/gateways.ts";
import { importSans } from "./examples/importSans.ts";
import { object, type Example } from "./examples/kubernetes.ts";
import { kind, noClashes, stack } from "./examples/noClashes.ts";
import { openGateways } from "./examples/openGateways.ts";
import { peerCredentials } from "./examples/peerCredentials.ts";
import { terminatingGateways } from "./examples/terminatingGateways.ts";
import { strictMtls } from "./examples/strictMtls.ts";
import { free, root } from "./examples/cas.ts";
import { cacerts, istio, sha256, trust } from "./examples/trust.ts";

const examples: Example[] = [
  ...gateways,
  ...importSans,
  ...exportCallers,
  ...exportCallersByAccount,
  ...openGateways,
  ...terminatingGateways,
  ...peerCredentials,
  ...strictMtls,
  ...trust,
  ...noClashes,
];

describe("the rule", () => {
  test.each(examples)("$rule: $what", ({ rule: name, violates, passes, says }) => {
    const rule = rules.find((r) => r.name === name)!;
    expect(rule.check(violates).map((v) => v.message)).toEqual([expect.stringMatching(says)]);
    expect(rule.check(passes)).toEqual([]);
  });

  // What meshes can live with unless an organisation says otherwise.
  test.each<[string, Resource[], Partial<Settings>, RegExp]>([
    [
      "a shared trust domain under one root",
      ["a", "b"].map((name) => stack(name, { trustDomain: "t", roots: [{ sha256: "1" }] })),
      { separateTrustDomains: true },
      /stack b has trust domain "t", which stack a has too \(federation\.mesh\.trustDomain\)/,
    ],
    [
      "pod networks that overlap",
      [kind("a", "10.10.0.0/16", "10.255.10.0/24"), kind("b", "10.10.128.0/17", "10.255.20.0/24")],
      { separatePodNetworks: true },
      /pod network 10\.10\.128\.0\/17, which meets the pod network 10\.10\.0\.0\/16 of stack a/,
    ],
    [
      "a Service network inside a pod network, IPv6 beside IPv4",
      [
        kind("a", "10.10.0.0/16,fd00:10::/56", "10.255.10.0/24"),
        kind("b", "10.20.0.0/16", "10.255.20.0/24,fd00:10::/112"),
      ],
      { separatePodNetworks: true },
      /Service network fd00:10::\/112, which meets the pod network fd00:10::\/56/,
    ],
  ])("%s applies only where it is configured", (_, resources, settings, says) => {
    const { check } = rules.find((r) => r.name === "no-clashes-across-stacks")!;
    expect(check(resources)).toEqual([]);
    expect(check(resources, { ...defaults, ...settings }).map((v) => v.message)).toEqual([expect.stringMatching(says)]);
  });
});

test.each<[string, Resource[], Partial<Settings>]>([
  ["a CA that can issue every identity", [cacerts(free)], { allowUnboundCa: true }],
  ["a root that can issue every identity", [istio(root)], { unboundRoots: [sha256(root)] }],
])("%s is refused unless it is configured", (_, resources, settings) => {
  const { check } = rules.find((r) => r.name === "trust-is-bound")!;
  expect(check(resources)).toHaveLength(1);
  expect(check(resources, { ...defaults, ...settings })).toEqual([]);
});

/** Property names that some rule looks at, and values that stand where others are expected. */
const keys = [
  "metadata",
  "name",
  "namespace",
  "labels",
  "annotations",
  "spec",
  "servers",
  "hosts",
  "host",
  "tls",
  "mode",
  "port",
  "ports",
  "number",
  "targetPort",
  "listeners",
  "hostname",
  "options",
  "rules",
  "from",
  "source",
  "to",
  "operation",
  "when",
  "key",
  "values",
  "principals",
  "notPrincipals",
  "selector",
  "matchLabels",
  "workloadSelector",
  "template",
  "endpoints",
  "network",
  "subjectAltNames",
  "trafficPolicy",
  "portLevelSettings",
  "subsets",
  "mtls",
  "portLevelMtls",
  "parentRefs",
  "hostnames",
  "data",
  "stringData",
  "addresses",
  "infrastructure",
  "target",
  "targetRefs",
  "chart",
  "service",
  "federation",
  "mesh",
  "gateways",
  "address",
  "stdin",
  "roots",
  "trustDomain",
  "meshConfig",
  "caCertificates",
  "pem",
  "ca-cert.pem",
];
const values = [
  null,
  undefined,
  "",
  "*",
  true,
  15443,
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "[secret]",
  "AUTO_PASSTHROUGH",
  "MESH_INTERNAL",
  "STRICT",
  "DENY",
  "httpbin.httpbin.svc.cluster.local",
  "192.0.2.1/24",
  "fd00::/8",
  root,
];
const types = [...new Set(examples.flatMap((e) => [...e.violates, ...e.passes].map((r) => r.type)))];
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constantFrom(...values),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 6 }),
  ),
}));
const anything = fc.record({
  type: fc.constantFrom(...types),
  name: fc.constantFrom("a", "b"),
  stack: fc.constantFrom("east", "west"),
  props: value,
}) as fc.Arbitrary<Resource>;
/** Every copy of an example's resources in which one property, anywhere, is something else. */
function spoilt(props: unknown, by: unknown): unknown[] {
  if (typeof props !== "object" || props === null) return [by];
  const copies = Object.entries(props).flatMap(([key, v]) =>
    spoilt(v, by).map((other) =>
      Array.isArray(props) ? props.map((w, i) => (String(i) === key ? other : w)) : { ...props, [key]: other },
    ),
  );
  return [by, ...copies];
}

describe("the rules", () => {
  test("have passing and failing examples with resources that they check", () => {
    expect(rules.map((r) => r.name).filter((name) => !examples.some((e) => e.rule === name))).toEqual([]);
    // What keeps to a rule says something only where it has a resource of a kind that violates it elsewhere.
    const kinds = new Map(
      rules.map(({ name, check }) => [
        name,
        new Set(examples.filter((e) => e.rule === name).flatMap((e) => check(e.violates).map((v) => v.resource.type))),
      ]),
    );
    expect(
      examples.filter((e) => !e.passes.some((r) => kinds.get(e.rule)!.has(r.type))).map((e) => `${e.rule}: ${e.what}`),
    ).toEqual([]);
  });

  test("name the resource, the field, the limit and the remedy", () => {
    const found = examples.flatMap((e) => rules.find((r) => r.name === e.rule)!.check(e.violates));
    expect(found.length).toBeGreaterThanOrEqual(examples.length);
    for (const { message, resource } of found) {
      expect(message.startsWith(`${objectName(resource)} `)).toBe(true);
      expect(message).toMatch(
        /^.+ \((spec|metadata|data|stringData|binaryData|values|federation|environment)[.[].+\); allowed: [^;]+; [^;]+$/,
      );
    }
  });

  test("ignore other resources", () => {
    const others: Resource[] = [
      { type: "random:index/randomId:RandomId", name: "x", props: {} },
      object("core/v1:Namespace", "n", {}),
      { type: "kubernetes:networking.istio.io/v1:Gateway", name: "unknown", props: {} },
    ];
    for (const rule of rules) expect(rule.check(others)).toEqual([]);
  });

  test("never throw for any shape of a resource", () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 4 }), (resources) => rules.forEach((rule) => rule.check(resources))),
      { numRuns: 2000 },
    );
  });

  test("never throw for null, absent, unknown or wrong properties", () => {
    for (const { rule: name, violates, passes } of examples)
      for (const resources of [violates, passes])
        for (const [i, resource] of resources.entries())
          for (const by of [null, undefined, values[6], "text", 7, [], [null], {}])
            for (const props of spoilt(resource.props, by))
              rules
                .find((r) => r.name === name)!
                .check(resources.map((r, j) => (i === j ? { ...r, props: props as Resource["props"] } : r)));
  });
});
