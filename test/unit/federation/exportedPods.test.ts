import { liveFindings } from "../../../federation/checks/liveChecks.ts";
import type { LiveObject, LivePod, TlsModes } from "../../../federation/checks/liveCluster.ts";
import { anExport, identity } from "./fixtures.ts";

const host = "httpbin.httpbin.svc.cluster.local";
const where = { rootNamespace: "istio-system", gatewayNamespace: "istio-gateways" };

function findings(
  { pods = [], rules = [] }: { pods?: LivePod[]; rules?: LiveObject[] },
  more: Record<string, unknown> = {},
  places = where,
) {
  const ports = [{ name: "http", number: 8000, targetPort: 8080 }];
  const live = {
    services: [{ namespace: "httpbin", name: "httpbin", ports, selector: { app: "httpbin" } }],
    rules,
    entries: [],
    accounts: new Map(),
    pods: new Map([["httpbin", pods]]),
    unread: [],
  };
  return liveFindings({ imports: [], exports: [{ spec: anExport(more) }], identity: identity("west") }, live, places);
}

describe("the pods of an export", () => {
  test.each<{ proxies: LivePod["proxy"][]; problems?: RegExp[]; warnings?: RegExp[] }>([
    { proxies: [] },
    { proxies: ["sidecar"] },
    {
      proxies: ["ambient", "ambient"],
      problems: [/^its pods \(p0, p1\) are in ambient mode.*calls from east fail; callers in this mesh are not/],
    },
    { proxies: ["ambient", "sidecar"], warnings: [/^1 of its 2 pods \(p0\): in ambient.*go to the other pods only/] },
    { proxies: ["none"], warnings: [/^1 of its 1 pods \(p0\): no sidecar, .*calls from east fail; callers in this/] },
    { proxies: ["sidecar", "none"], warnings: [/^1 of its 2 pods \(p1\): no sidecar.*go to the other pods only/] },
    { proxies: ["ambient", "none"], warnings: [/\(p0\): in ambient.*fail/, /\(p1\): no sidecar.*fail/] },
    { proxies: ["unlabelled"], warnings: [/\(p0\): a sidecar, but not the label security.istio.io\/tlsMode=istio/] },
  ])("are $proxies", ({ proxies, problems = [], warnings = [] }) => {
    const pods = proxies.map((proxy, i) => ({ name: `p${i}`, ports: [], proxy, named: false }));
    const found = findings({ pods });
    expect(found.problems.map(({ problem }) => problem)).toEqual(problems.map((says) => expect.stringMatching(says)));
    expect(found.warnings.map(({ problem }) => problem)).toEqual(warnings.map((says) => expect.stringMatching(says)));
  });
});

describe("the TLS modes of DestinationRules for an exported host", () => {
  const modes = (all?: string, ports: [number, string][] = []): TlsModes => ({ all, ports: new Map(ports) });
  const rule = (more: Partial<LiveObject> = {}, of?: TlsModes): LiveObject => ({
    namespace: "httpbin",
    name: "theirs",
    hosts: [host],
    exportTo: [],
    subsets: [],
    tls: { rule: of, subsets: new Map() },
    ...more,
  });
  const disabled = modes("DISABLE");
  const mutual = modes("ISTIO_MUTUAL");
  const v1 = (of: TlsModes) => rule({ subsets: ["v1"], tls: { rule: undefined, subsets: new Map([["v1", of]]) } });
  const problemsOf = (rules: LiveObject[], more: Record<string, unknown> = {}, places = where) =>
    findings({ rules }, more, places).problems.filter(({ code }) => code === "live-rule-tls");

  test.each<{ what: string; rules: LiveObject[]; more?: Record<string, unknown>; says: RegExp }>([
    ...["DISABLE", "SIMPLE", "MUTUAL"].map((mode) => ({
      what: mode,
      rules: [rule({}, modes(mode))],
      says: new RegExp(`httpbin/theirs sets tls.mode ${mode} for its host at port 8000; .*calls from east fail`),
    })),
    { what: "one of its port", rules: [rule({}, modes("ISTIO_MUTUAL", [[8000, "SIMPLE"]]))], says: /SIMPLE .* 8000/ },
    { what: "one of its subset", rules: [v1(disabled)], more: { subsets: [{ name: "v1" }] }, says: /subset "v1"/ },
    {
      what: "one of a wildcard",
      rules: [rule({ hosts: ["*.local"], namespace: "istio-system" }, disabled)],
      says: /./,
    },
    {
      what: "one of the gateway's namespace, before the owner's",
      rules: [rule({}, mutual), rule({ namespace: "istio-gateways", exportTo: ["."] }, disabled)],
      says: /istio-gateways\/theirs/,
    },
    {
      what: "that of the older rule",
      rules: [
        rule({ name: "new", created: "2026-02-01T00:00:00Z" }, mutual),
        rule({ name: "old", created: "2026-01-01T00:00:00Z" }, disabled),
        rule({ name: "oldest", created: "2025-01-01T00:00:00Z" }),
      ],
      says: /httpbin\/old /,
    },
  ])("are refused where the gateway uses $what", ({ rules, more, says }) => {
    expect(problemsOf(rules, more)).toEqual([expect.objectContaining({ problem: expect.stringMatching(says) })]);
  });

  test.each<{ what: string; rules: LiveObject[]; more?: Record<string, unknown> }>([
    { what: "ISTIO_MUTUAL", rules: [rule({}, mutual)] },
    { what: "no mode", rules: [rule({}, modes())] },
    { what: "one of another port", rules: [rule({}, modes(undefined, [[9000, "DISABLE"]]))] },
    { what: "ISTIO_MUTUAL at its port", rules: [rule({}, modes("DISABLE", [[8000, "ISTIO_MUTUAL"]]))] },
    { what: "a rule that the gateway does not see", rules: [rule({ exportTo: ["."] }, disabled)] },
    { what: "a rule of a client's namespace", rules: [rule({ namespace: "sleep" }, disabled)] },
    { what: "a rule for some clients", rules: [rule({ selective: true }, disabled)] },
    {
      what: "a rule for all hosts behind the owner's",
      rules: [rule({ hosts: ["*.local"], namespace: "istio-system" }, disabled), rule({}, mutual)],
    },
    {
      what: "a wildcard behind a more specific one",
      rules: [rule({ hosts: ["*.local"] }, disabled), rule({ hosts: ["*.httpbin.svc.cluster.local"] }, mutual)],
    },
    { what: "a wildcard behind the export's own rule", rules: [rule({ hosts: ["*.local"] }, disabled)], more: own() },
    { what: "a subset that the export has not", rules: [v1(disabled)], more: { allowUndeclaredSubsets: true } },
    { what: "another host", rules: [rule({}, disabled)], more: neutral() },
  ])("are accepted with $what", ({ rules, more }) => {
    expect(problemsOf(rules, more)).toEqual([]);
  });

  test("are those of the owner's rule before shared ones for a gateway in the root namespace", () => {
    const places = { rootNamespace: "istio-system", gatewayNamespace: "istio-system" };
    const shared = rule({ namespace: "istio-system", hosts: ["*.local"] }, disabled);
    expect(problemsOf([shared, rule({}, mutual)], {}, places)).toEqual([]);
    expect(problemsOf([{ ...shared, exportTo: ["."] }, rule({}, mutual)], {}, places)).toHaveLength(1);
  });
});

function own() {
  return { subsets: [{ name: "v1", labels: { version: "v1" } }] };
}

function neutral() {
  return {
    host: "bin.mesh.global",
    selector: { app: "httpbin" },
    ports: [{ name: "http", number: 8000, protocol: "HTTP", targetPort: 8080 }],
  };
}
