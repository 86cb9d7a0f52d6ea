import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { meshProgram } from "../../../infra/mesh.ts";
import { readLiveCluster } from "../../../kube/liveCluster.ts";
import { named, record, valueOf, type Graph, type RecordOptions } from "../components/graph.ts";
import { trustMocks } from "../support/trust.ts";
import { anExport, contract, smallestExport as httpbin } from "../federation/fixtures.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({ readLiveCluster: jest.fn() }));
const read = jest.mocked(readLiveCluster);
const nothing = { services: [], rules: [], entries: [], accounts: new Map(), unread: [] };

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  jest.spyOn(console, "warn").mockImplementation((text) => void warnings.push(String(text)));
  read.mockReset().mockResolvedValue(nothing);
});

const domains = ["cluster.local", "east.local", "west.local"];
/** What the trust stack has signed, by the trust domain of the mesh that asks. */
const trust = new Map(domains.map((domain) => [domain, trustMocks({ east: domain, west: domain })]));
const committed = (stack: string): Record<string, any> =>
  parse(readFileSync(`stacks/Pulumi.${stack}.yaml`, "utf8")).config;

/** Runs a mesh's program with its committed configuration changed; `peers` are what the others publish. */
async function run(
  stack: string,
  change: Record<string, unknown>,
  peers: Record<string, unknown>,
  more: RecordOptions = {},
) {
  const changed = Object.fromEntries(Object.entries(change).map(([key, value]) => [`mesh-federation:${key}`, value]));
  const config = { ...committed(stack), ...changed };
  const pki = await trust.get((config["mesh-federation:mesh"] as any)?.trustDomain ?? "cluster.local")!;
  return record(meshProgram, {
    stack,
    config,
    invoke: (token, inputs) => {
      if (token !== "pulumi:pulumi:readStackOutputs") return {};
      const name = inputs.name.split("/").at(-1);
      if (name === "trust") return { outputs: pki.trust };
      if (name === stack) return { outputs: pki.requestsOf(stack) };
      return { outputs: peers[name] ? { federation: peers[name] } : {} };
    },
    stateOf: (type, name) => {
      if (type.startsWith("tls:")) return pki.stateOf(type, stack);
      if (name.endsWith("-kubeconfig")) return { stdout: "KUBECONFIG" };
      if (name.endsWith("-network")) return { stdout: "subnet 172.18.0.0/16\naddress 172.18.0.2/16\n" };
      if (type === "kubernetes:core/v1:Service")
        return { status: { loadBalancer: { ingress: [{ ip: "172.18.128.1" }] } } };
      return {};
    },
    ...more,
  });
}

/** Names of everything a resource waits for, directly or by its component. */
function before(graph: Graph<unknown>, name: string): string[] {
  const own = named(graph, name);
  return [
    ...own.dependencies,
    ...(own.parent ? (graph.resources.find((r) => r.name === own.parent)?.dependencies ?? []) : []),
  ];
}

describe("the federation graph", () => {
  test("exposes an export after policy, entry and rule, with the export guard last", async () => {
    const graph = await run(
      "west",
      {
        exports: [
          {
            ...httpbin,
            host: "httpbin.mesh.global",
            selector: { app: "httpbin" },
            callers: ["sleep/sleep"],
            subsets: [{ name: "v1", labels: { version: "v1" } }],
          },
        ],
      },
      {},
    );
    expect(named(graph, "export-httpbin-gateway").dependencies).toEqual(
      expect.arrayContaining(["export-httpbin-policy", "export-httpbin-entry", "export-httpbin-rule"]),
    );
    expect(before(graph, "export-httpbin-policy")).toContain("httpbin-namespace");
    const guard = named(graph, "export-guard-importers");
    expect(JSON.parse(guard.inputs.environment.PEERS)).toEqual({
      east: { stack: "organization/mesh-federation/east" },
    });
    const waited = before(graph, "export-guard-importers");
    const real = graph.resources
      .filter((r) => r.type.startsWith("kubernetes:") || r.type.startsWith("command:"))
      .filter((r) => r !== guard);
    for (const resource of real) expect(waited.includes(resource.name) ? resource.name : waited).toBe(resource.name);
  });

  test("has no export guard without exports", async () => {
    expect(
      (await run("east", {}, { west: contract("west", [anExport()]) })).resources.filter((r) =>
        r.name.startsWith("export-guard"),
      ),
    ).toEqual([]);
  });

  test("has a WorkloadEntry and no ServiceEntry for a blended import, after its rule", async () => {
    read.mockResolvedValue({
      ...nothing,
      services: [
        {
          namespace: "httpbin",
          name: "httpbin",
          ports: [{ name: "http", number: 8000, targetPort: 8080 }],
          selector: { app: "httpbin" },
        },
      ],
    });
    const graph = await run(
      "east",
      { imports: [{ name: "httpbin", from: "west", visibleTo: ["*"], blend: { labels: { app: "httpbin" } } }] },
      { west: contract("west", [anExport()]) },
    );
    expect(named(graph, "import-west-httpbin-workload-0").dependencies).toEqual(
      expect.arrayContaining(["import-west-httpbin-rule"]),
    );
    expect(graph.resources.filter((r) => r.inputs?.kind === "ServiceEntry")).toEqual([]);
    expect((await valueOf(graph.result.federation!)).imports[0]).toMatchObject({
      blended: true,
      visibleTo: ["*"],
      namespace: "httpbin",
    });
  });

  test("needs no alias for callers of the importer's own trust domain", async () => {
    const graph = await run("west", { exports: [httpbin], peers: { east: { trustDomain: "east.local" } } }, {});
    // The stack file of east, which knows best, says cluster.local.
    expect(named(graph, "istio-istiod").inputs.values.meshConfig.caCertificates).toBeUndefined();
    const other = await run(
      "west",
      { mesh: { ...committed("west")["mesh-federation:mesh"], trustDomain: "west.local" }, exports: [httpbin] },
      {},
    );
    expect(named(other, "istio-istiod").inputs.values.meshConfig).toMatchObject({
      trustDomain: "west.local",
      caCertificates: [{ trustDomains: ["cluster.local"] }],
    });
    expect((await valueOf(other.result.federation!)).mesh.acceptedTrustDomains).toEqual(["cluster.local"]);
  });

  test("is complete with a warning while the cluster is unreachable", async () => {
    read.mockRejectedValue(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
    const graph = await run("east", {}, { west: contract("west", [anExport()]) });
    expect(named(graph, "import-west-httpbin-entry")).toBeDefined();
    expect(warnings.join("\n")).toMatch(
      /cluster of mesh "east" cannot be read \(connect ECONNREFUSED\), so imports and exports were not compared/,
    );
  });

  test("ignores a rule outside of the root namespace in Istio's values", async () => {
    const rule = { name: "other", hosts: ["httpbin.httpbin.svc.cluster.local"], exportTo: [], subsets: [] };
    read.mockResolvedValue({ ...nothing, rules: [{ ...rule, namespace: "istio-system" }] });
    const istio = { provider: "managed", values: { meshConfig: { rootNamespace: "mesh-root" } } };
    const graph = await run("east", { istio }, { west: contract("west", [anExport()]) });
    expect(named(graph, "import-west-httpbin-entry")).toBeDefined();
  });

  test("rejects the removal of an imported export unless it is allowed", async () => {
    const spec = {
      name: "httpbin",
      from: "west",
      host: "httpbin.httpbin.svc.cluster.local",
      namespace: "sleep",
      visibleTo: ["sleep"],
      ports: httpbin.ports,
    };
    const east = { ...contract("east"), imports: [spec] };
    await expect(run("west", { exports: [] }, { east })).rejects.toMatchObject({
      code: "exports-mismatch",
      details: [{ code: "export-breaks-import", subject: 'export "httpbin"' }],
    });
    const graph = await run("west", { exports: [], allowBreaking: ["httpbin"] }, { east });
    expect(graph.resources.some((r) => r.name.startsWith("export-httpbin"))).toBe(false);
    // Its removal is not this update's to refuse.
    expect(named(graph, "export-guard-importers")).toBeDefined();
  });
});
