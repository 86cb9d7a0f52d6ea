import { reachable } from "../../../../federation/adopt/reachable.ts";
import { cluster, object, pageEntry, passthrough, pod, service, settings } from "./fixtures.ts";

const places = { ...settings, rootNamespace: "istio-system", serviceExportTo: [] };
const policy = { apiVersion: "security.istio.io/v1" };

test("a wildcard opens every Service that the gateway's namespace sees, and no import", () => {
  const services = [
    service("shop/cart"),
    service("shop/hidden", { exportTo: ["."] }),
    service("shop/dns", { kind: "external" }),
    service("istio-system/udp", { ports: [{ name: "dns", number: 53, targetPort: 53, protocol: "UDP" }] }),
  ];
  const pods = [pod("shop/cart"), pod("shop/cart", "none")];
  const found = cluster([passthrough(["*.local"]), pageEntry], { services, pods });
  expect(reachable(found, places).hosts).toEqual([
    {
      gateway: "istio-system/istio-eastwestgateway",
      pattern: "*.local",
      host: "cart.shop.svc.cluster.local",
      ports: [8000],
      answering: 1,
      silent: 1,
      limitedBy: [],
    },
  ]);
  expect(reachable(found, { ...places, serviceExportTo: ["."] }).hosts).toEqual([]);
});

test("a namespace before a Gateway's host limits it; an exact host is declared", () => {
  const services = [service("shop/cart"), service("bank/ledger")];
  const hosts = (...patterns: string[]) =>
    reachable(cluster([passthrough(patterns)], { services }), places).hosts.map(({ host }) => host);
  expect(hosts("shop/*.local")).toEqual(["cart.shop.svc.cluster.local"]);
  expect(hosts("./*")).toEqual([]);
  expect(hosts("*/*", "*.bank.svc.cluster.local")).toEqual([
    "cart.shop.svc.cluster.local",
    "ledger.bank.svc.cluster.local",
  ]);
  expect(hosts("cart.shop.svc.cluster.local")).toEqual([]);
});

test("ALLOW policies of pods, namespace and mesh limit callers, unless one admits everything", () => {
  const allow = object(
    "AuthorizationPolicy",
    "shop/callers",
    { selector: { matchLabels: { app: "cart" } }, rules: [{ from: [{ source: { namespaces: ["sleep"] } }] }] },
    policy,
  );
  const deny = object("AuthorizationPolicy", "istio-system/deny", { action: "DENY", rules: [{}] }, policy);
  const open = object("AuthorizationPolicy", "istio-system/open", { rules: [{}] }, policy);
  const limits = (...policies: (typeof allow)[]) =>
    reachable(cluster([passthrough(["*.local"]), ...policies], { services: [service("shop/cart")] }), places).hosts[0]!
      .limitedBy;
  expect(limits(allow, deny)).toEqual(["shop/callers"]);
  expect(limits(allow, open)).toEqual([]);
  expect(limits({ ...allow, namespace: "bank" })).toEqual([]);
});

test("rules that turn the mesh's mTLS off, also for one port or one subset, are named", () => {
  const rules = [
    object("DestinationRule", "shop/a", { host: "cart", trafficPolicy: { tls: {} } }),
    object("DestinationRule", "shop/b", {
      host: "*.example",
      subsets: [{ name: "v1", trafficPolicy: { portLevelSettings: [{ tls: { mode: "SIMPLE" } }] } }],
    }),
    object("DestinationRule", "shop/c", { host: "c", trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } }),
  ];
  expect(reachable(cluster(rules), places).rules).toEqual([
    { rule: "shop/a", host: "cart.shop.svc.cluster.local", modes: ["DISABLE"] },
    { rule: "shop/b", host: "*.example", modes: ["SIMPLE"] },
  ]);
});
