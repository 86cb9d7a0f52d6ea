import { exported, imported, mesh, type Stacks } from "./federation.ts";

const service = (s: Stacks) => s["west"]!["exports"][0];

/** One change of the example federation, and the lines that the review shows for it. */
export const changeCases: {
  what: string;
  before?: (stacks: Stacks) => unknown;
  change: (stacks: Stacks) => unknown;
  says: string[];
}[] = [
  { what: "nothing", change: () => undefined, says: [] },
  {
    what: "an export and its import",
    change: (s) => (s["west"]!["exports"].push(exported("cart")), s["east"]!["imports"].push(imported("cart"))),
    says: [
      "+ west exports httpbin/cart:8000 to east, callers sleep/sleep; host cart.mesh.global; " +
        "ports 8000 (http, HTTP); identities spiffe://cluster.local/ns/httpbin/sa/cart; gateways 192.0.2.10:15443",
      "+ east imports httpbin/cart:8000 from west, callers sleep/sleep, visible to sleep; host cart.mesh.global; " +
        "ports 8000 (http, HTTP); identities spiffe://cluster.local/ns/httpbin/sa/cart; " +
        "gateways 192.0.2.10:15443 of west in network peer-west",
    ],
  },
  {
    what: "an import goes",
    change: (s) => (s["east"]!["imports"] = []),
    says: ["- east no longer imports httpbin/httpbin:8000 from west"],
  },
  {
    what: "callers narrowed",
    before: (s) => service(s).callers.push("shop/cart"),
    change: (s) => (service(s).callers = ["sleep/sleep"]),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: callers (narrowed) - shop/cart (imported by " +
        "east)",
    ],
  },
  {
    what: "callers widened",
    change: (s) => service(s).callers.push("shop/cart"),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: callers (widened) + shop/cart (imported by east)",
    ],
  },
  {
    what: "meshes narrowed",
    change: (s) => (service(s).to = []),
    says: ["~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: to (narrowed) - east (imported by east)"],
  },
  {
    what: "callers replaced",
    change: (s) => (service(s).callers = ["sleep/other"]),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: callers (changed) + sleep/other, - " +
        "sleep/sleep (imported by east)",
    ],
  },
  {
    what: "callers opened to all",
    change: (s) => (service(s).callers = []),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: callers (widened): callers sleep/sleep -> " +
        "callers: any identity of east (imported by east)",
    ],
  },
  {
    what: "a port more, another less",
    change: (s) => (service(s).ports = [{ name: "grpc", number: 9000, protocol: "GRPC" }]),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: ports + 9000 (grpc, GRPC), - 8000 (http, " +
        "HTTP) (imported by east)",
    ],
  },
  {
    what: "another service account",
    change: (s) => service(s).serviceAccounts.push("httpbin-v2"),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: identities that importers pin + " +
        "spiffe://cluster.local/ns/httpbin/sa/httpbin-v2 (imported by east)",
    ],
  },
  {
    what: "an export renamed, its import not",
    change: (s) => (service(s).name = "web"),
    says: ["~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: name httpbin -> web (imported by east)"],
  },
  {
    what: "an import that names another export than there is",
    change: (s) => (s["east"]!["imports"][0].name = "web"),
    says: [
      "+ east imports web from west, visible to sleep (its checks fail)",
      "- east no longer imports httpbin/httpbin:8000 from west",
    ],
  },
  {
    what: "renamed on both sides",
    change: (s) => ((service(s).name = "web"), (s["east"]!["imports"][0].name = "web")),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: name httpbin -> web (imported by east)",
      "~ east imports httpbin/httpbin:8000 from west: name at the exporter httpbin -> web",
    ],
  },
  {
    what: "called by another name, seen by more",
    change: (s) => Object.assign(s["east"]!["imports"][0], { as: "bin.east", visibleTo: ["sleep", "shop"] }),
    says: [
      "~ east imports httpbin/httpbin:8000 from west: called as httpbin.mesh.global -> bin.east; visible to + shop",
    ],
  },
  {
    what: "gateway address",
    change: (s) => (s["west"]!["gateway"].addresses = ["192.0.2.11"]),
    says: ["~ mesh west: gateway 192.0.2.10:15443 -> 192.0.2.11:15443, used by east for httpbin"],
  },
  {
    what: "Istio version",
    change: (s) => (s["west"]!["istio"].version = "1.31.0"),
    says: ["~ mesh west: Istio 1.30.1 -> 1.31.0"],
  },
  {
    what: "trust domain: what follows from it",
    change: (s) => (
      (s["west"]!["mesh"].trustDomain = "west.example"),
      (s["west"]!["mesh"].acceptedTrustDomains = ["cluster.local"])
    ),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: identities that importers pin + " +
        "spiffe://west.example/ns/httpbin/sa/httpbin, - spiffe://cluster.local/ns/httpbin/sa/httpbin (imported by " +
        "east)",
    ],
  },
  {
    what: "a new mesh",
    change: (s) => (s["north"] = mesh("north")),
    says: ["+ mesh north: network network-north, Istio 1.30.1, gateway 192.0.2.20:15443"],
  },
  {
    what: "an entry put before the others of a list",
    before: (s) => (s["west"]!["allowBreaking"] = ["b", "c"]),
    change: (s) => (s["west"]!["allowBreaking"] = ["a", "b"]),
    says: ["~ stack west: allowBreaking + a, - c"],
  },
  {
    what: "a list in another order, which may mean something",
    before: (s) => (s["west"]!["allowBreaking"] = ["a", "b"]),
    change: (s) => (s["west"]!["allowBreaking"] = ["b", "a"]),
    says: ["~ stack west: allowBreaking in another order"],
  },
  {
    what: "a subset with labels put before another",
    before: (s) => (service(s).subsets = [{ name: "v2", labels: { version: "2" } }]),
    change: (s) =>
      (service(s).subsets = [
        { name: "v1", labels: { version: "1" } },
        { name: "v2", labels: { version: "2" } },
      ]),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: subsets + v1; " +
        'subsetLabels[v1].labels.version "1" (new) (imported by east)',
    ],
  },
  {
    what: "ports that an export opens beside its own",
    change: (s) => (service(s).allowUndeclaredPorts = true),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: undeclared ports refused -> open " +
        "(imported by east)",
    ],
  },
  {
    what: "hosts and addresses that a mesh accepts from a peer",
    before: (s) => (s["east"]!["peers"] = { west: {} }),
    change: (s) => (s["east"]!["peers"] = { west: { hosts: ["mesh.global"], allowedAddresses: ["127.0.0.0/8"] } }),
    says: [
      "~ stack east: peers.west {} (removed)",
      '~ stack east: peers.west.allowedAddresses ["127.0.0.0/8"] (new)',
      '~ stack east: peers.west.hosts ["mesh.global"] (new)',
    ],
  },
  {
    what: "any other key",
    change: (s) => (s["east"]!["requireImports"] = true),
    says: ["~ stack east: requireImports true (new)"],
  },
];
