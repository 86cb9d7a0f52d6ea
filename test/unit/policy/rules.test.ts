import { rules } from "../../../policy/rules.ts";
import type { Resource } from "../../../policy/rule.ts";

/** A Kubernetes object as a resource. */
function object(type: string, name: string, more: Record<string, any>, stack = "west"): Resource {
  const { namespace = "istio-system", labels, annotations, ...props } = more;
  return { type: `kubernetes:${type}`, name, stack, props: { metadata: { name, namespace, labels, annotations }, ...props } };
}

const gateway = (hosts: string[], more: Record<string, any> = {}) =>
  object("networking.istio.io/v1:Gateway", "export-httpbin", { spec: { servers: [{ port: { number: 15443 }, hosts, tls: { mode: "AUTO_PASSTHROUGH" } }] }, ...more });
const host = "httpbin.httpbin.svc.cluster.local";
const policy = (spec: unknown, more: Record<string, any> = {}) => object("security.istio.io/v1:AuthorizationPolicy", "httpbin", { namespace: "httpbin", spec, ...more });
const denyOthers = { action: "DENY", rules: [{ from: [{ source: { notPrincipals: ["cluster.local/ns/sleep/sa/sleep"] } }] }] };
const entry = (spec: Record<string, unknown>) =>
  object("networking.istio.io/v1:ServiceEntry", "import-west-httpbin", { namespace: "sleep", spec: { hosts: [host], location: "MESH_INTERNAL", resolution: "STATIC", endpoints: [{ address: "192.0.2.1", network: "network-west" }], ...spec } });
const sans = ["spiffe://cluster.local/ns/httpbin/sa/httpbin"];
const istiod = object("apps/v1:Deployment", "istiod", { labels: { app: "istiod" } });
const peerAuthentication = (spec: unknown, namespace = "istio-system") => object("security.istio.io/v1:PeerAuthentication", "default", { namespace, spec });
const service = (annotations: Record<string, string>, port = 15443) => object("core/v1:Service", "istio-eastwestgateway", { annotations, spec: { type: "LoadBalancer", ports: [{ port }] } });
const secret = (more: Record<string, unknown>, kind = "Secret") => object(`core/v1:${kind}`, "access", more);
const kubeconfig = "apiVersion: v1\nkind: Config\nclusters: [{name: a}]\nusers: [{name: a}]\n";
const stack = (name: string, mesh: Record<string, string>): Resource => ({ type: "pulumi:pulumi:Stack", name, stack: name, props: { federation: { mesh } } });
const pool = (name: string, addresses: string[]) => object("metallb.io/v1beta1:IPAddressPool", "pool", { spec: { addresses } }, name);

const cases: { rule: string; what: string; violates: Resource[]; passes: Resource[]; says: RegExp }[] = [
  { rule: "no-wildcard-gateway-host", what: "the seed's *.local", violates: [gateway(["*.local"])], passes: [gateway([host])], says: /wildcard host "\*\.local"/ },
  { rule: "no-wildcard-gateway-host", what: "every host of a namespace", violates: [gateway(["httpbin/*"])], passes: [gateway([`*/${host}`])], says: /httpbin\/\*/ },
  { rule: "import-pins-identities", what: "a ServiceEntry without SANs", violates: [entry({})], passes: [entry({ subjectAltNames: sans })], says: /pins no identity/ },
  { rule: "import-pins-identities", what: "SANs in the DestinationRule", violates: [entry({}), object("networking.istio.io/v1:DestinationRule", "r", { spec: { host: "other", trafficPolicy: { tls: { subjectAltNames: sans } } } })],
    passes: [entry({}), object("networking.istio.io/v1:DestinationRule", "r", { spec: { host, trafficPolicy: { tls: { subjectAltNames: sans } } } })], says: /pins no identity/ },
  { rule: "import-pins-identities", what: "an endpoint that joins a Service", violates: [object("networking.istio.io/v1:WorkloadEntry", "w", { spec: { address: "192.0.2.1", network: "network-west" } })],
    passes: [object("networking.istio.io/v1:WorkloadEntry", "w", { spec: { address: "192.0.2.1", network: "network-west", serviceAccount: "httpbin" } })], says: /without an identity/ },
  { rule: "import-pins-identities", what: "not an export's own entry", violates: [entry({})], passes: [entry({ workloadSelector: { labels: { app: "httpbin" } }, endpoints: undefined })], says: /./ },
  { rule: "export-names-callers", what: "no policy", violates: [gateway([host])], passes: [gateway([host]), policy(denyOthers)], says: /exports httpbin.*to anybody/ },
  { rule: "export-names-callers", what: "declared public", violates: [gateway([host], { annotations: { "mesh-federation.dev/public": "false" } })], passes: [gateway([host], { annotations: { "mesh-federation.dev/public": "true" } })], says: /declare it public/ },
  { rule: "export-names-callers", what: "a policy of another namespace", violates: [gateway([host]), policy(denyOthers, { namespace: "other" })], passes: [gateway([host]), policy({ action: "ALLOW", rules: [{ from: [{ source: { principals: ["a/ns/b/sa/c"] } }] }] })], says: /anybody/ },
  { rule: "export-names-callers", what: "a policy that names nobody", violates: [gateway([host]), policy({ action: "DENY", rules: [{ to: [{ operation: { methods: ["DELETE"] } }] }] })], passes: [gateway(["x.mesh.global"], { labels: { "mesh-federation.dev/export": "x" } }), policy(denyOthers, { labels: { "mesh-federation.dev/export": "x" } })], says: /anybody/ },
  { rule: "no-peer-credentials", what: "a remote secret", violates: [secret({ labels: { "istio/multiCluster": "true" } })], passes: [secret({ labels: { app: "x" }, data: { a: "YQ==" } })], says: /remote secret/ },
  { rule: "no-peer-credentials", what: "a kubeconfig by content, base64", violates: [secret({ data: { west: Buffer.from(kubeconfig).toString("base64") } })], passes: [secret({ stringData: { settings: "kind: ConfigOfMine" } })], says: /kubeconfig in key "west"/ },
  { rule: "no-peer-credentials", what: "a masked kubeconfig by its key, in a ConfigMap", violates: [secret({ data: { kubeconfig: "[secret]" } }, "ConfigMap")], passes: [secret({ data: { config: "x" } }, "ConfigMap")], says: /kubeconfig/ },
  { rule: "strict-mtls-stays", what: "PERMISSIVE", violates: [peerAuthentication({ mtls: { mode: "PERMISSIVE" } }, "sleep")], passes: [peerAuthentication({ mtls: { mode: "STRICT" } }, "sleep")], says: /mtls to PERMISSIVE/ },
  { rule: "strict-mtls-stays", what: "a port without", violates: [peerAuthentication({ portLevelMtls: { 8080: { mode: "DISABLE" } } })], passes: [peerAuthentication({ mtls: { mode: "UNSET" } })], says: /port 8080 to DISABLE/ },
  { rule: "strict-mtls-stays", what: "istiod without the mesh-wide policy", violates: [istiod, peerAuthentication({ mtls: { mode: "STRICT" } }, "sleep")], passes: [istiod, peerAuthentication({ mtls: { mode: "STRICT" } })], says: /no mesh-wide STRICT/ },
  { rule: "strict-mtls-stays", what: "a policy for some workloads only", violates: [istiod, peerAuthentication({ selector: { matchLabels: { app: "x" } }, mtls: { mode: "STRICT" } })], passes: [], says: /no mesh-wide STRICT/ },
  ...([
    ["service.beta.kubernetes.io/aws-load-balancer-ssl-cert", "arn:aws:acm:x", "service.beta.kubernetes.io/aws-load-balancer-type", "nlb"],
    ["service.beta.kubernetes.io/aws-load-balancer-backend-protocol", "ssl", "service.beta.kubernetes.io/aws-load-balancer-backend-protocol", "tcp"],
    ["service.beta.kubernetes.io/do-loadbalancer-tls-ports", "443", "service.beta.kubernetes.io/do-loadbalancer-tls-passthrough", "true"],
    ["load-balancer.hetzner.cloud/protocol", "https", "load-balancer.hetzner.cloud/protocol", "tcp"],
    ["service.beta.kubernetes.io/oci-load-balancer-tls-secret", "cert", "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol", "http"],
  ] as const).map(([bad, value, good, ok]) => ({ rule: "gateway-service-passes-tls", what: bad, violates: [service({ [bad]: value })], passes: [service({ [good]: ok })], says: /terminates TLS/ })),
  { rule: "gateway-service-passes-tls", what: "only gateways", violates: [service({ "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "x" })], passes: [service({ "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "x" }, 443)], says: /./ },
  { rule: "no-clashes-across-stacks", what: "one network twice", violates: [stack("a", { name: "a", network: "n" }), stack("b", { name: "b", network: "n" })], passes: [stack("a", { name: "a", network: "n" }), stack("b", { name: "b", network: "m" })], says: /mesh\.network "n" is used by stack a and stack b/ },
  { rule: "no-clashes-across-stacks", what: "pools", violates: [pool("a", ["172.18.64.1-172.18.127.254"]), pool("b", ["172.18.127.0/24"])], passes: [pool("a", ["172.18.64.1-172.18.127.254"]), pool("b", ["172.18.128.0/24"])], says: /overlaps 172\.18\.127\.0\/24 of stack b/ },
  { rule: "no-clashes-across-stacks", what: "an import from the mesh's own network", violates: [stack("west", { name: "west", network: "network-west" }), entry({ subjectAltNames: sans })], passes: [stack("west", { name: "west", network: "network-x" }), entry({ subjectAltNames: sans })], says: /this mesh's own/ },
];

test.each(cases)("$rule: $what", ({ rule: name, violates, passes, says }) => {
  const rule = rules.find((r) => r.name === name)!;
  expect(rule.check(violates).map((v) => v.message)).toEqual([expect.stringMatching(says)]);
  expect(rule.check(passes)).toEqual([]);
});

test("every rule has an example of each kind, and takes whatever else there is", () => {
  expect(rules.map((r) => r.name).filter((name) => !cases.some((c) => c.rule === name))).toEqual([]);
  const others: Resource[] = [{ type: "random:index/randomId:RandomId", name: "x", props: {} }, object("core/v1:Namespace", "n", {}), { type: "kubernetes:networking.istio.io/v1:Gateway", name: "unknown", props: {} }];
  for (const rule of rules) expect(rule.check(others)).toEqual([]);
});
