import { exportPolicy, callerFindings, outsiderFindings } from "../../../federation/exports/exportPolicy.ts";
import { statedDomainFindings } from "../../../federation/trust/statedDomains.ts";
import { anExport, contract, identity, peersOf } from "./fixtures.ts";

const selector = { app: "httpbin" };
const callers = ["sleep/sleep"];
const local = { own: "west.local", ofMeshes: new Map([["east", "cluster.local"]]), literal: true };
const rulesOf = (more: Record<string, unknown>, domains = local, accepted = ["cluster.local"]) =>
  exportPolicy(anExport({ selector, ...more }, "west.local"), domains, accepted)?.spec.rules;

describe("a peer of trust domain cluster.local, with Istio 1.30", () => {
  test("has its callers named by service account", () => {
    expect(rulesOf({ callers })).toEqual([
      { from: [{ source: { trustDomains: ["cluster.local"], notServiceAccounts: callers } }] },
    ]);
    expect(callerFindings(anExport({ callers, selector }), local)).toEqual([]);
  });

  test("has them named beside this mesh's own where callers apply to everyone", () => {
    expect(rulesOf({ callers, callersApplyTo: "everyone" })).toEqual([
      { from: [{ source: { notPrincipals: ["west.local/ns/sleep/sa/sleep"], notTrustDomains: ["cluster.local"] } }] },
      { from: [{ source: { trustDomains: ["cluster.local"], notServiceAccounts: callers } }] },
    ]);
  });

  test("is denied as a whole where the export is not for it", () => {
    const domains = { ...local, ofMeshes: new Map([...local.ofMeshes, ["north", "north.local"]]) };
    expect(rulesOf({ to: ["north"] }, domains)).toEqual([{ from: [{ source: { trustDomains: ["cluster.local"] } }] }]);
  });

  test("has at most 16 callers", () => {
    const many = Array.from({ length: 17 }, (_, i) => `sleep/s${i}`);
    expect(callerFindings(anExport({ callers: many, selector }), local)).toHaveLength(1);
  });
});

describe("a peer of trust domain cluster.local, with Istio 1.29", () => {
  const old = { ...local, literal: false };

  test("cannot have its callers named", () => {
    expect(callerFindings(anExport({ callers, selector }), old)).toMatchObject([
      { code: "export-callers-not-enforceable" },
    ]);
  });

  test("cannot be denied as an outsider: the name would be this mesh's own", () => {
    const domains = { ...old, ofMeshes: new Map([["north", "north.local"]]) };
    expect(outsiderFindings(anExport({ to: ["north"], selector }), domains, ["cluster.local"])).toHaveLength(1);
    expect(outsiderFindings(anExport({ to: ["north"], selector }), domains, [])).toEqual([]);
  });
});

describe("a mesh whose trust domain is not known", () => {
  const domains = { own: "west.local", ofMeshes: new Map<string, string>(), literal: true };

  test("is not denied as an outsider by a domain that may be its own", () => {
    expect(outsiderFindings(anExport({ selector }), domains, ["east.local"])).toMatchObject([
      { code: "export-callers-not-enforceable", problem: expect.stringContaining("east.local") },
    ]);
    expect(outsiderFindings(anExport({ selector }), domains, [])).toEqual([]);
  });
});

describe("a trust domain that only the peer states", () => {
  const peers = peersOf(contract("east", [], { mesh: identity("east", { trustDomain: "east.local" }) }));
  const codes = (more: Record<string, unknown>, given: object, siblings: object[] = []) =>
    statedDomainFindings(
      { exports: [anExport({ selector, ...more })], peers: { east: given } } as never,
      siblings as never,
      peers,
    ).map(({ code }) => code);

  test("is refused where callers depend on it", () => {
    expect(codes({ callers }, {})).toEqual(["peer-trust-domain-unstated"]);
    expect(codes({}, {})).toEqual([]);
  });

  test("is accepted where this mesh, or this project, states it", () => {
    expect(codes({ callers }, { trustDomain: "east.local" })).toEqual([]);
    expect(codes({ callers }, {}, [{ stack: "east", name: "east" }])).toEqual([]);
  });

  test("must be that of the contract", () => {
    expect(codes({}, { trustDomain: "other.local" })).toEqual(["peer-trust-domain-differs"]);
  });
});
