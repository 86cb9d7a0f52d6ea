import { managedBy } from "../../../federation/objects/labels.ts";
import { isUnreachable } from "../../../kube/errors.ts";
import { readLiveCluster } from "../../../kube/liveCluster.ts";
import { anExport } from "../federation/fixtures.ts";
import { FakeApiServer } from "./apiServer.ts";

const object = (name: string, spec: object, labels = {}) => ({ metadata: { name, namespace: "shop", labels }, spec });
const pod = (serviceAccountName: string, phase: string) => ({
  metadata: {},
  spec: { serviceAccountName },
  status: { phase },
});

/** Answers by the start of a path; any other object does not exist. */
const objects: Record<string, unknown> = {
  "/apis/networking.istio.io/v1/destinationrules": {
    items: [
      object("theirs", { host: "cart", subsets: [{ name: "v1" }] }),
      object("ours", { host: "x.y" }, { "app.kubernetes.io/managed-by": managedBy }),
    ],
  },
  "/api/v1/namespaces/httpbin/services/httpbin": {
    metadata: { namespace: "httpbin", name: "httpbin" },
    spec: { ports: [{ port: 8000 }], selector: { app: "httpbin" } },
  },
  "/api/v1/namespaces/httpbin/pods": {
    items: [pod("b", "Running"), pod("a", "Pending"), pod("old", "Succeeded")],
  },
};

let server: FakeApiServer;
afterEach(() => server.stop());

describe("the live cluster", () => {
  test("reads the services of exports with the accounts of their pods, and objects of others", async () => {
    server = await FakeApiServer.start((url) => {
      const found = objects[url.split("?")[0]!];
      return found ? { status: 200, body: found } : { status: 404, body: {} };
    });
    const plan = { imports: [], exports: [{ spec: anExport() }] };
    expect(await readLiveCluster(server.kubeconfig, undefined, plan as never)).toEqual({
      services: [
        {
          namespace: "httpbin",
          name: "httpbin",
          ports: [{ name: "", number: 8000, targetPort: 8000, protocol: "TCP" }],
          selector: { app: "httpbin" },
        },
      ],
      rules: [
        { name: "theirs", namespace: "shop", hosts: ["cart.shop.svc.cluster.local"], exportTo: [], subsets: ["v1"] },
      ],
      entries: [],
      accounts: new Map([["httpbin", ["a", "b"]]]),
      unread: [],
    });
  });

  test("reads VirtualServices for sidecars where an import has routes", async () => {
    const items = [
      object("mesh", { hosts: ["cart"] }),
      object("both", { hosts: ["cart"], gateways: ["shop/public", "mesh"] }),
      object("public", { hosts: ["cart"], gateways: ["shop/public"] }),
    ];
    server = await FakeApiServer.start((url) => ({
      status: 200,
      body: { items: url.includes("virtualservices") ? items : [] },
    }));
    const read = (imports: unknown[]) =>
      readLiveCluster(server.kubeconfig, undefined, { imports, exports: [] } as never);
    const { virtualServices } = await read([{ host: "cart", routes: { timeout: "10s" } }]);
    expect(virtualServices?.map(({ name }) => name)).toEqual(["mesh", "both"]);
    expect((await read([{ host: "cart" }])).virtualServices).toBeUndefined();
  });

  test("names what the API server denies, and reads the rest", async () => {
    server = await FakeApiServer.start((url) => {
      const found = url.includes("pods") ? undefined : objects[url.split("?")[0]!];
      return found ? { status: 200, body: found } : { status: 403, body: { message: "forbidden" } };
    });
    const plan = { imports: [], exports: [{ spec: anExport() }] };
    expect(await readLiveCluster(server.kubeconfig, undefined, plan as never)).toMatchObject({
      services: [{ namespace: "httpbin", name: "httpbin" }],
      unread: [
        { object: "ServiceEntries", reason: "403: forbidden" },
        { object: "pods of namespace httpbin", reason: "403: forbidden" },
      ],
    });
  });

  test("reads again what a server that starts answers with an error once", async () => {
    const asked = new Map<string, number>();
    server = await FakeApiServer.start((url) => {
      asked.set(url, (asked.get(url) ?? 0) + 1);
      return asked.get(url) === 1 ? { status: 503, body: {} } : { status: 200, body: { items: [] } };
    });
    const { unread } = await readLiveCluster(server.kubeconfig, undefined, { imports: [], exports: [] });
    expect(unread).toEqual([]);
  });

  test("rejects where no server listens", async () => {
    server = await FakeApiServer.start(() => undefined);
    const { kubeconfig } = server;
    await server.stop();
    server = await FakeApiServer.start(() => undefined);
    const error = await readLiveCluster(kubeconfig, undefined, { imports: [], exports: [] }).catch((e: unknown) => e);
    expect(isUnreachable(error)).toBe(true);
  });
});
