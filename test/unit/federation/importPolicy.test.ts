import { importDestinationRule, importServiceEntry } from "../../../federation/imports/importObjects.ts";
import { importVirtualService } from "../../../federation/imports/importRoutes.ts";
import { publishedImport } from "../../../federation/imports/resolveImports.ts";
import { anExport, anImport, contract, resolved, resolvedWithRule } from "./fixtures.ts";

const host = "httpbin.httpbin.svc.cluster.local";
const ports = [
  { name: "http", number: 8000, protocol: "HTTP" },
  { name: "grpc", number: 9000, protocol: "GRPC" },
  { name: "tcp", number: 9001, protocol: "TCP" },
];
const subsets = [{ name: "v1", labels: { version: "v1" } }];
const west = contract("west", [anExport({ ports, subsets })]);
const twoGateways = { ...west, gateways: ["192.0.2.1", "192.0.2.2"].map((address) => ({ address, port: 15443 })) };
const connectionPool = { tcp: { maxConnections: 10, connectTimeout: "1.5s" }, http: { http2MaxRequests: 20 } };
const loadBalancer = { simple: "ROUND_ROBIN", warmup: { duration: "1m30s" } };
const off = { consecutiveGatewayErrors: 0, consecutive5xxErrors: 0 };
const ruleOf = (more: Record<string, unknown>, exporter = west) =>
  importDestinationRule(resolvedWithRule(anImport(more), exporter))!.spec;

describe("what the user sets for the calls of an import", () => {
  test("is in its DestinationRule, for each port and subset", () => {
    expect(ruleOf({ connectionPool, loadBalancer }).trafficPolicy).toEqual({
      tls: { mode: "ISTIO_MUTUAL" },
      connectionPool,
      loadBalancer,
      outlierDetection: off,
    });
    const renamed = ruleOf({ connectionPool, loadBalancer, as: "bin.west.global", subsets: ["v1"] });
    const policies = [renamed.trafficPolicy, (renamed.subsets![0] as { trafficPolicy: object }).trafficPolicy];
    for (const policy of policies) {
      expect(policy).toMatchObject({ connectionPool, loadBalancer });
      expect((policy as { portLevelSettings: object[] }).portLevelSettings).toEqual(
        ports.map(({ number }) => ({
          port: { number },
          tls: { mode: "ISTIO_MUTUAL", sni: expect.stringContaining(`outbound_.${number}_`) },
          connectionPool,
          loadBalancer,
          outlierDetection: off,
        })),
      );
    }
  });

  test.each([
    {
      what: "is the default where nothing is set",
      set: undefined,
      one: off,
      two: { interval: "2s", splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 3 },
    },
    {
      what: "keeps the default of other fields",
      set: { interval: "10s", consecutive5xxErrors: 7 },
      one: { ...off, interval: "10s", consecutive5xxErrors: 7 },
      two: { interval: "10s", consecutive5xxErrors: 7, baseEjectionTime: "10s", maxEjectionPercent: 100 },
    },
    {
      what: "counts local failures apart where they are set, as Istio requires",
      set: { consecutiveLocalOriginFailures: 5 },
      one: { ...off, consecutiveLocalOriginFailures: 5, splitExternalLocalOriginErrors: true },
      two: { consecutiveLocalOriginFailures: 5, splitExternalLocalOriginErrors: true },
    },
  ])("outlier detection $what", ({ set, one, two }) => {
    const more = set ? { outlierDetection: set } : {};
    expect(ruleOf(more).trafficPolicy.outlierDetection).toEqual(one);
    expect(ruleOf(more, twoGateways).trafficPolicy.outlierDetection).toMatchObject(two);
  });

  test("outlier detection that counts all failures alike has no limit for local ones", () => {
    const merged = ruleOf({ outlierDetection: { splitExternalLocalOriginErrors: false } }, twoGateways);
    expect(merged.trafficPolicy.outlierDetection).toEqual({
      splitExternalLocalOriginErrors: false,
      consecutiveGatewayErrors: 0,
      consecutive5xxErrors: 0,
      interval: "2s",
      baseEjectionTime: "10s",
      maxEjectionPercent: 100,
    });
  });

  test("routes each HTTP port to itself, with the import's visibility", () => {
    expect(importVirtualService(resolved(anImport(), west))).toBeUndefined();
    const retries = { attempts: 3, perTryTimeout: "2s", retryOn: "connect-failure,503" };
    const spec = resolved(anImport({ retries, timeout: "10s" }), west);
    const route = (number: number) => ({
      match: [{ port: number }],
      route: [{ destination: { host, port: { number } } }],
      retries,
      timeout: "10s",
    });
    expect(importVirtualService(spec)).toEqual({
      metadata: importServiceEntry(spec)!.metadata,
      spec: { hosts: [host], http: [route(8000), route(9000)], exportTo: ["sleep"] },
    });
    expect(importVirtualService(resolved(anImport({ timeout: "10s" }), west))!.spec.http[0]).not.toHaveProperty(
      "retries",
    );
  });

  test("is refused for an import of which no port is HTTP", () => {
    const tcp = contract("west", [anExport({ ports: [{ name: "tcp", number: 9001, protocol: "TCP" }] })]);
    expect(() => resolved(anImport({ timeout: "10s" }), tcp)).toThrow(
      /import "httpbin".*timeout.*9001\/TCP.*\[import-without-routes\]/,
    );
    expect(() => resolved(anImport({ connectionPool, ports: [{ number: 9001 }] }), west)).not.toThrow();
  });

  test("is published to no peer", () => {
    const plain = publishedImport(resolvedWithRule(anImport(), west));
    expect(publishedImport(resolved(anImport({ connectionPool, timeout: "10s" }), west))).toEqual(plain);
  });
});

describe("the keys of an import reject", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["TLS settings", { connectionPool: { tls: { mode: "DISABLE" } } }, "connectionPool"],
    ["a policy of their own for TLS", { tls: { mode: "DISABLE" } }, ""],
    ["an empty connection pool", { connectionPool: {} }, "connectionPool"],
    [
      "a span without a unit",
      { connectionPool: { tcp: { connectTimeout: "10" } } },
      "connectionPool.tcp.connectTimeout",
    ],
    ["a span of microseconds", { timeout: "1.0005s" }, "timeout"],
    ["no time at all", { timeout: "0s" }, "timeout"],
    ["a negative limit", { connectionPool: { tcp: { maxConnections: -1 } } }, "connectionPool.tcp.maxConnections"],
    ["a load balancer that ignores the endpoints", { loadBalancer: { simple: "PASSTHROUGH" } }, "loadBalancer.simple"],
    [
      "two ways to balance",
      { loadBalancer: { simple: "RANDOM", consistentHash: { useSourceIp: true } } },
      "loadBalancer",
    ],
    [
      "two keys to hash",
      { loadBalancer: { consistentHash: { useSourceIp: true, httpHeaderName: "x" } } },
      "loadBalancer.consistentHash",
    ],
    [
      "shares that are not 100",
      { loadBalancer: { localityLbSetting: { distribute: [{ from: "a/*", to: { "a/*": 80 } }] } } },
      "loadBalancer.localityLbSetting.distribute.0.to",
    ],
    [
      "a limit that Istio refuses",
      { outlierDetection: { splitExternalLocalOriginErrors: false, consecutiveLocalOriginFailures: 1 } },
      "outlierDetection",
    ],
    ["a field that is deprecated", { outlierDetection: { consecutiveErrors: 1 } }, "outlierDetection"],
    ["an unknown condition", { retries: { attempts: 1, retryOn: "503, reset" } }, "retries.retryOn"],
    ["conditions without retries", { retries: { attempts: 0, retryOn: "503" } }, "retries"],
  ])("%s", (_, more, path) => {
    expect(pathsOfIssues(more)).toEqual([path]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["a TCP connection that may be idle for ever", { connectionPool: { tcp: { idleTimeout: "0s" } } }],
    [
      "a hash of a cookie of the session",
      { loadBalancer: { consistentHash: { httpCookie: { name: "id", ttl: "0s" }, maglev: { tableSize: 65537 } } } },
    ],
    ["no retries", { retries: { attempts: 0 } }],
  ])("not %s", (_, more) => {
    expect(pathsOfIssues(more)).toEqual([]);
  });
});

function pathsOfIssues(more: Record<string, unknown>): string[] {
  try {
    anImport(more);
    return [];
  } catch (error) {
    const { issues } = error as { issues: { path: PropertyKey[] }[] };
    return [...new Set(issues.map(({ path }) => path.map(String).join(".")))];
  }
}
