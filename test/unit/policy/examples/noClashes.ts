import type { Resource } from "../../../../policy/rule.ts";
import { entry, object, sans, type Example } from "./kubernetes.ts";

export const stack = (name: string, mesh: Record<string, unknown>, more: Record<string, unknown> = {}): Resource => ({
  type: "pulumi:pulumi:Stack",
  name: `mesh-federation-${name}`,
  stack: name,
  props: { federation: { mesh, ...more } },
});
const pool = (name: string, ...addresses: string[]) =>
  object("metallb.io/v1beta1:IPAddressPool", "pool", { spec: { addresses } }, name);
const at = (name: string, address: string, port = 15443) => stack(name, { name }, { gateways: [{ address, port }] });
export const kind = (name: string, podSubnet: string, serviceSubnet: string): Resource => ({
  type: "command:local:Command",
  name: "cluster-kind",
  stack: name,
  props: {
    stdin:
      "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking:\n  ipFamily: ipv4\n" +
      `  podSubnet: ${podSubnet}\n  ` +
      `serviceSubnet: "${serviceSubnet}"\n`,
  },
});
const workloadEntry = (network: string) =>
  object("networking.istio.io/v1:WorkloadEntry", "w", { spec: { network, serviceAccount: "httpbin" } });

const cases: [what: string, violates: Example["violates"], passes: Example["passes"], says: RegExp][] = [
  ...["name", "meshId", "cluster", "network"].map((key): (typeof cases)[number] => [
    `one ${key} twice`,
    [stack("a", { [key]: "n" }), stack("b", { [key]: "n" })],
    [stack("a", { [key]: "n" }), stack("b", { [key]: "m" })],
    new RegExp(`stack b has mesh\\.${key} "n", which stack a has too \\(federation\\.mesh\\.${key}\\)`),
  ]),
  [
    "one trust domain, two roots",
    [
      stack("a", { trustDomain: "t", roots: [{ sha256: "1" }] }),
      stack("b", { trustDomain: "t", roots: [{ sha256: "2" }] }),
    ],
    [
      stack("a", { trustDomain: "t", roots: [{ sha256: "1" }] }),
      stack("b", { trustDomain: "t", roots: [{ sha256: "2" }, { sha256: "1" }] }),
      stack("c", { trustDomain: "u", roots: [{ sha256: "3" }] }),
    ],
    /trust domain "t".*two issuers/,
  ],
  [
    "one gateway address",
    [at("a", "192.0.2.1"), at("b", "192.0.2.1")],
    [at("a", "192.0.2.1"), at("b", "192.0.2.2"), at("c", "192.0.2.1", 15444), at("f", "0.0.0.0"), at("g", "0.0.0.0")],
    /gateway address 192\.0\.2\.1, which meets the gateway address 192\.0\.2\.1 of stack a/,
  ],
  [
    "one gateway host",
    [at("a", "gateway.example"), at("b", "Gateway.example")],
    [at("a", "gateway.example"), at("b", "other.example"), at("c", "gateway.example", 15444)],
    /stack b has the gateway gateway\.example:15443, which stack a has too/,
  ],
  [
    "one gateway address, IPv6",
    [at("a", "2001:db8::1"), at("b", "2001:db8:0:0::1")],
    [at("a", "2001:db8::1"), at("b", "2001:db8::2")],
    /2001:db8::1 of stack a/,
  ],
  [
    "a gateway in another stack's pool",
    [pool("a", "192.0.2.0/28"), at("b", "192.0.2.1")],
    [pool("a", "192.0.2.0/28"), at("a", "192.0.2.1")],
    /meets the address pool 192\.0\.2\.0\/28 of stack a/,
  ],
  [
    "a gateway in another stack's pod network",
    [kind("a", "10.10.0.0/16", "10.255.10.0/24"), at("b", "10.10.3.4")],
    [kind("a", "10.10.0.0/16", "10.255.10.0/24"), at("b", "10.11.3.4")],
    /meets the pod network 10\.10\.0\.0\/16 of stack a/,
  ],
  [
    "pools",
    [pool("a", "172.18.64.1-172.18.127.254"), pool("b", "172.18.127.0/24")],
    [pool("a", "172.18.64.1-172.18.127.254"), pool("b", "172.18.128.0/24")],
    /address pool 172\.18\.127\.0\/24, which meets .* of stack a .*spec\.addresses/,
  ],
  [
    "a pool around another",
    [pool("a", "172.18.0.0/16"), pool("b", "172.18.3.1-172.18.3.9")],
    [pool("a", "172.18.0.0/16"), pool("b", "172.19.3.1-172.19.3.9")],
    /stack a/,
  ],
  [
    "a pool inside a range",
    [pool("a", "172.18.1.0-172.18.9.255"), pool("b", "172.18.3.0/24")],
    [pool("a", "172.18.1.0-172.18.2.255"), pool("b", "172.18.3.0/24")],
    /stack a/,
  ],
  [
    "pools, IPv6",
    [pool("a", "fd00:1::/64"), pool("b", "fd00:1::10-fd00:1::20")],
    [pool("a", "fd00:1::/64"), pool("b", "fd00:2::10-fd00:2::20", "0.0.0.0/0")],
    /fd00:1::\/64 of stack a/,
  ],
  [
    "two pools of one stack",
    [pool("a", "192.0.2.0/28"), { ...pool("a", "192.0.2.8/29"), name: "other" }],
    [pool("a", "192.0.2.0/28", "192.0.2.8/29")],
    /stack a/,
  ],
  [
    "a pool in another stack's Service network",
    [kind("a", "10.10.0.0/16", "10.255.10.0/24,fd00:10::/112"), pool("b", "fd00:10::8-fd00:10::f")],
    [
      kind("a", "10.10.0.0/16", "10.255.10.0/24,fd00:10::/112"),
      kind("b", "10.10.0.0/16", "10.255.10.0/24"),
      pool("b", "fd00:11::8-fd00:11::f"),
    ],
    /meets the Service network fd00:10::\/112 of stack a/,
  ],
  [
    "an import from the mesh's own network",
    [stack("west", { network: "network-west" }), entry({ subjectAltNames: sans })],
    [stack("west", { network: "network-x" }), entry({ subjectAltNames: sans })],
    /leads to network network-west, which is this mesh's own \(spec\.endpoints\[0\]\.network\)/,
  ],
  [
    "an endpoint from the mesh's own network",
    [stack("west", { network: "n" }), workloadEntry("n")],
    [stack("west", { network: "n" }), workloadEntry("m")],
    /spec\.network/,
  ],
];

export const noClashes: Example[] = cases.map(([what, violates, passes, says]) => ({
  rule: "no-clashes-across-stacks",
  what,
  violates,
  passes,
  says,
}));
