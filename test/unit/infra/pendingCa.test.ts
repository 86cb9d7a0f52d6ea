import type { MeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { numberedRequests } from "../../../federation/contract/trustOutputs.ts";
import { refuseInstalledIstio } from "../../../infra/pendingCa.ts";
import { makeRequest } from "../../support/pki.ts";
import { valueOf } from "../components/graph.ts";
import { FakeApiServer } from "../kube/apiServer.ts";
import { trustMocks } from "../support/trust.ts";
import { committed, run } from "./meshStack.ts";

const pki = trustMocks({ west: "cluster.local" });

/** Whether the cluster has istiod. */
let isInstalled = false;
let server: FakeApiServer;
beforeAll(async () => {
  server = await FakeApiServer.start((url) =>
    isInstalled && url.endsWith("/deployments/istiod") ? { status: 200, body: {} } : { status: 404, body: {} },
  );
});
afterAll(() => server.stop());
beforeEach(() => {
  isInstalled = false;
  jest.spyOn(console, "warn").mockImplementation(() => undefined);
});

/** Runs west's program, for which nobody has signed yet. */
async function pending(own: object, config: Record<string, unknown> = committed("west")) {
  const graph = await run("west", {
    config,
    invoke: (_token, { name }: { name: string }) => ({ outputs: name.endsWith("/west") ? own : {} }),
    stateOf: (type, name) => {
      if (name.endsWith("-kubeconfig")) return { stdout: server.kubeconfig };
      if (name.endsWith("-network")) return { stdout: "subnet 172.18.0.0/16\naddress 172.18.0.2/16\n" };
      return type.startsWith("tls:") ? { privateKeyPem: "a key", certRequestPem: "a request" } : {};
    },
  });
  const { pendingCertificate, ...outputs } = graph.result;
  return {
    names: graph.resources.map(({ name }) => name),
    outputs: Object.keys(outputs).sort(),
    pending: await valueOf(pendingCertificate as never),
  };
}

describe("a mesh that has no certificate yet", () => {
  test("makes a key alone first", async () => {
    const { names, outputs, pending: said } = await pending({});
    expect([names, outputs]).toEqual([["ca", "ca-key", "ca-request"], ["certificateRequests"]]);
    expect(said).toMatchObject({ from: 'stack "trust"' });
  });

  test("makes its cluster while it waits, without Istio", async () => {
    const { names, outputs } = await pending((await pki).requestsOf("west"));
    expect(outputs).toEqual(["certificateRequests", "kubeconfig"]);
    expect(names).toEqual(expect.arrayContaining(["ca-key", "west", "load-balancer"]));
    expect(names).not.toContain("istio");
  });

  test("registers an existing cluster at once, which it would forget otherwise", async () => {
    const { cluster: _cluster, ...rest } = committed("west") as Record<string, unknown>;
    const existing = {
      ...rest,
      "mesh-federation:cluster": { provider: "existing" },
      "mesh-federation:kubeconfig": server.kubeconfig,
    };
    expect((await pending({}, existing)).outputs).toContain("kubeconfig");
  });

  test("fails where an earlier `up` has installed Istio, which this one would remove", async () => {
    const config = { mesh: { name: "west" }, cluster: { provider: "kind" }, istio: { provider: "managed" } };
    const check = () => refuseInstalledIstio(config as MeshConfig, server.kubeconfig, "nobody has signed");
    await expect(check()).resolves.toBeUndefined();
    isInstalled = true;
    await expect(check()).rejects.toThrow(/\[ca-certificate-missing\]/);
  });

  test("publishes requests of its last four keys, in the order of their numbers", async () => {
    const { requestPem: pem } = await makeRequest("west");
    const own = { certificateRequests: [2, 7, 9, 8].map((key) => ({ key, pem })) };
    const config = { ...committed("west"), "mesh-federation:ca": { provider: "shared", key: 10 } };
    const { names } = await pending(own, config);
    expect(names.filter((name) => /^ca-\d+$/.test(name))).toEqual(["ca-7", "ca-8", "ca-9", "ca-10"]);
    expect(numberedRequests(own)).toHaveLength(4);
  });
});
