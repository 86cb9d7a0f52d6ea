import { named, valueOf } from "../components/graph.ts";
import { committed, run } from "./meshStack.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({ services: [], rules: [], entries: [], accounts: new Map(), unread: [] }),
}));

beforeEach(() => void jest.spyOn(console, "warn").mockImplementation(() => undefined));

describe("a mesh with a managed gateway", () => {
  test("publishes the gateway address and exposes exactly the exported host", async () => {
    const graph = await run("west");
    expect(named(graph, "export-httpbin-gateway").inputs.spec.servers).toEqual([
      {
        port: { number: 15443, name: "tls", protocol: "TLS" },
        hosts: ["httpbin.httpbin.svc.cluster.local"],
        tls: { mode: "AUTO_PASSTHROUGH" },
      },
    ]);
    expect(named(graph, "east-west-gateway-service").inputs.spec.ports.map((p: { port: number }) => p.port)).toEqual([
      15021, 15443,
    ]);
    expect(named(graph, "east-west-gateway-chart").inputs).toMatchObject({
      name: "istio-eastwestgateway",
      namespace: "istio-system",
      chart: "gateway",
      version: "1.30.5",
      values: { networkGateway: "network-west", replicaCount: 1, autoscaling: { enabled: false } },
    });
    const contract = await valueOf(graph.result.federation!);
    expect(contract.gateways).toEqual([{ address: "172.18.128.1", port: 15443 }]);
    expect(contract.exports[0]!.subjectAltNames).toEqual(["spiffe://cluster.local/ns/httpbin/sa/httpbin"]);
  });

  test("publishes ports of nodes and weights, and makes the gateway's namespace, where its owner says so", async () => {
    const gateway = {
      provider: "managed",
      namespace: "gateways",
      createNamespace: true,
      addresses: ["192.0.2.1", { address: "192.0.2.2", port: 31443, weight: 3 }],
      port: 30443,
      values: { service: { type: "NodePort" } },
    };
    const graph = await run("west", { config: { ...committed("west"), "mesh-federation:gateway": gateway } });
    expect(named(graph, "east-west-gateway-chart").dependencies).toContain("east-west-gateway-namespace");
    expect(named(graph, "east-west-gateway-service").inputs).toMatchObject({
      metadata: { namespace: "gateways", annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { type: "NodePort", ports: [{ port: 15021 }, { port: 15443, nodePort: 30443 }] },
    });
    expect((await valueOf(graph.result.federation!)).gateways).toEqual([
      { address: "192.0.2.1", port: 30443 },
      { address: "192.0.2.2", port: 31443, weight: 3 },
    ]);
  });

  test.each([
    { istio: { version: "1.30.2" }, version: "1.30.2", proxy: "docker.io/istio/proxyv2:1.30.2", revision: "" },
    {
      istio: { tag: "1.30.5-patched" },
      version: "1.30.5",
      proxy: "docker.io/istio/proxyv2:1.30.5-patched",
      revision: "",
    },
    {
      istio: { provider: "existing", version: "1.30.1", revision: "canary" },
      version: "1.30.1",
      proxy: "1.30.1",
      revision: "canary",
    },
  ])("rolls its gateway with the Istio of $istio", async ({ istio, version, proxy, revision }) => {
    const config = { ...committed("west"), "mesh-federation:istio": { provider: "managed", ...istio } };
    const { inputs } = named(await run("west", { config }), "east-west-gateway-chart");
    expect(inputs).toMatchObject({
      version,
      values: { revision, podAnnotations: { "mesh-federation.dev/proxy-version": proxy } },
    });
  });
});
