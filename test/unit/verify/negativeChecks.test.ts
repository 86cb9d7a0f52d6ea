import {
  judgeCluster,
  judgeForeignCaller,
  judgeGateway,
  unexportedSni,
  type ClusterFindings,
  type GatewayTrials,
} from "../../../verify/negativeChecks.ts";
import { refusesOutsider } from "../../../verify/runNegativeChecks.ts";
import { table } from "../../../verify/report/table.ts";
import { anExport, contract } from "../federation/fixtures.ts";
import { edge, reset, shows, unreachable } from "./fixtures.ts";

// An ES module alone, which Jest does not load; nothing here reaches a cluster.
jest.mock("@kubernetes/client-node", () => ({ setHeaderOptions: () => undefined }));

const trials: GatewayTrials = {
  mesh: "west",
  address: "192.0.2.1:15443",
  seenFrom: "east",
  exported: shows(),
  notExported: reset,
  foreign: reset,
  plaintext: { answered: undefined, reachable: true },
  withoutCertificate: { answered: undefined, reachable: true },
};

test.each<{ what: string; more: Partial<GatewayTrials>; states: string[] }>([
  { what: "all is refused", more: {}, states: ["good", "good", "good", "good"] },
  { what: "a hidden name passes", more: { notExported: shows() }, states: ["bad", "good", "good", "good"] },
  { what: "foreign TLS passes", more: { foreign: shows() }, states: ["good", "bad", "good", "good"] },
  {
    what: "plaintext is answered",
    more: { plaintext: { answered: "HTTP/1.1 200 OK", reachable: true } },
    states: ["good", "good", "bad", "good"],
  },
  {
    what: "a caller without a certificate is answered",
    more: { withoutCertificate: { answered: "HTTP/1.1 200 OK", reachable: true } },
    states: ["good", "good", "good", "bad"],
  },
  {
    what: "one trial of each kind got no connection",
    more: { notExported: unreachable, plaintext: { answered: undefined, reachable: false } },
    states: ["unknown", "good", "unknown", "good"],
  },
  {
    what: "the other trials got no connection",
    more: { foreign: unreachable, withoutCertificate: { answered: undefined, reachable: false } },
    states: ["good", "unknown", "good", "unknown"],
  },
  {
    what: "the control fails",
    more: { exported: unreachable, notExported: unreachable },
    states: ["unknown", "unknown", "unknown", "unknown"],
  },
])("at a gateway where $what", ({ more, states }) =>
  expect(judgeGateway({ ...trials, ...more }).map((g) => g.state)).toEqual(states),
);

test("what could not be tried is not said to be let through", () => {
  const evidence = (more: Partial<GatewayTrials>) => judgeGateway({ ...trials, ...more })[0]!.evidence;
  expect(evidence({ notExported: unreachable })).toMatch(/no connection to 192\.0\.2\.1:15443, so it tells nothing/);
  expect(evidence({ exported: reset })).toMatch(/exported name does not pass/);
});

const findings: ClusterFindings = {
  mesh: "west",
  gateways: { read: 1, passthrough: [{ object: "a/b", hosts: ["x.y.svc.cluster.local"] }] },
  secrets: { read: 5, remote: [] },
};
const wild = { read: 1, passthrough: [{ object: "a/b", hosts: ["x.y.svc.cluster.local", "*.local"] }] };

test.each<{ what: string; more: Partial<ClusterFindings>; states: string[]; remedy?: RegExp }>([
  { what: "nothing of the sort", more: {}, states: ["good", "good"] },
  { what: "a wildcard", more: { gateways: wild }, states: ["bad", "good"] },
  { what: "a remote secret", more: { secrets: { read: 5, remote: ["Secret a/b"] } }, states: ["good", "bad"] },
  { what: "no secret that could be read", more: { secrets: { read: 0, remote: [] } }, states: ["good", "unknown"] },
  {
    what: "a wildcard and Secrets that may not be listed",
    more: { gateways: wild, secrets: { failure: "403: secrets is forbidden" } },
    states: ["bad", "unknown"],
    remedy: /west to list secrets in all namespaces/,
  },
  {
    what: "Gateways that may not be listed",
    more: { gateways: { failure: "403: gateways is forbidden" } },
    states: ["unknown", "good"],
    remedy: /list gateways of API group networking.istio.io/,
  },
])("a cluster with $what", ({ more, states, remedy }) => {
  const results = judgeCluster({ ...findings, ...more });
  expect(results.map((g) => g.state)).toEqual(states);
  expect(results.map((g) => g.remedy ?? "").join("")).toMatch(remedy ?? /^$/);
  if (remedy) expect(table([], results, [], false).replace(/\s+/g, " ")).toMatch(remedy);
});

test("a caller who is not named must be refused while one who is named is let in", () => {
  const states = (
    [
      ["refused", true],
      ["let in", true],
      ["refused", false],
      [{ untold: "x" }, true],
    ] as const
  ).map(([call, control]) => judgeForeignCaller("west", "east", "sleep/default", call, "status 403", control).state);
  expect(states).toEqual(["good", "bad", "unknown", "unknown"]);
});

test.each<{ what: string; callers: string[][]; more?: Partial<typeof edge>; tried: boolean }>([
  { what: "an export that names callers", callers: [["sleep/sleep"]], tried: true },
  { what: "one that names nobody", callers: [[]], tried: false },
  { what: "one that names the very account", callers: [["sleep/default"]], tried: false },
  { what: "one that names that account of another namespace", callers: [["shop/default"]], tried: true },
  { what: "one of two exporters that names nobody", callers: [["sleep/sleep"], []], tried: false },
  { what: "two that name callers", callers: [["sleep/sleep"], ["sleep/sleep"]], tried: true },
  {
    what: "a blended host, which the client's own mesh may answer",
    callers: [["sleep/sleep"]],
    more: { blended: true },
    tried: false,
  },
  { what: "a port that is only connected to", callers: [["sleep/sleep"]], more: { declared: false }, tried: false },
  { what: "an exporter whose contract is not known", callers: [], tried: false },
])("whether a caller who must be refused is tried: $what", ({ callers, more, tried }) => {
  const contracts = new Map(
    callers.map((list, i) => [`m${i}`, contract(`m${i}`, [anExport({ callers: list, selector: { app: "httpbin" } })])]),
  );
  const access = { own: {} as never, peers: new Map(), contracts, issuers: {} };
  expect(
    refusesOutsider({
      edge: { ...edge, meshes: callers.length > 0 ? [...contracts.keys()] : ["m0"], ...more },
      access,
    }),
  ).toBe(tried);
});

test("the name that is tried is a neighbour of the exported one", () =>
  expect(unexportedSni("httpbin.httpbin.svc.cluster.local", 8000)).toBe(
    "outbound_.8000_._.not-exported.httpbin.svc.cluster.local",
  ));
