export const anExport = {
  name: "httpbin",
  namespace: "httpbin",
  service: "httpbin",
  ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
  serviceAccounts: ["httpbin"],
  to: ["west"],
};
export const kind = { provider: "kind", podSubnet: "10.10.0.0/16", serviceSubnet: "10.255.10.0/24" };

/** What readMeshConfig refuses: a change of the smallest configuration, and the facts of the error. */
export const refused: { name: string; change: Record<string, unknown>; says: RegExp }[] = [
  {
    name: "another choice of rules",
    change: { importRules: "never" },
    says: /importRules: must be one of whenNeeded, always/,
  },
  {
    name: "malformed pod network",
    change: { cluster: { ...kind, podSubnet: "10.10.0.0" } },
    says: /cluster\.podSubnet: .*CIDR form.*given: "10\.10\.0\.0"/,
  },
  {
    name: "host bits in the service network",
    change: { cluster: { ...kind, serviceSubnet: "10.255.10.7/24" } },
    says: /cluster\.serviceSubnet: .*10\.255\.10\.0\/24/,
  },
  {
    name: "pods over services",
    change: { cluster: { ...kind, serviceSubnet: "10.10.3.0/24" } },
    says: /cluster\.podSubnet 10\.10\.0\.0\/16: overlaps cluster\.serviceSubnet 10\.10\.3\.0\/24/,
  },
  {
    name: "pool over pods",
    change: { loadBalancer: { provider: "metallb", addresses: ["10.10.8.0/24"] } },
    says: /overlaps loadBalancer\.addresses 10\.10\.8\.0\/24/,
  },
  {
    name: "a Kubernetes that no image is of",
    change: { cluster: { ...kind, kubernetesVersion: "1.33.0" } },
    says: /cluster\.kubernetesVersion: there is no node image of 1\.33\.0, only of 1\.34\.11.*cluster\.nodeImage/,
  },
  {
    name: "a Kubernetes that its image is not of",
    change: { cluster: { ...kind, kubernetesVersion: "1.33.0", nodeImage: "kindest/node:v1.34.0@sha256:ab" } },
    says: /cluster\.kubernetesVersion: it is 1\.33\.0, but .* cluster\.nodeImage "kindest.*" is of 1\.34\.0/,
  },
  {
    name: "a Kubernetes version with v",
    change: { cluster: { ...kind, kubernetesVersion: "v1.34.11" } },
    says: /cluster\.kubernetesVersion: must be a version without v.*given: "v1\.34\.11"/,
  },
  {
    name: "unknown cluster provider",
    change: { cluster: { provider: "minikube" } },
    says: /cluster\.provider: provider must be one of kind, existing \(given: "minikube"\)/,
  },
  {
    name: "a CA for an existing Istio",
    change: { ca: { provider: "own" }, istio: { provider: "existing", version: "1.30.1" } },
    says: /ca\.provider: is own, but istio\.provider is existing.*\[ca-of-existing-istio\]/,
  },
  {
    name: "unknown gateway provider",
    change: { gateway: { provider: "nginx" } },
    says: /gateway\.provider: .*managed, existing, none/,
  },
  {
    name: "a gateway address that is none",
    change: { gateway: { provider: "existing", addresses: ["192.0.2"] } },
    says: /gateway\.addresses\.0: must be an IPv4 or IPv6 address or a host name.*given: "192\.0\.2"/,
  },
  {
    name: "duplicate mesh name",
    change: { mesh: { name: "west", slot: 1 } },
    says: /mesh\.name: "west" is also the name of the mesh in stack "west"/,
  },
  {
    name: "duplicate slot",
    change: { mesh: { name: "east", slot: 2 } },
    says: /pool of mesh "east": slot 2 of 4: .*50 % to 75 % .* overlaps that of mesh "west": slot 2 of 4: .*mesh\.slot/,
  },
  {
    name: "a slot that counts in other parts",
    change: { loadBalancer: { provider: "metallb", slots: 2 } },
    says: /mesh "east": slot 1 of 2: .*50 % to 100 % .* overlaps that of mesh "west": slot 2 of 4: .*50 % to 75 %/,
  },
  { name: "missing slot", change: { mesh: { name: "east" } }, says: /mesh\.slot: slot is not set.*1 to 3/ },
  {
    name: "slot out of range",
    change: { mesh: { name: "east", slot: 9 } },
    says: /mesh\.slot: slot is 9; allowed are 1 to 3/,
  },
  {
    name: "unknown peer",
    change: { imports: [{ name: "httpbin", from: "north", visibleTo: ["sleep"] }] },
    says: /import "httpbin": unknown peer "north" in from; known meshes: west\. Add stacks\/Pulumi\.north\.yaml/,
  },
  {
    name: "import from itself",
    change: { imports: [{ name: "httpbin", from: "east", visibleTo: ["sleep"] }] },
    says: /from is this mesh itself/,
  },
  {
    name: "export to an unknown mesh",
    change: { exports: [{ ...anExport, to: ["north"] }] },
    says: /export "httpbin": unknown mesh "north" in to/,
  },
  {
    name: "unsupported Istio version",
    change: { istio: { provider: "managed", version: "1.19.3" } },
    says: /istio\.version: must be of a supported minor \(1\.28, .*istioMinor \(given: "1\.19\.3"\)/,
  },
  {
    name: "port out of range",
    change: { exports: [{ ...anExport, ports: [{ name: "http", number: 70000, protocol: "HTTP" }] }] },
    says: /exports\.0\.ports\.0\.number: must be 1 to 65535 \(given: 70000\)/,
  },
  {
    name: "unknown protocol",
    change: { exports: [{ ...anExport, ports: [{ name: "http", number: 80, protocol: "UDP" }] }] },
    says: /exports\.0\.ports\.0\.protocol: must be one of HTTP, HTTP2, GRPC, TCP, TLS, HTTPS \(given: "UDP"\)/,
  },
  {
    name: "two ports of one number",
    change: { exports: [{ ...anExport, ports: [...anExport.ports, { name: "more", number: 8000, protocol: "TCP" }] }] },
    says: /two ports with the same number/,
  },
  {
    name: "a name that is not RFC 1123",
    change: { mesh: { name: "East_1", slot: 1 } },
    says: /mesh\.name: must be an RFC 1123 label.*given: "East_1"/,
  },
  {
    name: "an export without pinned identities",
    change: { exports: [{ ...anExport, serviceAccounts: [] }] },
    says: /exports\.0\.serviceAccounts: must name the service accounts/,
  },
  {
    name: "an export without a gateway",
    change: { exports: [anExport], gateway: { provider: "none" } },
    says: /gateway\.provider: is none, but the mesh exports services/,
  },
  {
    name: "an import without permitted callers",
    change: { imports: [{ name: "httpbin", from: "west", visibleTo: [] }] },
    says: /imports\.0\.visibleTo: must name at least one namespace/,
  },
  {
    name: "a proof of another kind",
    change: { imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"], verifyOnUp: "sometimes" }] },
    says: /imports\.0\.verifyOnUp: must be true, false or probe-pod \(given: "sometimes"\)/,
  },
  {
    name: "an import listed twice",
    change: { imports: [1, 2].map(() => ({ name: "httpbin", from: "west", visibleTo: ["sleep"] })) },
    says: /west-httpbin is listed twice/,
  },
  {
    name: "an unknown key",
    change: { cluster: { ...kind, podsubnet: "x" } },
    says: /cluster\.podsubnet: .*Did you mean "podSubnet"\? Known keys: kubernetesVersion, nodeImage, podSubnet, provider, serviceSubnet, workers\. /,
  },
  {
    name: "an unknown key of an export's port",
    change: { exports: [{ ...anExport, ports: [{ name: "http", nummer: 80, protocol: "HTTP" }] }] },
    says: /exports\.0\.ports\.0\.nummer: .*Did you mean "number"\?/,
  },
  {
    name: "a key of another provider",
    change: { istio: { provider: "existing", version: "1.30.1", hub: "x" } },
    says: /istio\.hub: .*Known keys: istioMinor, namespace, provider, revision, version\. /,
  },
  {
    name: "an unknown key of a peer",
    change: { peers: { west: { fiel: "x" } } },
    says: /peers\.west\.fiel: .*Did you mean "file"\?/,
  },
  {
    name: "an unknown key of the mesh",
    change: { mesh: { name: "east", slots: 1 } },
    says: /mesh\.slots: .*Did you mean "slot"\?/,
  },
  {
    name: "an existing cluster with a pool by slot",
    change: { cluster: { provider: "existing", kubeconfigPath: "x" }, loadBalancer: { provider: "metallb" } },
    says: /loadBalancer\.addresses: is missing/,
  },
  { name: "no cluster", change: { cluster: undefined }, says: /cluster: .*given: nothing/ },
];
