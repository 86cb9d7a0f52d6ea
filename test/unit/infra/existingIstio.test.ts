import { parse } from "yaml";
import { meshProgram } from "../../../infra/mesh.ts";
import type { IstioObjects } from "../../../federation/trust/existingIstio.ts";
import { keyOf, makeRoot } from "../../support/pki.ts";
import { record, valueOf, type Graph } from "../components/graph.ts";
import { anExport, contract } from "../federation/fixtures.ts";
import { FakeApiServer } from "../kube/apiServer.ts";
import { roots } from "../support/roots.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({
    ...{ services: [], rules: [], entries: [], accounts: new Map(), unread: [] },
    namespaces: new Map([["sleep", {}]]),
  }),
}));

let server: FakeApiServer;
/** The cluster of north. Where it has no objects, it shows none to the user. */
let cluster: IstioObjects | undefined;
beforeAll(async () => {
  server = await FakeApiServer.start((url) => {
    if (!cluster) return { status: 403, body: { message: "forbidden" } };
    const variables = Object.entries(cluster.env ?? {}).map(([name, value]) => ({ name, value }));
    const answers: Record<string, unknown> = {
      "configmaps/istio-ca-root-cert": { data: { "root-cert.pem": cluster.rootCert } },
      "configmaps/istio": { data: { mesh: cluster.mesh } },
      "deployments/istiod": { spec: { template: { spec: { containers: [{ name: "discovery", env: variables }] } } } },
    };
    return { status: 200, body: answers[url.split("/").slice(-2).join("/")] };
  });
});
afterAll(() => server.stop());

let warnings: string[];
beforeEach(() => {
  warnings = [];
  jest.spyOn(console, "warn").mockImplementation((text) => void warnings.push(String(text)));
});
const codes = (): string[] =>
  [...new Set(warnings.join("\n").match(/(?<=\[)(?:istio|mesh-config)-[a-z-]+(?=\])/g) ?? [])].sort();

const [ofNorth, ofSouth] = roots;

/** South has a root of its own, imports from north, and trusts north's root. */
const south = (() => {
  const { mesh, ...rest } = contract("south", [anExport({ to: ["north"] }, "south.example")], {
    mesh: { ...contract("south").mesh, trustDomain: "south.example" },
  });
  const own = { acceptedTrustDomains: ["north.example"], trusts: { north: [ofNorth.sha256] }, roots: [ofSouth] };
  return { ...rest, mesh: { ...mesh, ...own } };
})();

const aKindCluster = { provider: "kind", podSubnet: "10.50.0.0/16", serviceSubnet: "10.255.50.0/24" };
const mesh = { name: "north", trustDomain: "north.example", acceptedTrustDomains: ["south.example"] };
const nothing: IstioObjects = { mesh: "", env: {}, rootCert: ofNorth.pem };
interface World {
  /** Undefined where the user may not see them. */
  objects?: IstioObjects | undefined;
  /** What the last `up` has published. */
  before?: unknown;
  preview?: boolean;
  more?: Record<string, unknown>;
}

/** Runs the program of north, in whose cluster Istio exists. */
async function run({ before, preview, more = {}, ...world }: World = {}) {
  cluster = "objects" in world ? world.objects : nothing;
  server.requests.length = 0;
  const config = {
    mesh,
    cluster: { provider: "existing" },
    kubeconfig: server.kubeconfig,
    istio: { provider: "existing", version: "1.30.1" },
    gateway: { provider: "existing", addresses: ["192.0.2.9"] },
    peers: { south: { trustDomain: "south.example", roots: [ofSouth.sha256] } },
    imports: [{ name: "httpbin", from: "south", visibleTo: ["sleep"] }],
    exports: [{ ...anExportSpec, to: ["south"] }],
    ...more,
  };
  return record(meshProgram, {
    stack: "north",
    preview: preview ?? false,
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`mesh-federation:${key}`, value])),
    secretKeys: ["mesh-federation:kubeconfig"],
    invoke: (token, inputs) => {
      if (token !== "pulumi:pulumi:readStackOutputs") return {};
      const published: Record<string, unknown> = { south, north: before };
      const found = published[inputs.name.split("/").at(-1)];
      return { outputs: found === undefined ? {} : { federation: found } };
    },
    stateOf: (type, name) => {
      if (name.endsWith("-network")) return { stdout: "subnet 172.18.0.0/16\naddress 172.18.0.2/16\n" };
      return type.startsWith("tls:") ? { privateKeyPem: keyOf("anchor") } : { stdout: "KUBECONFIG" };
    },
  });
}
const anExportSpec = {
  name: "ratings",
  namespace: "shop",
  service: "ratings",
  ports: [{ name: "http", number: 80, protocol: "HTTP" }],
  serviceAccounts: ["ratings"],
};

type Outputs = Graph<{ federation?: any; istioSettings?: any }>;
const federation = async (graph: unknown): Promise<any> => valueOf((graph as Outputs).result.federation);
const settings = async (graph: unknown): Promise<any> => valueOf((graph as Outputs).result.istioSettings);
const hasImport = ({ resources }: Graph<unknown>) =>
  resources.some(({ name }) => name === "import-south-httpbin-entry");

/** The objects of an Istio whose owner has applied the output. */
async function applied(change: (values: any) => void = () => undefined): Promise<IstioObjects> {
  const values = parse(await settings(await run()));
  change(values);
  warnings = [];
  return { mesh: JSON.stringify(values.meshConfig), env: values.env, rootCert: ofNorth.pem };
}

describe("a mesh with an existing Istio and a peer of another root", () => {
  test("says what the owner must set, and trusts nobody until then", async () => {
    const graph = await run();
    expect(codes()).toEqual([
      "istio-anchor-missing",
      "istio-flag-missing",
      "istio-settings-needed",
      "istio-trust-domain-missing",
    ]);
    const text = await settings(graph);
    expect(warnings.join("\n")).toContain(text.trimEnd());
    expect(text).toContain(`# - root ${ofSouth.sha256} of mesh south`);
    expect(parse(text)).toEqual({
      env: { ISTIO_MULTIROOT_MESH: "true" },
      meshConfig: {
        caCertificates: [
          { trustDomains: ["south.example"] },
          { pem: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/) },
        ],
        defaultConfig: { proxyMetadata: { PROXY_CONFIG_XDS_AGENT: "true" } },
      },
    });
    const { mesh, pendingTrust } = await federation(graph);
    expect([mesh.trusts, pendingTrust.map((entry: any) => entry.mesh)]).toEqual([{}, ["south"]]);
    expect(mesh.roots).toEqual([{ ...ofNorth, use: "active" }]);
    expect(hasImport(graph)).toBe(false);
    await run({ preview: true });
    expect(codes()).toContain("istio-settings-needed");
  });

  test("trusts the peer, and imports from it, when all is set", async () => {
    const objects = await applied();
    const graph = await run({ objects });
    expect(codes()).toEqual([]);
    expect((await federation(graph)).mesh.trusts).toEqual({ south: [ofSouth.sha256] });
    expect(hasImport(graph)).toBe(true);
  });

  test("compares imports with its discovery selectors", async () => {
    const selectors = [{ matchLabels: { mesh: "north" } }];
    const objects = await applied((values) => (values.meshConfig.discoverySelectors = selectors));
    const imports = [{ name: "httpbin", from: "south", namespace: "imports", visibleTo: ["sleep"] }];
    await run({ objects, more: { imports } });
    expect(warnings.join("\n")).toMatch(/import "httpbin": .* no namespace sleep.*\[mesh-config-discovery\]/);
  });

  test("says that its settings are not known, where only an import depends on them", async () => {
    await run({ objects: undefined, more: { peers: { south: { trustDomain: "south.example" } } } });
    expect(codes()).toEqual(["istio-unreadable", "mesh-config-unread"]);
  });

  test.each([
    ["ISTIO_MULTIROOT_MESH", (v: any) => (v.env = {}), "istio-flag-missing"],
    ["the agent's flag", (v: any) => delete v.meshConfig.defaultConfig, "istio-flag-missing"],
    ["the anchor", (v: any) => v.meshConfig.caCertificates.pop(), "istio-anchor-missing"],
    ["the bond", (v: any) => v.meshConfig.caCertificates.push({ pem: ofSouth.pem }), "istio-anchor-unbound"],
  ])("names what differs, and does not count the root: %s", async (_, change, code) => {
    const objects = await applied(change);
    const graph = await run({ objects });
    expect(codes()).toEqual([code, "istio-settings-needed"].sort());
    expect((await federation(graph)).mesh.trusts).toEqual({});
    expect(hasImport(graph)).toBe(false);
  });

  test("counts what the last update has published while the cluster cannot be read", async () => {
    const before = await federation(await run({ objects: await applied() }));
    const graph = await run({ objects: undefined, before });
    const { roots: known, trusts } = (await federation(graph)).mesh;
    expect([known, trusts]).toEqual([[{ ...ofNorth, use: "active" }], { south: [ofSouth.sha256] }]);
    expect(hasImport(graph)).toBe(true);
    expect(codes()).toEqual(["istio-unreadable"]);
    expect(warnings.join("\n")).toMatch(/ConfigMap istio-system\/istio: cannot be read \(403: forbidden\)/);
  });

  test("trusts nobody, and imports nothing, before the cluster could be read once", async () => {
    const graph = await run({ objects: undefined });
    expect(codes()).toEqual(["istio-settings-needed", "istio-unreadable"]);
    const { mesh, pendingTrust } = await federation(graph);
    expect([mesh.roots, mesh.trusts]).toEqual([[], {}]);
    expect(pendingTrust).toEqual([{ mesh: "south", reason: expect.stringMatching(/Istio cannot be read/) }]);
    expect(hasImport(graph)).toBe(false);
  });

  test("is told that a cluster which the stack makes is not read", async () => {
    const graph = await run({ more: { cluster: aKindCluster, mesh: { ...mesh, slot: 3 } } });
    expect(warnings.join("\n")).toMatch(/is not read in a cluster that this stack makes.*\[istio-unreadable\]/);
    expect(hasImport(graph)).toBe(false);
    expect(server.requests).toEqual([]);
  });

  test("takes its roots from the cluster, the first as the active one, and says so", async () => {
    const before = await federation(await run());
    const objects = { ...nothing, rootCert: (await makeRoot("Other Root", { kind: "ec" })).certPem + ofNorth.pem };
    const graph = await run({ objects, before, more: { peers: {}, imports: [], exports: [] } });
    expect((await federation(graph)).mesh.roots.map(({ use }: any) => use)).toEqual(["active", "next"]);
    expect(codes()).toContain("istio-active-root-unknown");
  });
});

test("a managed Istio needs nothing of its owner", async () => {
  const istio = { provider: "managed", version: "1.30.1" };
  const graph = await run({ more: { istio, ca: { provider: "external" } } });
  expect(graph.result).not.toHaveProperty("istioSettings");
  expect([codes(), server.requests]).toEqual([[], []]);
});
