import fc from "fast-check";
import { parseContract, type FederationContract } from "../../../federation/contract/contract.ts";
import { resolveImports, type Peer } from "../../../federation/imports/resolveImports.ts";
import { anExport, anImport, contract as contractOf, identity, peersOf, rootOf } from "./fixtures.ts";

const east = identity("east");
const west = contractOf("west", [anExport({ subsets: [{ name: "v1", labels: { version: "v1" } }] })]);
const wanted = [anImport()];
const resolve = (contract: FederationContract, more: Record<string, unknown> = {}) =>
  resolveImports([anImport(more)], peersOf(contract), east);

describe("an import", () => {
  test.each<{ name: string; peer: Peer; says: RegExp }>([
    {
      name: "absent",
      peer: { state: "absent", stack: "organization/p/west" },
      says: /stack "west" does not exist; run `pulumi up --stack west`/,
    },
    {
      name: "empty or destroyed",
      peer: { state: "empty", stack: "organization/p/west" },
      says: /has published nothing/,
    },
    {
      name: "without a gateway address",
      peer: { state: "up", stack: "organization/p/west", contract: { ...west, gateways: [] } },
      says: /no gateway address yet/,
    },
  ])("is pending while its peer is $name", ({ peer, says }) => {
    const result = resolveImports(wanted, new Map([["west", peer]]), east);
    expect(result.imports).toEqual([]);
    expect(result.pending).toEqual([{ name: "httpbin", from: "west", reason: expect.stringMatching(says) }]);
  });

  test.each([
    {
      name: "is not exported",
      contract: { ...west, exports: [] },
      says: /mesh "west" does not export it; it exports nothing/,
    },
    {
      name: "is exported to others only",
      contract: { ...west, exports: [{ ...west.exports[0]!, to: ["north"] }] },
      says: /exports it to north, not to "east"/,
    },
    {
      name: "comes from an Istio too old",
      contract: { ...west, mesh: identity("west", { istioMinor: "1.27", istioVersion: "1.27.1" }) },
      says: /Istio 1\.30 in "east" and 1\.27 in "west" are more than 2 minors apart/,
    },
    {
      name: "comes from an Istio that is not known",
      contract: { ...west, mesh: identity("west", { istioMinor: "", istioVersion: "2.0.0" }) },
      says: /Istio 2\.0\.0/,
    },
    {
      name: "comes from another trust domain",
      contract: { ...west, mesh: identity("west", { trustDomain: "west.local" }) },
      says: /does not accept callers of trust domain cluster\.local/,
    },
  ])("is rejected when it $name", ({ contract, says }) => {
    expect(() => resolveImports(wanted, peersOf(contract), { ...east, roots: [rootOf("aa")] })).toThrow(says);
  });

  test.each([
    {
      name: "a port that is not exported",
      more: { ports: [{ number: 9000 }] },
      says: /clients in "east" rely on port 9000, but mesh "west" exports ports 8000/,
    },
    {
      name: "another protocol",
      more: { ports: [{ number: 8000, protocol: "GRPC" }] },
      says: /rely on GRPC at port 8000, but mesh "west" exports it as HTTP/,
    },
    {
      name: "a subset that the exporter lacks",
      more: { subsets: ["v2"] },
      says: /addresses subset "v2", but mesh "west" exports subsets v1/,
    },
    {
      name: "a probe of no port",
      more: { probe: { "9000": {} } },
      says: /probe names port "9000", but its ports are http 8000\/HTTP/,
    },
  ])("is rejected when it wants $name", ({ more, says }) => {
    expect(() => resolve(west, more)).toThrow(says);
  });

  test("may come from another trust domain that accepts ours", () => {
    expect(
      resolve({
        ...west,
        mesh: identity("west", { trustDomain: "west.local", acceptedTrustDomains: ["cluster.local"] }),
      }).imports,
    ).toHaveLength(1);
  });

  test("is pending when a peer declares its export and has not deployed it", () => {
    const peer: Peer = {
      ...peersOf({ ...west, exports: [] }).get("west")!,
      declared: [{ name: "httpbin", to: ["east"], ports: [], subsets: [] }],
    };
    expect(resolveImports(wanted, new Map([["west", peer]]), east).pending[0]!.reason).toMatch(
      /declares it but has not deployed it yet; run `pulumi up --stack west`/,
    );
  });

  test("has its client and probes with defaults in the contract", () => {
    const { client, probe } = resolve(west, {
      client: { namespace: "sleep", serviceAccount: "sleep" },
      probe: { "8000": { path: "/status/204", expect: [204] } },
    }).imports[0]!;
    expect(client).toEqual({ namespace: "sleep", serviceAccount: "sleep", app: "" });
    expect(probe).toEqual({ http: { kind: "http", method: "GET", path: "/status/204", expect: [204] } });
  });

  test("from several meshes needs one shape and uses those that are up", () => {
    const north = contractOf("north", [anExport({ ports: [{ name: "http", number: 8000, protocol: "GRPC" }] })]);
    const spec = anImport({ from: ["west", "north"] });
    expect(() => resolveImports([spec], peersOf(west, north), east)).toThrow(
      /ports differ between "west" \(http 8000\/HTTP\) and "north" \(http 8000\/GRPC\)/,
    );
    const result = resolveImports([spec], peersOf(west), east);
    expect(result.imports[0]!.meshes).toEqual(["west"]);
    expect(result.pending).toEqual([{ name: "httpbin", from: "north", reason: expect.any(String) }]);
  });

  test("must not share its host with another import", () => {
    const north = contractOf(
      "north",
      west.exports.map(() => anExport()),
    );
    expect(() => resolveImports([...wanted, anImport({ from: "north" })], peersOf(west, north), east)).toThrow(
      /"west-httpbin" and "north-httpbin".*from: \[\.\.\.\].*\[import-host-duplicate\]/,
    );
    expect(
      resolveImports([...wanted, anImport({ from: "north", as: "httpbin.north.global" })], peersOf(west, north), east)
        .imports,
    ).toHaveLength(2);
  });

  test("shares its host with one that other namespaces see, if the objects are apart", () => {
    const north = contractOf("north", [anExport()]);
    const both = (more: Record<string, unknown>) =>
      resolveImports(
        [anImport({ visibleTo: ["team-a"] }), anImport({ from: "north", visibleTo: ["team-b", "team-c"], ...more })],
        peersOf(west, north),
        east,
      ).imports;
    expect(both({}).map(({ host, namespace }) => [host, namespace])).toEqual([
      ["httpbin.httpbin.svc.cluster.local", "team-a"],
      ["httpbin.httpbin.svc.cluster.local", "team-b"],
    ]);
    expect(() => both({ visibleTo: ["team-b", "team-a"] })).toThrow(/visibleTo.*\[import-host-duplicate\]/);
    expect(() => both({ visibleTo: ["*"], blend: { labels: { app: "httpbin" } } })).toThrow(/import-host-duplicate/);
    expect(() => both({ namespace: "team-a" })).toThrow(
      /"west-httpbin" and "north-httpbin".*namespace team-a.*\(namespace\).*\[import-host-namespace\]/,
    );
  });

  test("is either created or pending in every state of its peers", () => {
    const states = fc.constantFrom<Peer>(
      { state: "absent", stack: "a" },
      { state: "empty", stack: "a" },
      { state: "up", stack: "a", contract: west },
    );
    fc.assert(
      fc.property(states, (peer) => {
        const result = resolveImports(wanted, new Map([["west", peer]]), east);
        expect(result.imports.length + result.pending.length).toBe(wanted.length);
        expect(result.imports.length).toBe(peer.state === "up" ? 1 : 0);
      }),
    );
  });
});

describe("a peer's contract", () => {
  test("survives JSON and may have fields of a later release", () => {
    expect(parseContract(JSON.parse(JSON.stringify({ ...west, later: true })), "west")).toEqual(west);
  });

  test.each([
    { value: { ...west, version: 2 }, says: /version 2; this program reads version 1/ },
    { value: null, says: /it has no version; this program reads version 1/ },
    { value: { ...west, gateways: "x" }, says: /peer "west"[^]*gateways.*\[contract-invalid\]/ },
  ])("is rejected when it is unreadable", ({ value, says }) => {
    expect(() => parseContract(value, "west")).toThrow(says);
  });
});
