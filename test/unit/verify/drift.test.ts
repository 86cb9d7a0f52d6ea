import { parseContract } from "../../../components/plan/contract.ts";
import { importDestinationRule, importServiceEntry } from "../../../components/plan/importObjects.ts";
import { liveDriftOf } from "../../../cli/verify/gather/statusEvidence.ts";

// An ES module alone, which Jest does not load; nothing here reaches a cluster.
jest.mock("@kubernetes/client-node", () => ({}));

const mesh = { name: "east", meshId: "east-mesh", cluster: "east", network: "network-east", trustDomain: "cluster.local", istioVersion: "1.30.1", locality: "east/1" };
const ports = [{ name: "http", number: 8000, protocol: "HTTP" }, { name: "tcp", number: 9000, protocol: "TCP" }];
const san = "spiffe://cluster.local/ns/httpbin/sa/httpbin";
const spec = {
  id: "west-httpbin", name: "httpbin", from: "west", host: "httpbin.north.global", exportedHost: "httpbin.httpbin.svc.cluster.local", namespace: "sleep", visibleTo: ["shop", "sleep"], ports, subjectAltNames: [san], subsets: ["v1"],
  gateways: [{ mesh: "west", address: "2001:db8::1", port: 15443, network: "network-west", locality: "west/1" }],
};
const exported = { name: "api", host: "api.api.svc.cluster.local", namespace: "api", service: "api", ports, subjectAltNames: [], to: ["west"], callers: ["shop/cart"] };
const contract = parseContract({ version: 1, mesh, gateways: [], exports: [exported], imports: [spec], pendingImports: [] }, "east");
const resolved = { ...contract.imports[0]!, id: spec.id };

/** The objects as the stack makes them, by their plural. */
function made(): Record<string, { metadata: object; spec: Record<string, any> }[]> {
  return structuredClone({
    gateways: [{ metadata: { name: "export-api", namespace: "istio-system", labels: { "app.kubernetes.io/managed-by": "mesh-federation" } }, spec: { servers: [{ hosts: [exported.host], tls: { mode: "AUTO_PASSTHROUGH" } }] } }],
    serviceentries: [importServiceEntry(resolved)!],
    destinationrules: [importDestinationRule(resolved)],
    authorizationpolicies: [{ metadata: { name: "export-api", namespace: "api" }, spec: {} }],
  });
}

const lookAt = async (live: ReturnType<typeof made>) => (await liveDriftOf(contract, { istio: async (_: string, plural: string) => live[plural]! } as never)).map((d) => d.what);

test("what the stack made is no drift, in whatever order it is listed", async () => {
  expect(await lookAt(made())).toEqual([]);
  const live = made();
  live["serviceentries"]![0]!.spec["ports"].reverse();
  live["serviceentries"]![0]!.spec["exportTo"].reverse();
  expect(await lookAt(live)).toEqual([]);
});

test.each<{ what: string; kind: string; edit: (spec: Record<string, any>) => void; says: RegExp }>([
  { what: "a port of another protocol", kind: "serviceentries", edit: (s) => (s["ports"][0].protocol = "TCP"), says: /^ServiceEntry sleep\/import-west-httpbin has ports http 8000\/TCP, .* should be http 8000\/HTTP/ },
  { what: "an entry that all see", kind: "serviceentries", edit: (s) => delete s["exportTo"], says: /^ServiceEntry .* is exported to none, and should be shop, sleep/ },
  { what: "an endpoint at another port", kind: "serviceentries", edit: (s) => (s["endpoints"][0].ports = { http: 443 }), says: /has endpoints \[2001:db8::1\]:443, and should be \[2001:db8::1\]:15443/ },
  { what: "a rule for another host", kind: "destinationrules", edit: (s) => (s["host"] = "x"), says: /^DestinationRule sleep\/import-west-httpbin is for host x, and should be httpbin\.north\.global/ },
  { what: "plaintext", kind: "destinationrules", edit: (s) => (s["trafficPolicy"].tls.mode = "DISABLE"), says: /has TLS DISABLE, / },
  { what: "another SNI", kind: "destinationrules", edit: (s) => (s["trafficPolicy"].portLevelSettings[1].tls.sni = "y"), says: /port 9000 ISTIO_MUTUAL SNI y/ },
  { what: "another SNI of a subset", kind: "destinationrules", edit: (s) => delete s["subsets"][0].trafficPolicy, says: /has TLS .*subset v1 as it comes, and should be .*subset v1 port 8000 ISTIO_MUTUAL SNI outbound_\.8000_\.v1_/ },
  { what: "names of its own", kind: "destinationrules", edit: (s) => (s["trafficPolicy"].tls.subjectAltNames = ["z"]), says: /has TLS ISTIO_MUTUAL z, / },
  { what: "a rule that all see", kind: "destinationrules", edit: (s) => delete s["exportTo"], says: /^DestinationRule .* is exported to none/ },
])("drift: $what", async ({ kind, edit, says }) => {
  const live = made();
  edit(live[kind]![0]!.spec);
  expect(await lookAt(live)).toEqual([expect.stringMatching(says)]);
});

test.each([
  { kind: "serviceentries", says: "ServiceEntry sleep/import-west-httpbin is gone" },
  { kind: "destinationrules", says: "DestinationRule sleep/import-west-httpbin is gone" },
  { kind: "authorizationpolicies", says: "AuthorizationPolicy api/export-api is gone" },
])("drift: $says", async ({ kind, says }) => {
  expect(await lookAt({ ...made(), [kind]: [] })).toEqual([expect.stringContaining(says)]);
});
