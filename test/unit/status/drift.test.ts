import * as pulumi from "@pulumi/pulumi";
import { ExportedService } from "../../../components/exportedService.ts";
import { ImportedService } from "../../../components/importedService.ts";
import { exportPolicy } from "../../../federation/exports/exportPolicy.ts";
import type { FederationObject } from "../../../federation/objects/federationObject.ts";
import { liveDriftOf } from "../../../status/liveDrift.ts";
import { objectsIn } from "../../../status/madeObjects.ts";
import { StrictMtls } from "../../../components/strictMtls.ts";
import { record } from "../components/graph.ts";
import { anExport, anImport, contract, resolved } from "../federation/fixtures.ts";

// An ES module alone, which Jest does not load; nothing here reaches a cluster.
jest.mock("@kubernetes/client-node", () => ({}));

const gateway = {
  name: "gateway",
  namespace: "istio-system",
  network: "network-east",
  labels: { istio: "eastwestgateway" },
};
const domains = {
  own: "east.local",
  ofMeshes: new Map([
    ["west", "west.local"],
    ["south", "east.local"],
  ]),
};
const httpbin = anExport();
const west = contract("west", [httpbin]);
const north = contract("north", [httpbin], {
  gateways: [
    { address: "gateway.north.example", port: 15443 },
    { address: "2001:db8::1", port: 31443 },
  ],
});
const ports = [
  { name: "http", number: 8000, protocol: "HTTP" },
  { name: "tcp", number: 9000, protocol: "TCP" },
];
const wide = contract("wide", [
  anExport({ name: "wide", service: "wide", ports, subsets: [{ name: "v1" }], serviceAccounts: ["a", "b"] }),
]);

/** One of every kind of export and import, and of what can be different about them. */
const exports = [
  anExport({
    name: "api",
    service: "api",
    namespace: "api",
    ports,
    selector: { app: "api" },
    to: ["west"],
    callers: ["shop/cart", "shop/till"],
  }),
  anExport({
    name: "all",
    service: "all",
    to: ["west", "south"],
    selector: { app: "all" },
    callers: ["shop/cart"],
    callersApplyTo: "everyone",
    subsets: [
      { name: "v1", labels: { version: "v1" } },
      { name: "v2", labels: { version: "v2" } },
    ],
  }),
  anExport({
    name: "neutral",
    service: "neutral",
    host: "neutral.mesh.global",
    to: ["south"],
    selector: { app: "neutral" },
    callers: ["shop/cart"],
  }),
  anExport({ name: "open", service: "open", selector: { app: "open" }, public: true }),
];
const imports = [
  resolved(anImport({ from: ["west", "north"] }), west, north),
  resolved(
    anImport({ name: "wide", from: "wide", as: "wide.mesh.global", subsets: ["v1"], visibleTo: ["shop", "sleep"] }),
    wide,
  ),
  resolved(anImport({ name: "wide", from: "wide", visibleTo: ["*"], blend: { labels: { app: "wide" } } }), wide),
];

type Live = { kind: string; metadata: Record<string, any>; spec: Record<string, any> };

/** What the components register in the cluster, and what the engine notes of them. */
async function run(): Promise<{ live: Live[]; made: FederationObject[] }> {
  const noted = jest.spyOn(pulumi.ComponentResource.prototype as any, "registerOutputs");
  const { resources } = await record(() => {
    for (const spec of exports)
      new ExportedService(`export-${spec.name}`, {
        spec,
        gateway,
        policy: exportPolicy(spec, domains, ["west.local", "foreign.local"]),
      });
    new StrictMtls("strict-mtls", { rootNamespace: "istio-system" });
    for (const [i, spec] of imports.entries()) new ImportedService(`import-${i}`, { spec: { ...spec, id: `i${i}` } });
  });
  // Each is called once more by Pulumi itself, without outputs, which counts for nothing.
  const calls = noted.mock.calls.flatMap(([outputs], i) =>
    outputs ? [{ type: (noted.mock.contexts[i] as { __pulumiType: string }).__pulumiType, outputs }] : [],
  );
  noted.mockRestore();
  // As they are after the way through the engine's state, and the API server's.
  const [made, live] = JSON.parse(
    JSON.stringify([calls, resources.filter((r) => r.inputs?.kind).map((r) => r.inputs)]),
  );
  return { made: objectsIn({ deployment: { resources: made } }, "east"), live };
}

let once: ReturnType<typeof run> | undefined;
const federation = async () => structuredClone(await (once ??= run()));

const pluralKinds: Record<string, string> = {
  gateways: "Gateway",
  serviceentries: "ServiceEntry",
  destinationrules: "DestinationRule",
  workloadentries: "WorkloadEntry",
  authorizationpolicies: "AuthorizationPolicy",
  peerauthentications: "PeerAuthentication",
};
const lookAt = (live: Live[], made: FederationObject[], refused: string[] = []) =>
  liveDriftOf("east", made, {
    istio: async (group, plural) => {
      if (refused.includes(plural)) throw new Error(`403: may not list ${plural}`);
      expect(group).toBe(["authorizationpolicies", "peerauthentications"].includes(plural) ? "security" : "networking");
      return live.filter((o) => o.kind === pluralKinds[plural]!) as never;
    },
  });

test("what the components made is no drift, in whatever order it is listed, whoever else has objects there", async () => {
  const { live, made } = await federation();
  const kinds = live.map((o) => o.kind);
  expect(Object.values(pluralKinds).map((kind) => kinds.filter((k) => k === kind).length)).toEqual([4, 3, 4, 2, 4, 1]);
  expect(made).toHaveLength(live.length);
  expect(await lookAt(live, made)).toEqual({ drift: [], refusals: [] });
  const turn = (value: any): any =>
    Array.isArray(value)
      ? value.map(turn).reverse()
      : typeof value === "object" && value
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([k, v]) => [k, turn(v)]),
          )
        : value;
  const theirs = {
    kind: "Gateway",
    metadata: { name: "theirs", namespace: "istio-system" },
    spec: { servers: [{ hosts: ["*"] }] },
  };
  expect(await lookAt([...turn(live), theirs], made)).toEqual({ drift: [], refusals: [] });
  expect(await lookAt([], [])).toEqual({ drift: [], refusals: [] });
});

test.each<{ what: string; of: string; edit: (spec: Record<string, any>) => void; says: RegExp }>([
  {
    what: "a caller more",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => s["rules"][0].from[0].source.notPrincipals.push("west.local/ns/evil/sa/evil"),
    says: /: rules\.from\.source\.notPrincipals is .*evil.*, and should be west\.local\/ns\/shop\/sa\/cart, west\.local\/ns\/shop\/sa\/till: `pulumi up --refresh`$/,
  },
  {
    what: "a policy for fewer ports",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => (s["rules"][0].to = [{ operation: { ports: ["1"] } }]),
    says: /: rules\.to is \[\{operation: \{ports: \[1\]\}\}\], and should be none/,
  },
  {
    what: "a policy that holds on a condition",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => (s["rules"][0].when = [{ key: "request.headers[x]", values: ["y"] }]),
    says: /: rules\.when is .*request\.headers.* should be none/,
  },
  {
    what: "a policy for other pods",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => (s["selector"].matchLabels.app = "nobody"),
    says: /: selector\.matchLabels\.app is nobody, and should be api/,
  },
  {
    what: "a policy that denies nobody",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => delete s["rules"],
    says: /: rules is none, and should be \[\{/,
  },
  {
    what: "a policy that only notes",
    of: "AuthorizationPolicy api/export-api",
    edit: (s) => (s["action"] = "AUDIT"),
    says: /: action is AUDIT, and should be DENY/,
  },
  {
    what: "a rule less for a domain it is not for",
    of: "AuthorizationPolicy httpbin/export-all",
    edit: (s) => s["rules"].pop(),
    says: /: rules lacks \{from: .*foreign\.local/,
  },
  {
    what: "an empty rule, which denies everybody",
    of: "AuthorizationPolicy httpbin/export-open",
    edit: (s) => s["rules"].push({}),
    says: /: rules has \{\}, which was not made/,
  },
  {
    what: "another SNI of a neutral host's policy",
    of: "AuthorizationPolicy httpbin/export-neutral",
    edit: (s) => s["rules"].find((r: any) => r.when).when[0].values.push("x"),
    says: /: rules\.when\[?.*values is .*x, and should be \*_\.neutral\.mesh\.global/,
  },
  {
    what: "another host at the gateway",
    of: "Gateway istio-system/export-api",
    edit: (s) => s["servers"][0].hosts.push("*.local"),
    says: /: servers\[15443\]\.hosts is \*\.local, api\.api\.svc\.cluster\.local, and should be api\.api/,
  },
  {
    what: "another server at the gateway",
    of: "Gateway istio-system/export-api",
    edit: (s) => s["servers"].push({ port: { number: 443 }, hosts: ["*"] }),
    says: /: servers has \{hosts: \[\*\], port: \{number: 443\}\}, which was not made/,
  },
  {
    what: "another gateway's pods",
    of: "Gateway istio-system/export-api",
    edit: (s) => (s["selector"].istio = "ingress"),
    says: /: selector\.istio is ingress/,
  },
  {
    what: "a neutral host that all see",
    of: "ServiceEntry httpbin/export-neutral",
    edit: (s) => delete s["exportTo"],
    says: /: exportTo is none, and should be istio-system/,
  },
  {
    what: "a subset's other labels",
    of: "DestinationRule httpbin/export-all",
    edit: (s) => (s["subsets"][1].labels.version = "v3"),
    says: /: subsets\[v2\]\.labels\.version is v3, and should be v2/,
  },
  {
    what: "a port of another protocol",
    of: "ServiceEntry shop/import-i1",
    edit: (s) => (s["ports"][0].protocol = "TCP"),
    says: /: ports\[http\]\.protocol is TCP, and should be HTTP/,
  },
  {
    what: "names of its own",
    of: "ServiceEntry sleep/import-i0",
    edit: (s) => (s["subjectAltNames"] = ["z"]),
    says: /: subjectAltNames is z, and should be spiffe:/,
  },
  {
    what: "an endpoint at another port",
    of: "ServiceEntry sleep/import-i0",
    edit: (s) => (s["endpoints"].find((e: any) => e.address === "2001:db8::1").ports.http = 443),
    says: /: endpoints\[2001:db8::1\]\.ports\.http is 443, and should be 31443/,
  },
  {
    what: "an endpoint elsewhere",
    of: "ServiceEntry shop/import-i1",
    edit: (s) => (s["endpoints"][0].address = "192.0.2.9"),
    says: /: endpoints\.address is 192\.0\.2\.9, and should be 172\.18\.128\.4/,
  },
  {
    what: "a rule for another host",
    of: "DestinationRule shop/import-i1",
    edit: (s) => (s["host"] = "x"),
    says: /: host is x, and should be wide\.mesh\.global/,
  },
  {
    what: "plaintext",
    of: "DestinationRule sleep/import-i0",
    edit: (s) => (s["trafficPolicy"].tls.mode = "DISABLE"),
    says: /: trafficPolicy\.tls\.mode is DISABLE, and should be ISTIO_MUTUAL/,
  },
  {
    what: "another SNI",
    of: "DestinationRule shop/import-i1",
    edit: (s) => (s["trafficPolicy"].portLevelSettings[1].tls.sni = "y"),
    says: /: trafficPolicy\.portLevelSettings\[9000\]\.tls\.sni is y, /,
  },
  {
    what: "another SNI of a subset",
    of: "DestinationRule shop/import-i1",
    edit: (s) => delete s["subsets"][0].trafficPolicy,
    says: /: subsets\[v1\]\.trafficPolicy is none, and should be .*outbound_\.8000_\.v1_/,
  },
  {
    what: "a rule that all see",
    of: "DestinationRule sleep/import-i0",
    edit: (s) => delete s["exportTo"],
    says: /: exportTo is none, and should be sleep/,
  },
  {
    what: "a blended rule with TLS for all, which was added",
    of: "DestinationRule httpbin/import-i2",
    edit: (s) => (s["trafficPolicy"].tls = { mode: "SIMPLE" }),
    says: /: trafficPolicy\.tls is \{mode: SIMPLE\}, and should be none: take what was added out with `kubectl edit`/,
  },
  {
    what: "no ejection",
    of: "DestinationRule httpbin/import-i2",
    edit: (s) => (s["trafficPolicy"].outlierDetection.consecutiveGatewayErrors = 0),
    says: /consecutiveGatewayErrors is 0, and should be 3/,
  },
  {
    what: "a blended endpoint elsewhere",
    of: "WorkloadEntry httpbin/import-i2-0-0",
    edit: (s) => (s["address"] = "192.0.2.9"),
    says: /: address is 192\.0\.2\.9, and should be/,
  },
  {
    what: "a blended endpoint of another account",
    of: "WorkloadEntry httpbin/import-i2-0-1",
    edit: (s) => (s["serviceAccount"] = "z"),
    says: /: serviceAccount is z, and should be b/,
  },
  {
    what: "a blended endpoint in this network",
    of: "WorkloadEntry httpbin/import-i2-0-0",
    edit: (s) => delete s["network"],
    says: /: network is none, and should be network-wide/,
  },
  {
    what: "plaintext in the mesh",
    of: "PeerAuthentication istio-system/default",
    edit: (s) => (s["mtls"].mode = "PERMISSIVE"),
    says: /: mtls\.mode is PERMISSIVE, and should be STRICT/,
  },
  {
    what: "a blended endpoint in plaintext",
    of: "WorkloadEntry httpbin/import-i2-0-0",
    edit: (s) => (s["labels"]["security.istio.io/tlsMode"] = "disabled"),
    says: /: labels\.security\.istio\.io\/tlsMode is disabled/,
  },
])("drift: $what", async ({ of, edit, says }) => {
  const { live, made } = await federation();
  const edited = live.filter(({ kind, metadata: m }) => `${kind} ${m["namespace"]}/${m["name"]}` === of);
  expect(edited).toHaveLength(1);
  edit(edited[0]!.spec);
  const { drift } = await lookAt(live, made);
  expect(drift).toEqual([{ mesh: "east", what: expect.stringMatching(says) }]);
  expect(drift[0]!.what.startsWith(`${of}: `)).toBe(true);
});

test("whatever is gone is drift, and what bears our label and was not made", async () => {
  const { live, made } = await federation();
  for (const object of live) {
    const { kind, metadata: m } = object;
    const name = `${kind} ${m["namespace"]}/${m["name"]}`;
    expect(
      (
        await lookAt(
          live.filter((o) => o !== object),
          made,
        )
      ).drift,
    ).toEqual([{ mesh: "east", what: `${name} is gone: \`pulumi up --refresh\`` }]);
    const known = made.filter(
      (o) => o.kind !== kind || o.metadata.name !== m["name"] || o.metadata.namespace !== m["namespace"],
    );
    // The policy of the whole mesh may be somebody else's.
    const labelled = m["labels"] !== undefined;
    expect((await lookAt(live, known)).drift).toEqual(
      labelled
        ? [
            {
              mesh: "east",
              what: expect.stringContaining(`${name} bears this project's label, and its stack did not make it`),
            },
          ]
        : [],
    );
  }
});

test("a kind that may not be listed is told, and the others are compared all the same", async () => {
  const { live, made } = await federation();
  live.find((o) => o.kind === "Gateway")!.spec["servers"][0].hosts = ["x"];
  const { drift, refusals } = await lookAt(live, made, ["authorizationpolicies", "workloadentries"]);
  expect(drift).toEqual([{ mesh: "east", what: expect.stringContaining("servers[15443].hosts is x") }]);
  expect(refusals.map((e) => e.message).sort()).toEqual([
    "403: may not list authorizationpolicies",
    "403: may not list workloadentries",
  ]);
  // Who restricts nobody needs no right to list them.
  expect((await lookAt([], [], ["authorizationpolicies"])).refusals).toEqual([]);
});

test("a state that an earlier release wrote does not say what was made, and one without exports and imports says nothing was", () => {
  const state = (...resources: object[]) => ({ deployment: { resources } });
  const type = "mesh-federation:federation:ImportedService";
  expect(() => objectsIn(state({ type, outputs: { host: "x" } }), "east")).toThrow(
    /earlier release .*`pulumi up --stack east`/,
  );
  expect(objectsIn(state({ type: "pulumi:pulumi:Stack" }, { type, delete: true, outputs: {} }), "east")).toEqual([]);
  expect(objectsIn({ deployment: {} }, "east")).toEqual([]);
});

test("what is told as drift, the `up` that it names undoes, whoever made the edit: each object wins over others' fields", async () => {
  const { live } = await federation();
  expect(
    live
      .filter((o) => o.metadata.annotations?.["pulumi.com/patchForce"] !== "true")
      .map((o) => `${o.kind} ${o.metadata.name}`),
  ).toEqual([]);
});
