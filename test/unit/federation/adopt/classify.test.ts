import { classify } from "../../../../federation/adopt/classify.ts";
import { objectId } from "../../../../federation/adopt/handMade.ts";
import { cluster, object, pageEntry, pageRule, passthrough, service, settings } from "./fixtures.ts";

const adopted = (...args: Parameters<typeof classify>): string[] =>
  classify(...args)
    .objects.map(({ object: o, role }) => `${role} ${objectId(o)}`)
    .sort();

test("the page's import, its rule and its gateway are adopted; what has nothing to do with them is not", () => {
  const external = object("ServiceEntry", "shop/bank", {
    hosts: ["bank.example.com"],
    ports: [{ number: 443, name: "tls", protocol: "TLS" }],
    resolution: "DNS",
  });
  const other = object("DestinationRule", "shop/cart", { host: "cart" });
  const ingress = object("Gateway", "istio-system/ingress", { servers: [{ hosts: ["*"], port: { number: 80 } }] });
  const objects = [pageEntry, pageRule, passthrough(["*.local"]), external, other, ingress];
  expect(adopted(cluster(objects), settings)).toEqual([
    "gateway Gateway/istio-system/istio-eastwestgateway",
    "import ServiceEntry/sleep/import-httpbin",
    "rule DestinationRule/sleep/import-httpbin",
  ]);
  const [found] = classify(cluster(objects), settings).imports;
  expect(found).toMatchObject({ modes: ["ISTIO_MUTUAL"], autoMtls: false });
});

test("an endpoint is remote by the gateway's port, also another one, or by its network", () => {
  const entry = (endpoint: object) => [object("ServiceEntry", "a/b", { hosts: ["b.example"], endpoints: [endpoint] })];
  const count = (endpoint: object, ports = [15443]) => adopted(cluster(entry(endpoint)), { ...settings, ports }).length;
  expect(count({ address: "192.0.2.1", ports: { http: 31443 } })).toBe(0);
  expect(count({ address: "192.0.2.1", ports: { http: 31443 } }, [15443, 31443])).toBe(1);
  expect(count({ network: "network-west" })).toBe(1);
  expect(count({ network: "network-east", address: "10.0.0.1" })).toBe(0);
  expect(count({ address: "10.0.0.1", labels: { "topology.istio.io/network": "network-west" } })).toBe(1);
});

/** https://github.com/jewertow/mesh-federation-helm-charts */
test("the objects of federation charts are adopted: selected WorkloadEntries, remote gateways, egress", () => {
  const objects = [
    object("ServiceEntry", "shop/ratings-mesh-global", {
      hosts: ["ratings.mesh.global"],
      location: "MESH_INTERNAL",
      ports: [{ number: 9080, name: "http", protocol: "HTTP" }],
      resolution: "STATIC",
      workloadSelector: { labels: { hostname: "ratings-mesh-global" } },
    }),
    object(
      "WorkloadEntry",
      "shop/ratings-mesh-global-west-0",
      { network: "west-network" },
      { labels: { hostname: "ratings-mesh-global", "topology.istio.io/cluster": "west" } },
    ),
    object(
      "Gateway",
      "istio-system/remote-gateway-west-network",
      { gatewayClassName: "istio-remote", addresses: [{ value: "192.0.2.1" }] },
      { apiVersion: "gateway.networking.k8s.io/v1" },
    ),
    object("ServiceEntry", "istio-system/ingress-west", {
      hosts: ["ingress.west.global"],
      ports: [{ number: 15443, name: "auto-passthrough-tls", protocol: "TLS" }],
      endpoints: [{ address: "192.0.2.1", network: "west-network" }],
    }),
    object("Gateway", "istio-system/federation-egress-gateway", {
      servers: [{ hosts: ["*.ratings.mesh.global"], port: { number: 15443 }, tls: { mode: "PASSTHROUGH" } }],
    }),
    object("VirtualService", "istio-system/cross-network-egress-ratings", {
      hosts: ["*.ratings.mesh.global"],
      tls: [{ route: [{ destination: { host: "ingress.west.global" } }] }],
    }),
    object("EnvoyFilter", "istio-system/export-x", {
      configPatches: [{ match: { listener: { filterChain: { sni: "outbound_.9080_._.x.mesh.global" } } } }],
    }),
  ];
  expect(adopted(cluster(objects), settings)).toEqual([
    "gateway EnvoyFilter/istio-system/export-x",
    "gateway Gateway/istio-system/federation-egress-gateway",
    "gateway KubernetesGateway/istio-system/remote-gateway-west-network",
    "import ServiceEntry/istio-system/ingress-west",
    "import ServiceEntry/shop/ratings-mesh-global",
    "import WorkloadEntry/shop/ratings-mesh-global-west-0",
    "route VirtualService/istio-system/cross-network-egress-ratings",
  ]);
  expect(classify(cluster(objects), settings).imports[0]!.endpoints).toMatchObject([
    { network: "west-network", peer: "west" },
  ]);
});

test("an exact host of a gateway is an export, with its entry and the policies for its pods", () => {
  const sets = { apiVersion: "federation.maistra.io/v1" };
  const policy = { apiVersion: "security.istio.io/v1" };
  const objects = [
    passthrough(["httpbin.httpbin.svc.cluster.local", "cart.mesh.global"]),
    object("ServiceEntry", "shop/cart", { hosts: ["cart.mesh.global"], workloadSelector: { labels: { app: "cart" } } }),
    object("AuthorizationPolicy", "httpbin/peers", { selector: { matchLabels: { app: "httpbin" } } }, policy),
    object("AuthorizationPolicy", "httpbin/all", {}, policy),
    object("ExportedServiceSet", "mesh/west", { exportRules: [] }, sets),
  ];
  const found = cluster(objects, { services: [service("httpbin/httpbin")] });
  expect(adopted(found, settings)).toEqual([
    "export ExportedServiceSet/mesh/west",
    "export ServiceEntry/shop/cart",
    "gateway Gateway/istio-system/istio-eastwestgateway",
    "policy AuthorizationPolicy/httpbin/peers",
  ]);
});

test("objects of controllers and of wider meaning are left, with a reason; those of this project are none", () => {
  const own = { labels: { "app.kubernetes.io/managed-by": "mesh-federation" } };
  const objects = [
    { ...pageEntry, owner: "ImportedService/httpbin" },
    object("DestinationRule", "istio-system/all", { host: "*.local", trafficPolicy: { tls: { mode: "DISABLE" } } }),
    object("VirtualService", "sleep/split", {
      hosts: ["front"],
      http: [{ route: [{ destination: { host: "httpbin.httpbin.svc.cluster.local" } }] }],
    }),
    { ...passthrough(["*.local"]), ...own },
  ];
  const { objects: found, left, imports } = classify(cluster(objects), settings);
  expect(found).toEqual([]);
  expect(left.map(({ object: o, reason }) => `${objectId(o)}: ${reason}`)).toEqual([
    "ServiceEntry/sleep/import-httpbin: ImportedService/httpbin makes it",
    "DestinationRule/istio-system/all: its host *.local takes more than the federation",
    "VirtualService/sleep/split: it is for another host, and sends calls to an imported one",
  ]);
  expect(imports[0]!.modes).toEqual(["DISABLE"]);
});
