import {
  importDestinationRule,
  importServiceEntry,
  importWorkloadEntries,
} from "../../../federation/imports/importObjects.ts";
import { publishedImport } from "../../../federation/imports/resolveImports.ts";
import { anExport, anImport, contract, identity, resolved, resolvedWithRule } from "./fixtures.ts";

const ports = [
  { name: "http", number: 8000, protocol: "HTTP" },
  { name: "http2", number: 8001, protocol: "HTTP2" },
  { name: "grpc", number: 9000, protocol: "GRPC" },
  { name: "tcp", number: 9001, protocol: "TCP" },
  { name: "tls", number: 9443, protocol: "TLS" },
];
const host = "httpbin.httpbin.svc.cluster.local";
const west = contract("west", [anExport({ ports })]);
const withSubset = contract("west", [anExport({ ports, subsets: [{ name: "v1", labels: { version: "v1" } }] })]);
const never = { consecutiveGatewayErrors: 0, consecutive5xxErrors: 0 };
const outlier = expect.objectContaining({ maxEjectionPercent: 100, consecutive5xxErrors: 0 });

describe("the objects of an import", () => {
  test("cover all ports and protocols behind the gateway port, with pinned identities", () => {
    const spec = resolved(anImport(), west);
    expect(importServiceEntry(spec)!.spec).toEqual({
      hosts: [host],
      ports: ports.map(({ number, name, protocol }) => ({ number, name, protocol })),
      location: "MESH_INTERNAL",
      resolution: "STATIC",
      endpoints: [
        {
          address: "172.18.128.4",
          ports: { http: 15443, http2: 15443, grpc: 15443, tcp: 15443, tls: 15443 },
          labels: { "security.istio.io/tlsMode": "istio" },
          network: "peer-west",
          locality: "west/west-1",
        },
      ],
      subjectAltNames: ["spiffe://cluster.local/ns/httpbin/sa/httpbin"],
      exportTo: ["sleep"],
    });
    expect(importDestinationRule(resolvedWithRule(anImport(), west))!.spec).toEqual({
      host,
      trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" }, outlierDetection: never },
      exportTo: ["sleep"],
    });
    expect(importWorkloadEntries(spec)).toEqual([]);
  });

  test.each<{ name: string; spec?: Record<string, unknown>; exporter?: typeof west; has: boolean }>([
    { name: "a single gateway", has: false },
    {
      name: "a host name as gateway",
      exporter: { ...west, gateways: [{ address: "west.example", port: 1 }] },
      has: false,
    },
    { name: "the exporter's name", spec: { as: host }, has: false },
    { name: "retries and a timeout", spec: { retries: { attempts: 1 }, timeout: "1s" }, has: false },
    { name: "fewer ports than the export", spec: { ports: [{ number: 8000 }] }, has: false },
    {
      name: "two gateways",
      exporter: { ...west, gateways: [...west.gateways, { address: "x.y", port: 1 }] },
      has: true,
    },
    { name: "another name", spec: { as: "bin.west.global" }, has: true },
    { name: "a connection pool", spec: { connectionPool: { tcp: { maxConnections: 1 } } }, has: true },
    { name: "a load balancer", spec: { loadBalancer: { simple: "RANDOM" } }, has: true },
    { name: "outlier detection", spec: { outlierDetection: { interval: "1s" } }, has: true },
    { name: "subsets", spec: { subsets: ["v1"] }, has: true },
    { name: "blend", spec: { blend: { labels: { app: "httpbin" } }, visibleTo: ["*"] }, has: true },
  ])("with $name: a DestinationRule $has", ({ spec, exporter = withSubset, has }) => {
    const imported = resolved(anImport(spec), exporter);
    expect([imported.hasRule, importDestinationRule(imported) !== undefined]).toEqual([has, has]);
    expect(publishedImport(imported).hasRule).toBe(has);
    expect(resolvedWithRule(anImport(spec), exporter).hasRule).toBe(true);
  });

  test.each([
    { name: "an IPv4 address", addresses: ["192.0.2.1"], resolution: "STATIC" },
    { name: "an IPv6 address", addresses: ["2001:db8::1"], resolution: "STATIC" },
    { name: "a host name", addresses: ["gateway.west.example"], resolution: "DNS" },
    { name: "addresses and a host name", addresses: ["192.0.2.1", "gateway.west.example"], resolution: "DNS" },
  ])("resolve as $resolution for a gateway that is $name", ({ addresses, resolution }) => {
    const spec = resolved(anImport(), { ...west, gateways: addresses.map((address) => ({ address, port: 15443 })) });
    expect(importServiceEntry(spec)!.spec.resolution).toBe(resolution);
    expect(importServiceEntry(spec)!.spec.endpoints.map((e) => e.address)).toEqual(addresses);
  });

  test("never leave out a single gateway, whatever the mesh's default is, under another name neither", () => {
    const renamed = importDestinationRule(resolved(anImport({ as: "bin.west.global" }), west))!.spec.trafficPolicy;
    expect(renamed.outlierDetection).toEqual(never);
    expect(renamed.portLevelSettings!.map((setting) => setting.outlierDetection)).toEqual(ports.map(() => never));
  });

  test("leave out a gateway where another can answer, and count answers only across meshes", () => {
    const two = {
      ...west,
      gateways: [
        { address: "192.0.2.1", port: 15443 },
        { address: "192.0.2.2", port: 15443 },
      ],
    };
    expect(importDestinationRule(resolved(anImport(), two))!.spec.trafficPolicy).toMatchObject({
      outlierDetection: { consecutiveGatewayErrors: 0, consecutiveLocalOriginFailures: 3 },
    });
    const north = contract("north", [anExport({ ports })]);
    const both = resolved(anImport({ from: ["west", "north"] }), west, north);
    expect(importDestinationRule(both)!.spec.trafficPolicy).toMatchObject({
      outlierDetection: { consecutiveGatewayErrors: 3 },
    });
    expect(both.id).toBe("west-httpbin");
    expect(importServiceEntry(both)!.spec.endpoints.map((e) => e.network)).toEqual(["peer-west", "peer-north"]);
  });

  test("use the exporter's name as SNI under another name, with the whole policy per port", () => {
    const two = {
      ...west,
      gateways: [
        { address: "192.0.2.1", port: 15443 },
        { address: "192.0.2.2", port: 15443 },
      ],
    };
    const spec = resolved(anImport({ as: "bin.west.global" }), two);
    expect(importServiceEntry(spec)!.spec.hosts).toEqual(["bin.west.global"]);
    const policy = importDestinationRule(spec)!.spec.trafficPolicy;
    expect(policy.portLevelSettings).toHaveLength(ports.length);
    for (const [i, setting] of policy.portLevelSettings!.entries())
      expect(setting).toEqual({
        port: { number: ports[i]!.number },
        tls: { mode: "ISTIO_MUTUAL", sni: `outbound_.${ports[i]!.number}_._.${host}` },
        outlierDetection: outlier,
      });
    expect(policy).toMatchObject({ tls: { mode: "ISTIO_MUTUAL" }, outlierDetection: outlier });
  });

  test("set no labels for a subset of a remote host, and its own SNI under another name", () => {
    const exporter = contract("west", [
      anExport({
        subsets: [
          { name: "v1", labels: { version: "v1" } },
          { name: "v2", labels: { version: "v2" } },
        ],
      }),
    ]);
    expect(importDestinationRule(resolved(anImport({ subsets: ["v1", "v2"] }), exporter))!.spec.subsets).toEqual([
      { name: "v1" },
      { name: "v2" },
    ]);
    const renamed = importDestinationRule(resolved(anImport({ subsets: ["v1"], as: "bin.west.global" }), exporter))!
      .spec.subsets![0]!;
    expect(renamed).toMatchObject({
      name: "v1",
      trafficPolicy: { portLevelSettings: [{ tls: { sni: `outbound_.8000_.v1_.${host}` } }] },
    });
  });
});

describe("blended with the local Service", () => {
  const blend = { blend: { labels: { app: "httpbin" } }, visibleTo: ["*"] };

  test("adds the gateway as a WorkloadEntry and sets no TLS for local pods", () => {
    const spec = resolved(anImport(blend), west);
    expect(importServiceEntry(spec)).toBeUndefined();
    expect(importWorkloadEntries(spec)).toEqual([
      {
        part: "0",
        metadata: expect.objectContaining({ name: "import-west-httpbin-0", namespace: "httpbin" }),
        spec: {
          address: "172.18.128.4",
          ports: { http: 15443, http2: 15443, grpc: 15443, tcp: 15443, tls: 15443 },
          labels: { app: "httpbin", "security.istio.io/tlsMode": "istio" },
          network: "peer-west",
          locality: "west/west-1",
          serviceAccount: "httpbin",
        },
      },
    ]);
    expect(importDestinationRule(spec)!.spec).toEqual({
      host,
      trafficPolicy: { outlierDetection: outlier },
      exportTo: ["*"],
    });
    expect(importDestinationRule(spec)!.metadata.namespace).toBe("httpbin");
  });

  test("every account that serves the export gets an entry, so that all are pinned", () => {
    const two = contract("west", [anExport({ serviceAccounts: ["httpbin", "canary"] })]);
    const entries = importWorkloadEntries(resolved(anImport(blend), two));
    expect(entries.map((e) => [e.metadata.name, e.spec.serviceAccount])).toEqual([
      ["import-west-httpbin-0-0", "canary"],
      ["import-west-httpbin-0-1", "httpbin"],
    ]);
  });

  test.each([
    {
      name: "a host name as gateway",
      exporter: { ...west, gateways: [{ address: "gateway.west.example", port: 15443 }] },
      says: /gateway of mesh "west" is the host name gateway\.west\.example.*must be an IP address/,
    },
    {
      name: "a mesh-neutral host",
      exporter: contract("west", [anExport({ host: "httpbin.mesh.global", selector: { app: "httpbin" } })]),
      says: /"httpbin\.mesh\.global" is not httpbin\.httpbin\.svc\.cluster\.local/,
    },
    {
      name: "another trust domain",
      exporter: {
        ...west,
        mesh: identity("west", { trustDomain: "west.local", acceptedTrustDomains: ["cluster.local"] }),
      },
      says: /mesh "west" has trust domain west\.local and this mesh cluster\.local/,
    },
    {
      name: "an identity of another form",
      exporter: contract("west", [anExport({ subjectAltNames: ["spiffe://cluster.local/vm/1"] })]),
      says: /spiffe:\/\/cluster\.local\/vm\/1 is not an account of namespace httpbin/,
    },
  ])("is refused for $name", ({ exporter, says }) => {
    expect(() => resolved(anImport(blend), exporter)).toThrow(says);
  });
});
