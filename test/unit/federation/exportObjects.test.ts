import { exportDestinationRule, exportGateway, exportServiceEntry } from "../../../federation/exports/exportObjects.ts";
import { callerFindings, exportPolicy } from "../../../federation/exports/exportPolicy.ts";
import { conflictingPolicies } from "../../../federation/exports/policyConflicts.ts";
import { exportSpec } from "../../../federation/exports/exportConfig.ts";
import { acceptedTrustDomains, type TrustDomains } from "../../../federation/trust/trustDomains.ts";
import { anExport, smallestExport } from "./fixtures.ts";

const gateway = {
  name: "gateway",
  namespace: "istio-system",
  network: "network-west",
  labels: { istio: "eastwestgateway" },
};
const selector = { app: "httpbin" };
const shared: TrustDomains = {
  own: "cluster.local",
  ofMeshes: new Map([
    ["east", "cluster.local"],
    ["north", "cluster.local"],
  ]),
};
const distinct: TrustDomains = {
  own: "west.local",
  ofMeshes: new Map([
    ["east", "east.local"],
    ["north", "north.local"],
  ]),
};
const callers = ["sleep/sleep"];

describe("the objects of an export", () => {
  test("expose exactly its host", () => {
    const spec = anExport();
    expect(exportGateway(gateway, spec).spec.servers).toEqual([
      {
        port: { number: 15443, name: "tls", protocol: "TLS" },
        hosts: ["httpbin.httpbin.svc.cluster.local"],
        tls: { mode: "AUTO_PASSTHROUGH" },
      },
    ]);
    expect([
      exportServiceEntry(gateway, spec),
      exportDestinationRule(gateway, spec),
      exportPolicy(spec, shared, []),
    ]).toEqual([undefined, undefined, undefined]);
  });

  test("send a mesh-neutral host to the pods' ports, visible to the gateway only", () => {
    const spec = anExport({
      host: "httpbin.mesh.global",
      selector,
      ports: [
        { name: "http", number: 8000, protocol: "HTTP", targetPort: 8080 },
        { name: "tcp", number: 9000, protocol: "TCP" },
      ],
    });
    expect(exportServiceEntry(gateway, spec)!.spec).toEqual({
      hosts: ["httpbin.mesh.global"],
      ports: [
        { number: 8000, name: "http", protocol: "HTTP", targetPort: 8080 },
        { number: 9000, name: "tcp", protocol: "TCP", targetPort: 9000 },
      ],
      location: "MESH_INTERNAL",
      resolution: "STATIC",
      workloadSelector: { labels: selector },
      exportTo: ["istio-system"],
    });
  });

  test("have the export's subsets and not those of the owner's DestinationRule", () => {
    const spec = anExport({ subsets: [{ name: "v1", labels: { version: "v1" } }, { name: "v2" }] });
    expect(exportDestinationRule(gateway, spec)!.spec).toEqual({
      host: spec.host,
      subsets: [{ name: "v1", labels: { version: "v1" } }],
      exportTo: ["istio-system"],
    });
    expect(spec.subsets).toEqual(["v1", "v2"]);
  });

  test.each([
    {
      name: "distinct trust domains: a peer's principals that are not listed",
      more: { callers, selector },
      domains: distinct,
      accepted: ["east.local"],
      rules: [
        { from: [{ source: { principals: ["east.local/*"], notPrincipals: ["east.local/ns/sleep/sa/sleep"] } }] },
      ],
    },
    {
      name: "distinct trust domains: all principals of a mesh that it is not for",
      more: { selector },
      domains: distinct,
      accepted: ["east.local", "north.local"],
      rules: [{ from: [{ source: { principals: ["north.local/*"] } }] }],
    },
    {
      name: "a shared trust domain and a mesh-neutral host: who came by its SNI, subsets and ports included",
      more: { callers, selector, host: "httpbin.mesh.global" },
      domains: shared,
      accepted: [],
      rules: [
        {
          from: [{ source: { notPrincipals: ["cluster.local/ns/sleep/sa/sleep"] } }],
          when: [{ key: "connection.sni", values: ["*_.httpbin.mesh.global"] }],
        },
      ],
    },
    {
      name: "a shared trust domain and all callers: principals that are not listed, on the declared pod ports",
      more: {
        callers,
        selector,
        callersApplyTo: "everyone",
        ports: [{ name: "http", number: 8000, protocol: "HTTP", targetPort: 8080 }],
      },
      domains: shared,
      accepted: [],
      rules: [
        {
          from: [{ source: { notPrincipals: ["cluster.local/ns/sleep/sa/sleep"] } }],
          to: [{ operation: { ports: ["8080"] } }],
        },
      ],
    },
  ])("include a DENY on the serving pods. $name", ({ more, domains, accepted, rules }) => {
    const policy = exportPolicy(anExport(more, domains.own), domains, accepted)!;
    expect(policy.metadata.namespace).toBe("httpbin");
    expect(policy.spec).toEqual({ selector: { matchLabels: selector }, action: "DENY", rules });
  });
});

describe("the callers of an export", () => {
  test.each([
    {
      name: "a shared trust domain and the Service's own host",
      more: {},
      domains: shared,
      says: /mesh "east" has this mesh's trust domain .*callers sleep\/sleep of both meshes have the same principals/,
    },
    {
      name: "a mesh whose trust domain is not known",
      more: { to: ["south"] },
      domains: shared,
      says: /mesh "south", whose trust domain is not known/,
    },
    {
      name: "a peer called cluster.local by a mesh that is not",
      more: {},
      domains: { own: "west.local", ofMeshes: new Map([["east", "cluster.local"]]) },
      says: /cluster\.local, which means this mesh's own \(west\.local\) in policies before Istio 1\.30/,
    },
  ])("cannot be enforced for $name", ({ more, domains, says }) => {
    expect(callerFindings(anExport({ callers, selector, ...more }), domains)).toMatchObject([
      { code: "export-callers-not-enforceable", problem: expect.stringMatching(says) },
    ]);
    expect(callerFindings(anExport(more), domains)).toEqual([]);
  });

  test("can be enforced without a problem", () => {
    expect(callerFindings(anExport({ callers, selector }), distinct)).toEqual([]);
    expect(callerFindings(anExport({ callers, selector, callersApplyTo: "everyone" }), shared)).toEqual([]);
    expect(callerFindings(anExport({ callers, selector, host: "httpbin.mesh.global" }), shared)).toEqual([]);
  });

  test("may differ for the same pods on separate ports only", () => {
    const two = (first: Record<string, unknown>, second: Record<string, unknown>) =>
      conflictingPolicies(
        [first, second]
          .map((more, i) =>
            anExport({ name: `e${i}`, host: i === 0 ? undefined : "other.mesh.global", selector, ...more }),
          )
          .map((spec) => ({ spec, policy: exportPolicy(spec, distinct, ["east.local"]) })),
      );
    expect(two({ callers }, { callers: ["other/other"] })).toMatchObject([
      { code: "export-policies-conflict", subject: 'exports "e0" and "e1"' },
    ]);
    expect(two({ callers }, {})).toHaveLength(1);
    expect(two({ callers }, { callers })).toEqual([]);
    expect(two({ callers }, { callers: ["other/other"], selector: { app: "another" } })).toEqual([]);
    const port = (targetPort: number) => [{ name: "http", number: 8000, protocol: "HTTP", targetPort }];
    expect(two({ callers, ports: port(8080) }, { callers: ["other/other"], ports: port(9090) })).toEqual([]);
  });
});

describe("the trust domain aliases", () => {
  test("are those of importers only", () => {
    expect(acceptedTrustDomains([anExport({ to: ["east"] })], distinct, ["vm.local"])).toEqual([
      "east.local",
      "vm.local",
    ]);
    expect(acceptedTrustDomains([anExport({ to: ["east"] })], shared)).toEqual([]);
  });
});

describe("an export", () => {
  test.each([
    { name: "callers without a selector", more: { callers }, says: /must name the labels of the serving pods.*policy/ },
    {
      name: "public with callers",
      more: { public: true, callers, selector },
      says: /cannot be true with callers/,
    },
    {
      name: "two subsets of one name",
      more: { subsets: [{ name: "v1" }, { name: "v1" }] },
      says: /two subsets with the same name/,
    },
  ])("rejects $name", ({ more, says }) => {
    expect(() => exportSpec.parse({ ...smallestExport, ...more })).toThrow(says);
  });
});
