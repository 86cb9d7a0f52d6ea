import { classify } from "../../../../federation/adopt/classify.ts";
import { proposalOf } from "../../../../federation/adopt/proposal.ts";
import { reachable } from "../../../../federation/adopt/reachable.ts";
import { adoptText } from "../../../../federation/adopt/report.ts";
import { readMeshConfig } from "../../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../../federation/config/versions.ts";
import { cluster, facts, object, pageEntry, pageRule, passthrough, pod, service, settings } from "./fixtures.ts";

const gateway = {
  namespace: "istio-system",
  labels: { istio: "eastwestgateway" },
  addresses: ["192.0.2.1"],
  port: 15443,
  from: "a test",
};
const access = { kubeconfigPath: "/kubeconfig" };

function propose(found: ReturnType<typeof cluster>) {
  const adoption = classify(found, settings);
  const proposal = proposalOf({
    ...{ mesh: "east", facts, gateway, found, adoption, access, clusterDomain: "cluster.local" },
  });
  const open = reachable(found, { ...settings, rootNamespace: "istio-system", serviceExportTo: [] });
  return { proposal, text: adoptText({ mesh: "east", found, adoption, proposal, reachable: open }) };
}

const exporting = cluster(
  [passthrough(["httpbin.httpbin.svc.cluster.local", "nowhere.svc.cluster.local"]), pageEntry, pageRule].map((o) =>
    o === pageEntry ? { ...o, spec: { ...o.spec, hosts: ["orders.shop.svc.cluster.local"], exportTo: ["."] } } : o,
  ),
  { services: [service("httpbin/httpbin")], pods: [pod("httpbin/httpbin")] },
);

test("the proposal is a stack file that the program reads, with what the cluster says", () => {
  const { proposal } = propose(exporting);
  expect(proposal.config).toMatchObject({
    mesh: { name: "east", trustDomain: "east.local", network: "network-east" },
    istio: { provider: "existing", version: "1.30.5" },
    gateway: { provider: "existing", addresses: ["192.0.2.1"], labels: { istio: "eastwestgateway" } },
    exports: [
      {
        ...{ name: "httpbin", namespace: "httpbin", service: "httpbin", selector: { app: "httpbin" } },
        ...{ ports: [{ name: "http", number: 8000, protocol: "HTTP" }], serviceAccounts: ["httpbin"], to: [] },
      },
    ],
    imports: [{ name: "orders", from: "peer", namespace: "sleep", visibleTo: ["sleep"] }],
    peers: { peer: { file: "contracts/peer.json" } },
  });
  const config = readMeshConfig(proposal.config, "east", releaseSources);
  expect(config.imports).toHaveLength(1);
  expect(config.exports).toHaveLength(1);
});

test("the proposal keeps a rule for each import where imports by hand have some", () => {
  expect(propose(exporting).proposal.config).not.toHaveProperty("importRules");
  const entry = { ...pageEntry, spec: { ...pageEntry.spec, exportTo: ["."] } };
  const { config } = propose(cluster([entry, pageRule])).proposal;
  expect(config).toMatchObject({ importRules: "always" });
  expect(readMeshConfig(config, "east", releaseSources).importRules).toBe("always");
});

test("what no entry can say is told, and what an entry changes", () => {
  const { text } = propose(exporting);
  expect(text).toContain("`nowhere.svc.cluster.local`: no entry");
  expect(text).toContain("every mesh that reaches the gateway can");
  // The page's rule is for httpbin: calls of orders leave without TLS.
  expect(text).toContain("TLS mode none today");
});

test("a cluster's texts cannot act in the report", () => {
  const hostile = object("ServiceEntry", "a/b", {
    hosts: ["x`| <img src=x>\u001b[31m\n# y"],
    endpoints: [{ address: "192.0.2.1", ports: { http: 15443 } }],
  });
  const { text } = propose(cluster([hostile, { ...pageRule, owner: "Thing/<img src=y>" }, pageEntry]));
  expect(text).toContain("Thing/\\<img src=y\\> makes it");
  expect(text).toContain("`x'/ <img src=x>\\u{1b}[31m # y");
});

test("releases of Helm that still write the objects are named", () => {
  const annotations = { "meta.helm.sh/release-name": "ns-admin", "meta.helm.sh/release-namespace": "shop" };
  expect(propose(cluster([{ ...pageEntry, annotations }])).text).toContain("releases `shop/ns-admin`");
});
