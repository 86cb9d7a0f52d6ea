import fc from "fast-check";
import { parseContract, type FederationContract } from "../../../components/plan/contract.ts";
import { importDestinationRule, importServiceEntry, importSnis } from "../../../components/plan/importObjects.ts";
import { importSpec } from "../../../components/plan/importConfig.ts";
import type { MeshIdentity } from "../../../components/plan/peerMismatches.ts";
import { resolveImports, type Peer } from "../../../components/plan/resolveImports.ts";

const west = parseContract({
  version: 1,
  mesh: { name: "west", meshId: "west-mesh", cluster: "west", network: "network-west", trustDomain: "cluster.local", istioVersion: "1.30.5", locality: "west/west-1" },
  gateways: [{ address: "172.18.128.1", port: 15443 }],
  exports: [
    {
      name: "httpbin",
      host: "httpbin.httpbin.svc.cluster.local",
      namespace: "httpbin",
      service: "httpbin",
      ports: [{ name: "http", number: 8000, protocol: "HTTP" }, { name: "grpc", number: 9000, protocol: "GRPC" }],
      subjectAltNames: ["spiffe://cluster.local/ns/httpbin/sa/httpbin"],
      to: ["east"],
      callers: [],
    },
  ],
  imports: [],
  pendingImports: [],
}, "west");
const east: MeshIdentity = { ...west.mesh, name: "east", network: "network-east", meshId: "east-mesh", cluster: "east" };
const anImport = (more: Record<string, unknown> = {}) => importSpec.parse({ name: "httpbin", from: "west", visibleTo: ["sleep"], ...more });
const wanted = [anImport()];
const peers = (contract: FederationContract) => new Map<string, Peer>([["west", { state: "up", stack: "organization/p/west", contract }]]);
const resolve = (contract: FederationContract) => resolveImports(wanted, peers(contract), east);

test("an import is a STATIC entry to the gateway with pinned identities and a rule for mesh mTLS", () => {
  const spec = resolve(west).imports[0]!;
  expect(importServiceEntry(spec)!.spec).toEqual({
    hosts: ["httpbin.httpbin.svc.cluster.local"],
    ports: [{ number: 8000, name: "http", protocol: "HTTP" }, { number: 9000, name: "grpc", protocol: "GRPC" }],
    location: "MESH_INTERNAL",
    resolution: "STATIC",
    endpoints: [{ address: "172.18.128.1", ports: { http: 15443, grpc: 15443 }, network: "network-west", locality: "west/west-1" }],
    subjectAltNames: ["spiffe://cluster.local/ns/httpbin/sa/httpbin"],
    exportTo: ["sleep"],
  });
  expect(importDestinationRule(spec).spec).toEqual({ host: "httpbin.httpbin.svc.cluster.local", trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } }, exportTo: ["sleep"] });
  expect(importDestinationRule(spec).metadata.namespace).toBe("sleep");
  expect(importSnis(spec)).toEqual(["outbound_.8000_._.httpbin.httpbin.svc.cluster.local", "outbound_.9000_._.httpbin.httpbin.svc.cluster.local"]);
});

test.each<{ name: string; peer: Peer; says: RegExp }>([
  { name: "absent", peer: { state: "absent", stack: "organization/p/west" }, says: /stack "west" does not exist; run `pulumi up --stack west`/ },
  { name: "empty or destroyed", peer: { state: "empty", stack: "organization/p/west" }, says: /has published nothing/ },
  { name: "without a gateway address", peer: { state: "up", stack: "organization/p/west", contract: { ...west, gateways: [] } }, says: /no gateway address yet/ },
])("an import from a peer that is $name is pending", ({ peer, says }) => {
  const result = resolveImports(wanted, new Map([["west", peer]]), east);
  expect(result.imports).toEqual([]);
  expect(result.pending).toEqual([{ name: "httpbin", from: "west", reason: expect.stringMatching(says) }]);
});

test.each([
  { name: "is not exported", contract: { ...west, exports: [] }, says: /mesh "west" does not export it; it exports nothing/ },
  { name: "is exported to others only", contract: { ...west, exports: [{ ...west.exports[0]!, to: ["north"] }] }, says: /exports it to north, not to "east"/ },
  { name: "comes from a mesh of our network", contract: { ...west, mesh: { ...west.mesh, network: "network-east" } }, says: /mesh\.network is "network-east" in both "east" and "west"/ },
  { name: "comes from a mesh of our meshID", contract: { ...west, mesh: { ...west.mesh, meshId: "east-mesh" } }, says: /mesh\.meshId/ },
  { name: "comes from another trust domain", contract: { ...west, mesh: { ...west.mesh, trustDomain: "west.local" } }, says: /does not accept callers of trust domain cluster\.local/ },
])("refuses an import that $name", ({ contract, says }) => {
  expect(() => resolve(contract)).toThrow(says);
});

test("one host from two peers is refused, naming both", () => {
  const north = { ...west, mesh: { ...west.mesh, name: "north", network: "n", cluster: "n", meshId: "n" } };
  const both = new Map<string, Peer>([...peers(west), ["north", { state: "up", stack: "o/p/north", contract: north }]]);
  expect(() => resolveImports([...wanted, anImport({ from: "north" })], both, east)).toThrow(/imported by west-httpbin and north-httpbin/);
});

test("every import is either made or pending, whatever state the peers are in", () => {
  const states = fc.constantFrom<Peer>({ state: "absent", stack: "a" }, { state: "empty", stack: "a" }, { state: "up", stack: "a", contract: west });
  fc.assert(
    fc.property(states, (peer) => {
      const result = resolveImports(wanted, new Map([["west", peer]]), east);
      expect(result.imports.length + result.pending.length).toBe(wanted.length);
      expect(result.imports.length).toBe(peer.state === "up" ? 1 : 0);
    }),
  );
});

test("a contract survives JSON and may carry fields of a later release", () => {
  expect(parseContract(JSON.parse(JSON.stringify({ ...west, later: true })), "west")).toEqual(west);
});

test.each([
  { value: { ...west, version: 2 }, says: /version 2; this program reads version 1/ },
  { value: null, says: /version undefined/ },
  { value: { ...west, gateways: "x" }, says: /peer "west".*gateways/ },
])("refuses a contract it cannot read", ({ value, says }) => {
  expect(() => parseContract(value, "west")).toThrow(says);
});
