import { named, valueOf } from "../components/graph.ts";
import { committed, run } from "./meshStack.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({ services: [], rules: [], entries: [], accounts: new Map(), unread: [] }),
}));

let warnings: string[];
beforeEach(() => {
  warnings = [];
  jest.spyOn(console, "warn").mockImplementation((text: string) => void warnings.push(text));
});

/** A committed stack with a quarantine. */
const config = (stack: string, quarantine: string[], more: Record<string, unknown> = {}) => ({
  ...committed(stack),
  "mesh-federation:quarantine": quarantine,
  ...more,
});

describe("a mesh stack with a quarantine", () => {
  // What is read as the contract of far is that of another mesh.
  const far = { "mesh-federation:peers": { far: { trustDomain: "far.local" } } };

  test("reads no contract of another mesh for that of a peer", async () => {
    await expect(run("west", { config: config("west", [], far) })).rejects.toMatchObject({
      code: "contract-of-other-mesh",
    });
  });

  test.each([true, false])("denies the peer in the root namespace, whatever it publishes (preview: %s)", async (p) => {
    const values = { meshConfig: { rootNamespace: "mesh-root" } };
    const istio = { "mesh-federation:istio": { provider: "managed", values } };
    const graph = await run("west", { config: config("west", ["far"], { ...far, ...istio }), preview: p });
    const policy = named(graph, "quarantine-far-policy");
    expect(policy.type).toBe("kubernetes:security.istio.io/v1:AuthorizationPolicy");
    expect(policy.inputs).toMatchObject({
      metadata: { name: "quarantine-far", namespace: "mesh-root" },
      spec: { action: "DENY", rules: [{ from: [{ source: { principals: ["far.local/*"] } }] }] },
    });
    expect([policy.parent, named(graph, "quarantine-far").dependencies]).toEqual([
      "quarantine-far",
      expect.arrayContaining(["istio-istiod"]),
    ]);
    expect(warnings.join("\n")).toMatch(/mesh "far" is in quarantine, and .*\[contract-of-other-mesh\]/);
    // The guard is deleted before the policy.
    expect(named(graph, "export-guard").dependencies).toEqual(expect.arrayContaining(["quarantine-far-policy"]));
    if (p) return;
    expect((await valueOf(graph.result.federation!)).quarantine).toEqual([
      { mesh: "far", trustDomains: ["far.local"] },
    ]);
  });

  test("drops the exports that are for the peer alone, and keeps the guard, where no policy can deny it", async () => {
    const before = await run("west");
    expect(named(before, "export-httpbin-gateway")).toBeDefined();
    const graph = await run("west", { config: config("west", ["east"]) });
    expect(graph.resources.filter(({ name }) => /^(export-httpbin|quarantine)/.test(name))).toEqual([]);
    const contract = await valueOf(graph.result.federation!);
    expect([contract.exports, contract.quarantine]).toEqual([[], [{ mesh: "east", trustDomains: [] }]]);
    expect(named(graph, "export-guard-importers").inputs).toEqual(named(before, "export-guard-importers").inputs);
    expect(warnings.join("\n")).toMatch(/quarantine of mesh "east": no policy denies .*\[quarantine-not-denied\]/);
  });

  test("removes the imports of the peer, and requireImports does not mind", async () => {
    const graph = await run("east", { config: config("east", ["west"], { "mesh-federation:requireImports": true }) });
    expect(graph.resources.filter(({ name }) => name.startsWith("import-"))).toEqual([]);
    const { imports, pendingImports } = await valueOf(graph.result.federation!);
    expect([imports, pendingImports]).toEqual([
      [],
      [{ name: "httpbin", from: "west", reason: 'mesh "west" is in quarantine', cause: "quarantine" }],
    ]);
    expect(warnings.join("\n")).toContain(
      'import "httpbin" from mesh "west" is off while mesh "west" is in quarantine',
    );
  });

  test.each(["wset", "east"])("refuses the name %s before any resource", async (name) => {
    await expect(run("east", { config: config("east", [name]) })).rejects.toMatchObject({
      code: "config-invalid",
      details: [{ code: "config-peer-unknown", subject: "quarantine" }],
    });
  });
});
