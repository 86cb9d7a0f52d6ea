import { readExistingIstio } from "../../../kube/existingIstio.ts";
import { FakeApiServer } from "./apiServer.ts";

const istiod = {
  name: "discovery",
  env: [
    { name: "A", value: "1" },
    { name: "B", valueFrom: {} },
  ],
};
const deployment = { spec: { template: { spec: { containers: [{ name: "other", env: [] }, istiod] } } } };
const api = "/api/v1/namespaces/mesh/configmaps";

const all = { roots: true, mesh: true, env: true };
const roots = { roots: true, mesh: false, env: false };

let server: FakeApiServer;
afterEach(() => server.stop());

describe("the objects of an existing Istio", () => {
  test("are those of its revision", async () => {
    const objects: Record<string, unknown> = {
      [`${api}/istio-ca-root-cert`]: { data: { "root-cert.pem": "PEM" } },
      [`${api}/istio-canary`]: { data: { mesh: "trustDomain: east.example" } },
      "/apis/apps/v1/namespaces/mesh/deployments/istiod-canary": deployment,
    };
    server = await FakeApiServer.start((url) =>
      objects[url] ? { status: 200, body: objects[url] } : { status: 404, body: {} },
    );
    const place = { namespace: "mesh", revision: "canary" };
    expect(await readExistingIstio(server.kubeconfig, undefined, place, all)).toEqual({
      objects: { rootCert: "PEM", mesh: "trustDomain: east.example", env: { A: "1", B: undefined } },
      unread: [],
    });
    const { unread } = await readExistingIstio(server.kubeconfig, undefined, { namespace: "mesh" }, all);
    expect(unread.map(({ object }) => object).sort()).toEqual(["ConfigMap mesh/istio", "Deployment mesh/istiod"]);
    server.requests.length = 0;
    await readExistingIstio(server.kubeconfig, undefined, place, roots);
    expect(server.requests.map(({ url }) => url)).toEqual([`${api}/istio-ca-root-cert`]);
  });

  test("are named where they lack what is read of them", async () => {
    server = await FakeApiServer.start(() => ({ status: 200, body: { data: { other: "x" } } }));
    const { objects, unread } = await readExistingIstio(server.kubeconfig, undefined, { namespace: "mesh" }, all);
    expect(objects).toEqual({ rootCert: undefined, mesh: undefined, env: {} });
    const reason = "it lacks the field that is read";
    expect(unread.sort((a, b) => a.object.localeCompare(b.object))).toEqual([
      { object: "ConfigMap mesh/istio", reason },
      { object: "ConfigMap mesh/istio-ca-root-cert", reason },
    ]);
  });

  test("are named where they are denied, or no server answers", async () => {
    server = await FakeApiServer.start(() => ({ status: 403, body: { message: "forbidden" } }));
    const denied = await readExistingIstio(server.kubeconfig, undefined, { namespace: "mesh" }, roots);
    expect(denied.unread).toEqual([{ object: "ConfigMap mesh/istio-ca-root-cert", reason: "403: forbidden" }]);
    const { kubeconfig } = server;
    await server.stop();
    const gone = await readExistingIstio(kubeconfig, undefined, { namespace: "mesh" }, roots);
    expect(gone.unread).toHaveLength(1);
    server = await FakeApiServer.start(() => undefined);
  });
});
