import { object, type Example } from "./kubernetes.ts";

const label = { "istio/multiCluster": "true" };
const secret = (more: Record<string, unknown>, kind = "core/v1:Secret") =>
  object(kind, "access", { namespace: "any", ...more });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const kubeconfig =
  "apiVersion: v1\nkind: Config\nclusters: [{name: a, cluster: {server: 'https://192.0.2.1'}}]\nusers: [{name: a}]\n";
const json = JSON.stringify({
  clusters: [{ name: "a", cluster: { server: "https://192.0.2.1" } }],
  users: [{ name: "a" }],
});
const external = (labels: unknown) =>
  secret({ spec: { target: { template: { metadata: { labels } } } } }, "external-secrets.io/v1:ExternalSecret");
const sealed = (labels: unknown) =>
  secret({ spec: { template: { metadata: { labels } } } }, "bitnami.com/v1alpha1:SealedSecret");
const clusterExternal = (labels: unknown) =>
  secret(
    { spec: { externalSecretSpec: { target: { template: { metadata: { labels } } } } } },
    "external-secrets.io/v1:ClusterExternalSecret",
  );
const vault = (labels: unknown) =>
  secret(
    { spec: { destination: { name: "x", create: true, labels } } },
    "secrets.hashicorp.com/v1beta1:VaultStaticSecret",
  );

const remote = /is a remote secret \(istio\/multiCluster\).*metadata/;
const cases: [what: string, violates: Example["violates"], passes: Example["passes"], says: RegExp][] = [
  ["a remote secret", [secret({ labels: label })], [secret({ labels: { app: "x" }, data: { a: "YQ==" } })], remote],
  [
    "a remote secret in istiod's namespace, its content masked",
    [secret({ namespace: "istio-system", labels: label, data: { west: "[secret]" } })],
    [secret({ labels: { "istio/multiCluster": "false" }, data: { west: "[secret]" } })],
    remote,
  ],
  [
    "a remote secret by its annotation",
    [secret({ annotations: { "networking.istio.io/cluster": "west" } })],
    [secret({ labels: null, annotations: null })],
    /annotations\["networking\.istio\.io\/cluster"\]/,
  ],
  [
    "a patch that makes one",
    [secret({ labels: label }, "core/v1:SecretPatch")],
    [secret({ labels: {} }, "core/v1:SecretPatch")],
    remote,
  ],
  [
    "an external secret that becomes one",
    [external(label)],
    [external({ app: "x" })],
    /spec\.target\.template\.metadata/,
  ],
  ["a sealed secret that becomes one", [sealed(label)], [sealed(null)], /spec\.template\.metadata/],
  [
    "external secrets of many namespaces that become some",
    [clusterExternal(label)],
    [clusterExternal({})],
    /spec\.externalSecretSpec\.target\.template\.metadata/,
  ],
  [
    "a secret of Vault's that becomes one",
    [vault(label)],
    [vault({ "istio/multiCluster": "false" })],
    /spec\.destination\.labels/,
  ],
  [
    "a kubeconfig by content, base64",
    [secret({ data: { west: base64(kubeconfig) } })],
    [secret({ stringData: { settings: "kind: ConfigOfMine\nusers: []" } })],
    /kubeconfig in key "west" \(data\["west"\]\)/,
  ],
  [
    "a kubeconfig by content, as text",
    [secret({ stringData: { west: kubeconfig } })],
    [secret({ stringData: { west: "clusters: 2\nusers: 3" } })],
    /stringData\["west"\]/,
  ],
  [
    "a kubeconfig as JSON without kind",
    [secret({ data: { "settings.json": json } }, "core/v1:ConfigMap")],
    [secret({ data: { "settings.json": "{}" } }, "core/v1:ConfigMap")],
    /settings\.json/,
  ],
  [
    "a kubeconfig in binaryData",
    [secret({ binaryData: { x: base64(kubeconfig) } }, "core/v1:ConfigMap")],
    [secret({ binaryData: { x: "AAEC" } }, "core/v1:ConfigMap")],
    /binaryData\["x"\]/,
  ],
  [
    "a masked Secret by its name",
    [{ ...secret({ data: "[secret]" }), props: { metadata: { name: "west-kubeconfig" }, data: "[secret]" } }],
    [secret({ data: "[secret]", stringData: "[secret]" })],
    /holds a kubeconfig, by its name \(metadata\.name\)/,
  ],
  [
    "a masked value by its key",
    [secret({ data: { "west.kubeconfig": "[secret]" } })],
    [secret({ data: { config: "x" } }, "core/v1:ConfigMap")],
    /west\.kubeconfig/,
  ],
];

export const peerCredentials: Example[] = cases.map(([what, violates, passes, says]) => ({
  rule: "no-peer-credentials",
  what,
  violates,
  passes,
  says,
}));
