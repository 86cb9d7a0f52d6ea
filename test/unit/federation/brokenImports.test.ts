import { brokenImports, staleImports } from "../../../federation/checks/brokenImports.ts";
import type { FederationContract } from "../../../federation/contract/contract.ts";
import { anExport, anImport, contract, resolved } from "./fixtures.ts";

const ports = [
  { name: "http", number: 8000, protocol: "HTTP" },
  { name: "grpc", number: 9000, protocol: "GRPC" },
];
const subsets = [{ name: "v1", labels: { version: "v1" } }];
const selector = { app: "httpbin" };
const west = contract("west", [anExport({ ports, subsets })]);

/** What east publishes once it imports httpbin from west. */
function importing(more: Record<string, unknown> = {}): FederationContract {
  const {
    id: _id,
    blend: _blend,
    ...spec
  } = resolved(anImport({ subsets: ["v1"], client: { namespace: "sleep", serviceAccount: "sleep" }, ...more }), west);
  return contract("east", [], { imports: [spec] });
}

describe("a changed export", () => {
  test.each([
    {
      name: "removed",
      exports: [],
      says: /is removed, but mesh "east" imports it \(host httpbin\.httpbin\.svc\.cluster\.local, visible to sleep\)/,
    },
    {
      name: "given to others",
      exports: [anExport({ ports, subsets, to: ["north"] })],
      says: /no longer exported to "east"/,
    },
    {
      name: "renamed",
      exports: [anExport({ ports, subsets, host: "httpbin.mesh.global", selector })],
      says: /changes its host from httpbin\.httpbin\.svc\.cluster\.local to httpbin\.mesh\.global/,
    },
    { name: "without a port", exports: [anExport({ ports: [ports[0]], subsets })], says: /loses port 9000/ },
    {
      name: "of another protocol",
      exports: [anExport({ ports: [ports[0], { ...ports[1], protocol: "TCP" }], subsets })],
      says: /protocol of port 9000 from GRPC to TCP/,
    },
    { name: "without a subset", exports: [anExport({ ports })], says: /loses subset "v1"/ },
    {
      name: "for other callers",
      exports: [anExport({ ports, subsets, callers: ["other/other"], selector, callersApplyTo: "everyone" })],
      says: /no longer admits caller sleep\/sleep/,
    },
    {
      name: "served by another account",
      exports: [anExport({ ports, subsets, serviceAccounts: ["canary", "stable"] })],
      says: /served by \S+sa\/canary, \S+sa\/stable only, while the import accepts answers of \S+sa\/httpbin only/,
    },
  ])("that is $name breaks its importer", ({ exports, says }) => {
    const [broken, ...others] = brokenImports("west", exports, [importing()]);
    expect(others).toEqual([]);
    expect(broken).toMatchObject({ name: "httpbin", mesh: "east", finding: { code: "export-breaks-import" } });
    expect(broken!.finding.problem).toMatch(says);
    // Nobody imports it: nothing breaks.
    expect(brokenImports("west", exports, [contract("east")])).toEqual([]);
  });

  test("may be wider than before", () => {
    const wider = anExport({
      ports: [...ports, { name: "tcp", number: 9001, protocol: "TCP" }],
      subsets: [...subsets, { name: "v2" }],
      to: ["east", "north"],
      callers: ["sleep/sleep", "a/b"],
      selector,
      callersApplyTo: "everyone",
      serviceAccounts: ["httpbin", "canary"],
    });
    expect(brokenImports("west", [wider], [importing()])).toEqual([]);
  });

  test("breaks no import with more accounts or without a published one", () => {
    const both = importing();
    both.imports[0]!.subjectAltNames.push("spiffe://cluster.local/ns/httpbin/sa/former");
    expect(brokenImports("west", [anExport({ ports, subsets })], [both])).toEqual([]);
    both.imports[0]!.subjectAltNames = [];
    expect(brokenImports("west", [anExport({ ports, subsets })], [both])).toEqual([]);
  });

  test("breaks an import from several meshes, and none of another mesh", () => {
    const both = importing();
    both.imports[0]!.meshes = ["north", "west"];
    expect(brokenImports("west", [], [both])).toHaveLength(1);
    expect(brokenImports("south", [], [both])).toEqual([]);
  });
});

describe("a new gateway address", () => {
  test("lists each import that uses another address", () => {
    expect(staleImports("west", west.gateways, [importing()])).toEqual([]);
    expect(staleImports("west", [{ address: "192.0.2.7", port: 15443 }], [importing()])).toEqual([
      { name: "httpbin", mesh: "east", addresses: ["172.18.128.4:15443"] },
    ]);
    const six = importing();
    six.imports = six.imports.map((i) => ({
      ...i,
      gateways: i.gateways.map((g) => ({ ...g, address: "2001:db8::4" })),
    }));
    expect(staleImports("west", west.gateways, [six])).toMatchObject([{ addresses: ["[2001:db8::4]:15443"] }]);
    expect(staleImports("north", [{ address: "192.0.2.7", port: 15443 }], [importing()])).toEqual([]);
  });
});
