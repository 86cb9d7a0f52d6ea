/** Three meshes with every kind of export and import, keys without the project's prefix. */

/** Core and shop share a trust domain, which a blended import needs; edge has its own. */
const trustDomainOf = (name: string): string => (name === "edge" ? "edge.example" : "core.example");

const mesh = (name: string, address: string) => ({
  mesh: { name, trustDomain: trustDomainOf(name) },
  cluster: { provider: "kind", podSubnet: `10.${address}.0.0/16`, serviceSubnet: `10.255.${address}.0/24` },
  loadBalancer: { provider: "none" },
  ca: { provider: "shared" },
  peers: Object.fromEntries(
    ["core", "edge", "shop"]
      .filter((peer) => peer !== name)
      .map((peer) => [peer, { trustDomain: trustDomainOf(peer) }]),
  ),
  gateway: { provider: "managed", addresses: [`192.0.2.${address}`] },
});

const ports = [
  { name: "http", number: 8080, protocol: "HTTP", targetPort: 8000 },
  { name: "grpc", number: 9090, protocol: "GRPC", targetPort: 9000 },
];

/** Core exports a Service under its own host, one under a neutral host with subsets, and one with callers. */
export const core = {
  ...mesh("core", "30"),
  exports: [
    {
      name: "httpbin",
      namespace: "httpbin",
      service: "httpbin",
      ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
      serviceAccounts: ["httpbin"],
      to: ["shop", "edge"],
      public: true,
    },
    {
      name: "orders",
      namespace: "shop",
      service: "orders",
      host: "orders.mesh.global",
      selector: { app: "orders" },
      ports,
      serviceAccounts: ["orders", "orders-canary"],
      to: ["shop", "edge"],
      callers: ["web/cart"],
      subsets: [
        { name: "v1", labels: { version: "v1" } },
        { name: "v2", labels: { version: "v2" } },
      ],
    },
    {
      name: "stock",
      namespace: "shop",
      service: "stock",
      selector: { app: "stock" },
      ports: [{ name: "tcp", number: 6379, protocol: "TCP", targetPort: 6379 }],
      subjectAltNames: ["spiffe://core.example/stock"],
      to: ["edge"],
      callers: ["web/cart"],
    },
  ],
};

/** Edge exports the neutral host, too. */
export const edge = {
  ...mesh("edge", "40"),
  exports: [{ ...core.exports[1], to: ["shop"], callers: ["web/cart"], subsets: [] }],
  imports: [{ name: "stock", from: "core", visibleTo: ["web"], client: { namespace: "web", serviceAccount: "cart" } }],
};

/** Shop imports from both meshes, under another name, blended, and with subsets, verified on up. */
export const shop = {
  ...mesh("shop", "10"),
  samples: ["sleep"],
  imports: [
    { name: "httpbin", from: "core", visibleTo: ["*"], blend: { labels: { app: "httpbin" } } },
    {
      name: "orders",
      from: ["core", "edge"],
      as: "orders.example",
      visibleTo: ["web", "sleep"],
      ports: [{ number: 8080, protocol: "HTTP" }, { number: 9090 }],
      client: { namespace: "web", serviceAccount: "cart", app: "cart" },
      probe: { http: { path: "/health" }, grpc: { kind: "grpc" } },
      verifyOnUp: true,
    },
  ],
};
