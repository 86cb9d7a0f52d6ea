import { managedBy } from "../../../federation/objects/labels.ts";
import { isUnreachable } from "../../../kube/errors.ts";
import { readLiveCluster } from "../../../kube/liveCluster.ts";
import { anExport, identity } from "../federation/fixtures.ts";
import { FakeApiServer } from "./apiServer.ts";

const object = (name: string, spec: object, labels = {}) => ({ metadata: { name, namespace: "shop", labels }, spec });
const pod = (serviceAccountName: string, phase: string, metadata = {}, spec = {}) => ({
  metadata: { name: serviceAccountName, ...metadata },
  spec: { serviceAccountName, ...spec },
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

const empty = { imports: [], exports: [], identity: identity("west") };

let server: FakeApiServer;
afterEach(() => server.stop());

describe("the live cluster", () => {
  test("reads the services of exports with the accounts of their pods, and objects of others", async () => {
    server = await FakeApiServer.start((url) => {
      const found = objects[url.split("?")[0]!];
      return found ? { status: 200, body: found } : { status: 404, body: {} };
    });
    const plan = { ...empty, exports: [{ spec: anExport() }] };
    expect(await readLiveCluster(server.kubeconfig, undefined, plan)).toEqual({
      services: [
        {
          namespace: "httpbin",
          name: "httpbin",
          ports: [{ name: "", number: 8000, targetPort: 8000, protocol: "TCP" }],
          selector: { app: "httpbin" },
          kind: undefined,
          exportTo: [],
          nodeLocal: false,
        },
      ],
      rules: [
        {
          name: "theirs",
          clientTls: { ports: new Map() },
          namespace: "shop",
          hosts: ["cart.shop.svc.cluster.local"],
          exportTo: [],
          subsets: ["v1"],
          selective: false,
          tls: { rule: undefined, subsets: new Map([["v1", { all: undefined, ports: new Map() }]]) },
        },
      ],
      entries: [],
      accounts: new Map([["httpbin", ["a", "b"]]]),
      pods: new Map([["httpbin", ["b", "a"].map((name) => ({ name, ports: [], proxy: "none", named: false }))]]),
      domains: {},
      unread: [],
    });
    expect(server.requests.map(({ url }) => url.split("?")[0])).toHaveLength(5);
  });

  test("reads what keeps the gateway from passing calls on", async () => {
    const tls = { mode: "SIMPLE" };
    const spec = {
      type: "ClusterIP",
      clusterIP: "None",
      internalTrafficPolicy: "Local",
      ports: [{ name: "web", port: 53, protocol: "UDP", appProtocol: "grpc" }],
      selector: { app: "httpbin" },
    };
    const annotations = { "networking.istio.io/exportTo": " shop, ~" };
    const label = { "security.istio.io/tlsMode": "istio" };
    const proxy = [{ name: "istio-proxy", ports: [{ name: "metrics", containerPort: 15090 }] }];
    const answers: Record<string, unknown> = {
      ...objects,
      "/api/v1/namespaces/httpbin/services/httpbin": {
        metadata: { namespace: "httpbin", name: "httpbin", annotations },
        spec,
      },
      "/api/v1/namespaces/httpbin/pods": {
        items: [
          pod("a", "Running", { labels: label }, { containers: proxy }),
          pod(
            "b",
            "Running",
            { labels: { ...label, "statefulset.kubernetes.io/pod-name": "b" } },
            { initContainers: proxy },
          ),
          pod("c", "Running", { annotations: { "ambient.istio.io/redirection": "enabled" } }),
          pod("d", "Running", {}, { containers: proxy }),
          pod("e", "Running", { labels: label }, { containers: [{ name: "app", ports: [{ containerPort: 80 }] }] }),
        ],
      },
      "/apis/networking.istio.io/v1/destinationrules": {
        items: [
          object("top", { host: "cart", trafficPolicy: { tls: { sni: "x" }, connectionPool: {} } }),
          object("pool", { host: "cart", trafficPolicy: { connectionPool: {} }, workloadSelector: {} }),
          object("ports", {
            host: "cart",
            trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls }, { port: { number: 81 } }] },
            subsets: [{ name: "v1", trafficPolicy: { tls } }],
          }),
        ],
      },
    };
    server = await FakeApiServer.start((url) => {
      const found = answers[url.split("?")[0]!];
      return found ? { status: 200, body: found } : { status: 404, body: {} };
    });
    const plan = { ...empty, exports: [{ spec: anExport() }] };
    const live = await readLiveCluster(server.kubeconfig, undefined, plan);
    expect(live.services).toMatchObject([
      { kind: "headless", exportTo: ["shop", "~"], nodeLocal: true, ports: [{ protocol: "UDP", appProtocol: "grpc" }] },
    ]);
    const [metrics, web] = [{ name: "metrics", number: 15090 }, { number: 80 }];
    expect(live.pods!.get("httpbin")).toEqual([
      { name: "a", ports: [metrics], proxy: "sidecar", named: false },
      { name: "b", ports: [metrics], proxy: "sidecar", named: true },
      { name: "c", ports: [], proxy: "ambient", named: false },
      { name: "d", ports: [metrics], proxy: "unlabelled", named: false },
      { name: "e", ports: [web], proxy: "none", named: false },
    ]);
    const [none, simple] = [new Map(), { all: "SIMPLE", ports: new Map() }];
    expect(live.rules.map(({ name, selective, tls: modes }) => [name, selective, modes])).toEqual([
      ["top", false, { rule: { all: "DISABLE", ports: none }, subsets: none }],
      ["pool", true, { rule: { all: undefined, ports: none }, subsets: none }],
      [
        "ports",
        false,
        { rule: { all: undefined, ports: new Map([[80, "SIMPLE"]]) }, subsets: new Map([["v1", simple]]) },
      ],
    ]);
    expect(server.requests).toHaveLength(5);
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
      readLiveCluster(server.kubeconfig, undefined, { ...empty, imports: imports as never });
    const { virtualServices } = await read([{ host: "cart", routes: { timeout: "10s" } }]);
    expect(virtualServices?.map(({ name }) => name)).toEqual(["mesh", "both"]);
    expect((await read([{ host: "cart" }])).virtualServices).toBeUndefined();
  });

  test("reads the cluster domain of an Istio's revision and of the nodes, as far as it may", async () => {
    const configMap = (data: object) => ({ status: 200, body: { metadata: {}, data } });
    const answers: Record<string, ReturnType<typeof configMap>> = {
      "/api/v1/namespaces/mesh/configmaps/istio-sidecar-injector-blue": configMap({
        values: JSON.stringify({ global: { proxy: { clusterDomain: "corp.example" } } }),
      }),
      "/api/v1/namespaces/kube-system/configmaps/kubelet-config": configMap({ kubelet: "clusterDomain: node.example" }),
    };
    const domainsOf = async (url: string): Promise<unknown> => {
      const list = { status: 200, body: { items: [] } };
      const hidden = { status: 403, body: { message: "forbidden" } };
      server = await FakeApiServer.start((asked) =>
        asked.includes("configmaps") ? (asked === url ? answers[asked] : hidden) : list,
      );
      const istio = { namespace: "mesh", revision: "blue" };
      const { domains, unread } = await readLiveCluster(server.kubeconfig, undefined, empty, undefined, { istio });
      expect(unread).toEqual([]);
      await server.stop();
      return domains;
    };
    const [ofIstio, ofNodes] = Object.keys(answers);
    expect(await domainsOf(ofIstio!)).toEqual({
      istio: { domain: "corp.example", object: "ConfigMap mesh/istio-sidecar-injector-blue" },
    });
    expect(await domainsOf(ofNodes!)).toEqual({
      nodes: { domain: "node.example", object: "ConfigMap kube-system/kubelet-config" },
    });
  });

  test("names what the API server denies, and reads the rest", async () => {
    server = await FakeApiServer.start((url) => {
      const found = url.includes("pods") ? undefined : objects[url.split("?")[0]!];
      return found ? { status: 200, body: found } : { status: 403, body: { message: "forbidden" } };
    });
    const plan = { ...empty, exports: [{ spec: anExport() }] };
    expect(await readLiveCluster(server.kubeconfig, undefined, plan)).toMatchObject({
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
    const { unread } = await readLiveCluster(server.kubeconfig, undefined, empty);
    expect(unread).toEqual([]);
  });

  test("rejects where no server listens", async () => {
    server = await FakeApiServer.start(() => undefined);
    const { kubeconfig } = server;
    await server.stop();
    server = await FakeApiServer.start(() => undefined);
    const error = await readLiveCluster(kubeconfig, undefined, empty).catch((e: unknown) => e);
    expect(isUnreachable(error)).toBe(true);
  });
});
