import { signIntermediate } from "../../../federation/trust/constrainedCa.ts";
import { makeRequest, makeRoot } from "../../support/pki.ts";
import { named, valueOf, type Graph } from "../components/graph.ts";
import { committed, run, westContract } from "./meshStack.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({ services: [], rules: [], entries: [], accounts: new Map(), unread: [] }),
}));
// The cluster of the existing mesh does not answer.
jest.mock("../../../kube/existingIstio.ts", () => ({
  ...jest.requireActual<object>("../../../kube/existingIstio.ts"),
  readExistingIstio: async () => ({ objects: {}, unread: [] }),
}));

beforeEach(() => void jest.spyOn(console, "warn").mockImplementation(() => undefined));

const absent = () => Promise.reject(new Error('unknown stack "organization/mesh-federation/west"'));

describe("a mesh stack", () => {
  test("reads a peer's state again while it is written, and reports other failures at once", async () => {
    const failures = ["failed to load checkpoint: EOF", "failed to load checkpoint: EOF"];
    let asked = 0;
    const peer = (message: string | undefined) =>
      message
        ? Promise.reject(new Error(`invocation of pulumi:pulumi:readStackOutputs returned an error: ${message}`))
        : { outputs: { federation: westContract } };
    const graph = await run("east", { peer: () => peer(failures[asked++]) });
    expect(named(graph, "import-west-httpbin-entry").inputs.spec.endpoints).toHaveLength(1);
    expect(asked).toBe(3);
    await expect(
      run("east", { peer: () => peer(asked++ < 4 ? "failed to load checkpoint: access denied" : undefined) }),
    ).rejects.toThrow(/access denied/);
    expect(asked).toBe(4);
  });

  test("creates the entry of an import in the client's namespace, after istiod, and no rule", async () => {
    const graph = await run("east");
    expect(graph.resources.filter(({ type }) => type.endsWith(":DestinationRule"))).toEqual([]);
    const entry = named(graph, "import-west-httpbin-entry");
    expect(entry.inputs.spec.endpoints).toEqual([
      expect.objectContaining({
        address: "172.18.128.1",
        ports: { http: 15443 },
        network: "peer-west",
        locality: "west/west-1",
      }),
    ]);
    expect(entry.inputs.metadata.namespace).toBe("sleep");
    // Children start after their component, and a component after what it depends on.
    expect(named(graph, "import-west-httpbin").dependencies).toEqual(
      expect.arrayContaining(["istio-istiod", "sleep-namespace"]),
    );
    const { federation, samples } = graph.result;
    expect((await valueOf(federation!)).imports).toEqual([
      expect.objectContaining({ id: "west-httpbin", name: "httpbin", from: "west", visibleTo: ["sleep"] }),
    ]);
    expect((await valueOf(federation!)).pendingImports).toEqual([]);
    expect(samples).toEqual({ client: { namespace: "sleep", app: "sleep", container: "sleep" } });
  });

  test("announces the end of a CA that its signer has not renewed", async () => {
    const [root, { requestPem }] = [await makeRoot("a root"), await makeRequest("east")];
    const warned: string[] = [];
    jest.spyOn(console, "warn").mockImplementation((text) => void warned.push(String(text)));
    for (const days of [20, 40]) {
      const [notBefore, notAfter] = [-300, days].map((count) => new Date(Date.now() + count * 86_400_000));
      const dates = { notBefore: notBefore!, notAfter: notAfter! };
      const certificate = await signIntermediate({ requestPem, issuer: root, trustDomain: "cluster.local", ...dates });
      const outputs = { roots: [{ number: 1, pem: root.certPem }], certificates: { east: [certificate] } };
      await run("east", {
        invoke: (_token, { name }: { name: string }) => ({
          outputs: name.endsWith("/trust") ? outputs : { certificateRequests: [{ key: 1, pem: requestPem }] },
        }),
      });
      const told = warned.splice(0).filter((text) => text.includes("ca-certificate-ends"));
      expect([days, told.length]).toEqual([days, days === 20 ? 1 : 0]);
    }
  });

  test("gets its slot of the Docker network", async () => {
    for (const [stack, range] of [
      ["east", "172.18.64.1-172.18.127.254"],
      ["west", "172.18.128.1-172.18.191.254"],
    ] as const)
      expect(named(await run(stack), "load-balancer-pool").inputs.spec).toEqual({ addresses: [range] });
  });

  test("starts istiod after its CA, with DNS capture, access log and identity", async () => {
    const graph = await run("west");
    const istiod = named(graph, "istio-istiod");
    expect(istiod.dependencies).toEqual(expect.arrayContaining(["istio-base", "istio-cacerts"]));
    expect(istiod.inputs.values).toMatchObject({
      base: { validationFailurePolicy: "Fail" },
      meshConfig: {
        accessLogFile: "/dev/stdout",
        trustDomain: "cluster.local",
        defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" } },
      },
      global: { meshID: "west-mesh", network: "network-west", multiCluster: { clusterName: "west" } },
    });
    expect(named(graph, "strict-mtls-policy").inputs.spec).toEqual({ mtls: { mode: "STRICT" } });
  });

  test("has the STRICT policy in the root namespace of Istio's values", async () => {
    const namespaceOf = async (istio: Record<string, unknown>) =>
      named(
        await run("west", { config: { ...committed("west"), "mesh-federation:istio": istio } }),
        "strict-mtls-policy",
      ).inputs.metadata.namespace;
    expect(await namespaceOf({ provider: "managed" })).toBe("istio-system");
    const values = { meshConfig: { rootNamespace: "mesh-root" } };
    expect(await namespaceOf({ provider: "managed", values })).toBe("mesh-root");
  });

  test("names resources after their parent and ties those in the cluster to its provider", async () => {
    const { resources } = await run("west");
    for (const r of resources.filter((r) => r.parent && !r.parent.startsWith("mesh-federation-")))
      expect(r.name.startsWith(`${r.parent}-`)).toBe(true);
    const inside = resources.filter(
      (r) => r.type.startsWith("kubernetes:") && r.type !== "kubernetes:helm.sh/v4:Chart",
    );
    expect(inside.length).toBeGreaterThan(10);
    for (const r of inside) expect([r.name, r.provider, r.deletedWith]).toEqual([r.name, "west-k8s", "west-k8s"]);
  });

  test("deletes a cluster before its replacement, for unchangeable inputs only", async () => {
    const before = named(await run("east"), "east-kind");
    expect(before.deleteBeforeReplace).toBe(true);
    const config = committed("east") as any;
    const moved = {
      ...config,
      "mesh-federation:cluster": { ...config["mesh-federation:cluster"], podSubnet: "10.20.0.0/16" },
    };
    expect(named(await run("east", { config: moved }), "east-kind").inputs.triggers).not.toEqual(
      before.inputs.triggers,
    );
    const other = { ...config, "mesh-federation:samples": [] };
    expect(named(await run("east", { config: other }), "east-kind").inputs.triggers).toEqual(before.inputs.triggers);
  });

  test.each([
    { name: "absent", peer: absent },
    { name: "empty", peer: () => ({ outputs: {} }) },
  ])("with an $name peer creates all but the import, also in preview", async ({ peer }) => {
    for (const preview of [true, false]) {
      const graph = await run("east", { peer, preview });
      expect(graph.resources.map((r) => r.name)).toEqual(expect.arrayContaining(["sleep-deployment", "istio-istiod"]));
      expect(graph.resources.filter((r) => r.name.startsWith("import-"))).toEqual([]);
      if (!preview)
        expect(((await valueOf((graph as Graph<any>).result.federation)) as any).pendingImports).toEqual([
          { name: "httpbin", from: "west", reason: expect.any(String) },
        ]);
    }
  });

  test("fails before any resource with requireImports and a pending import", async () => {
    const config = { ...committed("east"), "mesh-federation:requireImports": true };
    await expect(run("east", { peer: absent, config })).rejects.toMatchObject({
      code: "import-pending",
      subject: 'import "httpbin" from mesh "west"',
    });
  });

  test("exports the hosts of its own cluster domain", async () => {
    const mesh = { ...(committed("west")["mesh-federation:mesh"] as object), clusterDomain: "corp.example" };
    const config = { ...committed("west"), "mesh-federation:mesh": mesh };
    const graph = await run("west", { config, peer: () => ({ outputs: {} }) });
    expect(named(graph, "export-httpbin-gateway").inputs.spec.servers[0].hosts).toEqual([
      "httpbin.httpbin.svc.corp.example",
    ]);
    expect(graph.resources.map(({ name }) => name)).not.toContain("export-httpbin-entry");
  });

  test("creates only exports and imports in an existing mesh", async () => {
    const kubeconfig =
      "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: " +
      "[{name: c, cluster: {server: https://192.0.2.1:6443}}]\n";
    const graph = await run("west", {
      config: {
        ...committed("west"),
        "mesh-federation:cluster": { provider: "existing" },
        "mesh-federation:kubeconfig": kubeconfig,
        "mesh-federation:istio": { provider: "existing", version: "1.30.1" },
        "mesh-federation:gateway": { provider: "existing", addresses: ["192.0.2.9"] },
        "mesh-federation:samples": [],
      },
      secretKeys: ["mesh-federation:kubeconfig"],
    });
    expect(graph.resources.filter((r) => r.type.startsWith("kubernetes:")).map((r) => r.name)).toEqual([
      "export-httpbin-gateway",
    ]);
    expect((await valueOf(graph.result.federation!)).gateways).toEqual([{ address: "192.0.2.9", port: 15443 }]);
  });
});
