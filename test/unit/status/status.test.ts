import type { FederationContract } from "../../../federation/contract/contract.ts";
import { parseContract } from "../../../federation/contract/contract.ts";
import { federationMetadata } from "../../../federation/objects/labels.ts";
import { dot, importGraph, mermaid } from "../../../status/graph.ts";
import { lookAtMesh } from "../../../status/readStatus.ts";
import { contractDrift, statusOf, statusScreen } from "../../../status/screen.ts";

// An ES module alone, which Jest does not load; nothing here reaches a cluster.
jest.mock("@kubernetes/client-node", () => ({}));

const now = Date.parse("2026-06-01T00:00:00Z");
const mesh = (name: string) => ({
  name,
  meshId: `${name}-mesh`,
  cluster: name,
  network: `network-${name}`,
  trustDomain: "cluster.local",
  istioVersion: "1.30.1",
  locality: `${name}/1`,
});
const ports = [{ name: "http", number: 8000, protocol: "HTTP" }];
const san = "spiffe://cluster.local/ns/httpbin/sa/httpbin";
const host = "httpbin.httpbin.svc.cluster.local";
const contract = (value: object) =>
  parseContract({ version: 1, gateways: [], exports: [], imports: [], pendingImports: [], ...value }, "x");
const exported = {
  name: "httpbin",
  host,
  namespace: "httpbin",
  service: "httpbin",
  ports,
  subjectAltNames: [san],
  to: ["east"],
  callers: [],
};
const imported = {
  name: "httpbin",
  from: "west",
  host,
  namespace: "sleep",
  visibleTo: ["sleep"],
  ports,
  subjectAltNames: [san],
  gateways: [{ mesh: "west", address: "192.0.2.1", port: 15443, network: "network-west", locality: "west/1" }],
};
const west = contract({ mesh: mesh("west"), gateways: [{ address: "192.0.2.1", port: 15443 }], exports: [exported] });
const east = contract({
  mesh: mesh("east"),
  imports: [imported],
  pendingImports: [{ name: "other", from: "south", reason: 'stack "south" does not exist' }],
});
const up = (c: FederationContract) => ({ name: c.mesh.name, contract: c, problem: undefined });

test("one screen: meshes, exports with importers, what ends soon, what is pending", () => {
  const certificates = [
    { what: "root CA", mesh: "west", notAfter: now + 900 * 86_400_000 },
    { what: "workload", mesh: "west", notAfter: now + 3_600_000 },
    { what: "intermediate CA", mesh: "east", notAfter: now - 1 },
  ];
  const status = statusOf(
    [up(east), up(west), { name: "south", contract: undefined, problem: "is not up" }],
    certificates,
    [],
  );
  expect(status.exports[0]!.importers).toEqual(["east"]);
  expect(status.certificates.map((c) => c.what)).toEqual(["intermediate CA", "workload", "root CA"]);
  const screen = statusScreen(status, now);
  expect(screen.split("\n").filter((line) => line.length > 80)).toEqual([]);
  for (const wanted of [
    /west +192\.0\.2\.1:15443 +up, Istio 1\.30\.1/,
    /west\/httpbin +8000\/HTTP +east +east/,
    /intermediate CA +east +EXPIRED/,
    /workload +west +1 hours/,
    /root CA +west +900 days/,
    /PENDING east <- south\/other: stack "south" does not exist/,
    /mesh "south" is not up/,
    /no drift/,
  ])
    expect(screen).toMatch(wanted);
});

/** A cluster of which each question has the same answer. */
const cluster = (answer: () => Promise<any>) =>
  ({
    core: { listPodForAllNamespaces: answer },
    inTime: (a: Promise<any>) => a,
    istio: async () => (await answer()).items,
  }) as never;
const refuses = (message: string, code?: number) =>
  cluster(() => Promise.reject(new Error(message, { cause: { code } })));

test.each([
  {
    what: "that is empty",
    look: cluster(async () => ({ items: [] })),
    says: undefined,
    state: "up, Istio 1.30.1",
    complete: true,
  },
  {
    what: "without credentials",
    look: undefined,
    says: "there are no credentials for its cluster here",
    state: "up, Istio 1.30.1",
    complete: true,
  },
  {
    what: "that is out of reach",
    look: refuses("no route"),
    says: "no route",
    state: "cannot be reached: no route",
    complete: false,
  },
  {
    what: "that refuses to list",
    look: refuses("403: may not list", 403),
    says: "403: may not list",
    state: "up, Istio 1.30.1",
    complete: false,
  },
])("of a cluster $what, the status says no more than was seen", async ({ look, says, state, complete }) => {
  const alone = contract({ mesh: mesh("alone") });
  const seen = await lookAtMesh(
    {
      name: "alone",
      stack: "alone",
      importsFrom: [],
      contract: alone,
      cluster: look,
      fallbackClient: undefined,
      problem: undefined,
    },
    async () => [],
  );
  const status = statusOf([seen.state], seen.certificates, seen.drift);
  expect([seen.complete, status.meshes[0]!.state, status.notLookedAt]).toEqual([
    complete,
    state,
    says ? [{ mesh: "alone", why: says }] : [],
  ]);
  const screen = statusScreen(status, now);
  if (says) {
    expect(screen).toContain(`alone not looked at: ${says}`);
    expect(screen).not.toContain("no drift");
  } else expect(screen).toMatch(/no import is pending\nno drift\n$/);
  expect(statusScreen(statusOf([seen.state, up(west)], [], []), now)).toMatch(
    says ? /no drift in west\nalone not looked at/ : /no drift\n$/,
  );
});

test("without its stack's state nobody knows what should be in a cluster, which says so, and is none the less reached", async () => {
  const alone = contract({ mesh: mesh("alone") });
  const seen = await lookAtMesh(
    {
      name: "alone",
      stack: "alone",
      importsFrom: [],
      contract: alone,
      cluster: cluster(async () => ({ items: [] })),
      fallbackClient: undefined,
      problem: undefined,
    },
    () => Promise.reject(new Error("no state")),
  );
  const status = statusOf([seen.state], seen.certificates, seen.drift);
  expect([seen.complete, status.meshes[0]!.state]).toEqual([false, "up, Istio 1.30.1"]);
  expect(statusScreen(status, now)).toMatch(
    /no import is pending\nalone not looked at: what should be in its cluster is not known: no state\n$/,
  );
});

test("what drifted is told beside a kind that may not be listed", async () => {
  const alone = contract({ mesh: mesh("alone") });
  const may = {
    core: { listPodForAllNamespaces: async () => ({ items: [] }) },
    inTime: (a: Promise<any>) => a,
    istio: async (group: string) =>
      group === "security" ? Promise.reject(new Error("403: may not list", { cause: { code: 403 } })) : [],
  } as never;
  const made = [
    ["security", "AuthorizationPolicy"],
    ["networking", "Gateway"],
  ].map(([group, kind]) => ({
    apiVersion: `${group}.istio.io/v1`,
    kind: kind!,
    metadata: federationMetadata("export", "x", "shop"),
    spec: {},
  }));
  const seen = await lookAtMesh(
    {
      name: "alone",
      stack: "alone",
      importsFrom: [],
      contract: alone,
      cluster: may,
      fallbackClient: undefined,
      problem: undefined,
    },
    async () => made,
  );
  expect(statusScreen(statusOf([seen.state], seen.certificates, seen.drift), now)).toMatch(
    /DRIFT +alone: Gateway shop\/export-x is gone: .*\nalone not looked at: 403: may not list\n$/,
  );
  expect(seen.complete).toBe(false);
});

test("an IPv6 gateway is told in brackets, in the table and as drift", () => {
  const at = (address: string) => ({ ...west, gateways: [{ address, port: 15443 }] });
  expect(statusOf([up(at("2001:db8::1"))], [], []).meshes[0]!.gateways).toEqual(["[2001:db8::1]:15443"]);
  expect(contractDrift([east, at("2001:db8::1")])).toEqual([
    { mesh: "east", what: expect.stringContaining("west publishes [2001:db8::1]:15443") },
  ]);
});

test.each([
  {
    what: "an address that moved",
    then: { gateways: [{ address: "192.0.2.2", port: 15443 }] },
    says: /gateway 192\.0\.2\.1:15443, west publishes 192\.0\.2\.2:15443/,
  },
  {
    what: "other accounts",
    then: { exports: [{ ...exported, subjectAltNames: [`${san}-2`] }] },
    says: /subjectAltNames .*httpbin, west publishes .*httpbin-2/,
  },
  { what: "an export that is gone", then: { exports: [] }, says: /west exports no more/ },
])("drift between contracts: $what", ({ then, says }) => {
  expect(statusOf([up(east), up({ ...west, ...then } as FederationContract)], [], []).drift).toEqual([
    { mesh: "east", what: expect.stringMatching(says) },
  ]);
  expect(statusOf([up(east), up(west)], [], []).drift).toEqual([]);
});

test("the graph for Mermaid and Graphviz: an arrow per import, dashed while pending, in a stable order", () => {
  const graph = importGraph([west, east]);
  expect(graph).toEqual(importGraph([east, west]));
  expect(mermaid(graph)).toBe(
    [
      "flowchart LR",
      '  mesh_east["mesh east"]',
      '  mesh_south["mesh south"]',
      '  mesh_west["mesh west<br/>exports httpbin"]',
      '  mesh_east -.->|"other (pending)"| mesh_south',
      '  mesh_east -->|"httpbin (http 8000)"| mesh_west',
      "",
    ].join("\n"),
  );
  expect(dot(graph)).toMatch(/"east" -> "south" .*style=dashed/);
});
