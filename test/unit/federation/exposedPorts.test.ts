import { liveFindings } from "../../../federation/checks/liveChecks.ts";
import type { LiveCluster, LiveService } from "../../../federation/checks/liveCluster.ts";
import { exportPolicy } from "../../../federation/exports/exportPolicy.ts";
import { anExport, identity } from "./fixtures.ts";

const http = { name: "http", number: 8000, protocol: "HTTP" };
const callers = { callers: ["sleep/sleep"], selector: { app: "httpbin" }, callersApplyTo: "everyone" };
const where = { rootNamespace: "istio-system", gatewayNamespace: "istio-system" };
const domains = { own: "cluster.local", ofMeshes: new Map([["east", "cluster.local"]]) };

/** Service httpbin with port 8000 for port 8080 of its pods, and more ports. */
function service(more: LiveService["ports"] = [], targetPort: number | string = 8080): LiveService {
  const ports = [{ name: "http", number: 8000, targetPort, protocol: "TCP" }, ...more];
  return { namespace: "httpbin", name: "httpbin", ports, selector: { app: "httpbin" } };
}

/** The codes of what is wrong with exports of httpbin beside these objects of the cluster. */
function codes(exports: Record<string, unknown>[], { services = [service()], rules = [] }: Partial<LiveCluster> = {}) {
  const live = { services, rules, entries: [], accounts: new Map(), unread: [] };
  const planned = exports.map((more) => {
    const spec = anExport(more);
    return { spec, policy: exportPolicy(spec, domains, []) };
  });
  const plan = { imports: [], exports: planned, identity: identity("west") };
  return liveFindings(plan, live, where).problems.map(({ code }) => code);
}

describe("a port of the Service that the export does not name", () => {
  const services = [service([{ name: "admin", number: 9901, targetPort: 9901 }])];

  test("is refused", () => {
    expect(codes([{}], { services })).toEqual(["live-port-undeclared"]);
  });

  test.each([
    { what: "where the export names it", more: { ports: [http, { name: "admin", number: 9901, protocol: "TCP" }] } },
    { what: "where the export accepts it", more: { allowUndeclaredPorts: true } },
    { what: "with a mesh-neutral host", more: { host: "bin.mesh.global", selector: { app: "httpbin" } } },
  ])("is accepted $what", ({ more }) => {
    expect(codes([more], { services })).toEqual([]);
  });

  test("is no TCP port where it is UDP", () => {
    expect(
      codes([{}], { services: [service([{ name: "dns", number: 53, targetPort: 53, protocol: "UDP" }])] }),
    ).toEqual([]);
  });

  test("makes the policy apply to all ports of the pods where it is accepted", () => {
    const ports = [{ ...http, targetPort: 8080 }];
    const rulesOf = (more: Record<string, unknown>) =>
      exportPolicy(anExport({ ...callers, ports, ...more }), domains, [])!.spec.rules;
    expect(rulesOf({})[0]!.to).toEqual([{ operation: { ports: ["8080"] } }]);
    expect(rulesOf({ allowUndeclaredPorts: true })[0]!.to).toBeUndefined();
  });
});

describe("a targetPort of the export", () => {
  const ports = [{ ...http, targetPort: 8080 }];

  test("is accepted where it is the Service's", () => {
    expect(codes([{ ...callers, ports }])).toEqual([]);
  });

  test.each([9898, "web"])("is refused where the Service leads to %s", (targetPort) => {
    expect(codes([{ ...callers, ports }], { services: [service([], targetPort)] })).toEqual(["live-target-port"]);
  });

  test("is rejected with callers where no Service defines what is served", () => {
    expect(codes([{ ...callers, ports }], { services: [] })).toEqual(["live-target-port"]);
    expect(codes([callers], { services: [] })).toEqual([]);
  });
});

describe("a subset of a DestinationRule that the export does not name", () => {
  const rule = (more: object) => ({
    namespace: "httpbin",
    name: "theirs",
    hosts: ["httpbin.httpbin.svc.cluster.local"],
    exportTo: [],
    subsets: ["canary"],
    ...more,
  });

  test.each([
    { what: "of its namespace", more: {} },
    { what: "for a wildcard host", more: { hosts: ["*.httpbin.svc.cluster.local"] } },
    { what: "of the gateway's namespace", more: { namespace: "istio-system" } },
  ])("is refused in a rule $what", ({ more }) => {
    expect(codes([{}], { rules: [rule(more)] })).toEqual(["live-subset-undeclared"]);
    expect(codes([{ allowUndeclaredSubsets: true }], { rules: [rule(more)] })).toEqual([]);
  });

  test("is accepted where the gateway does not see the rule", () => {
    expect(codes([{}], { rules: [rule({ exportTo: ["."] })] })).toEqual([]);
  });
});

describe("two exports that one pod can serve", () => {
  const other = { name: "other", host: "other.mesh.global", callersApplyTo: "everyone" };

  test("are refused for different callers where a selector comes from the Service", () => {
    const open = { name: "open", public: true };
    const same = [{ ...other, callers: ["sleep/sleep"], selector: { app: "httpbin" } }, open];
    expect(codes(same)).toEqual(["export-policies-conflict"]);
    expect(codes([{ ...other, callers: ["sleep/sleep"], selector: { app: "else" } }, open])).not.toContain(
      "export-policies-conflict",
    );
  });
});
