import type { CatalogueEntry } from "./index.ts";

/** Codes of what is wrong with exports, imports, contracts and trust. */
export const federation = {
  "import-host-refused": {
    title: "A peer exports a host to which it has no right in the importing mesh.",
    page:
      "Workloads would call the peer by that name. Accepted are the hosts of the peer's Services, unless the " +
      "namespace is one of the importing cluster's own, and hosts below `peers.<mesh>.hosts`. Any other host " +
      "needs `as`.",
  },
  "peer-trust-domain-unstated": {
    title: "An export restricts callers of a peer whose trust domain nobody but the peer states.",
    page:
      "Callers are named by trust domain. A peer that chose it freely would escape the policy. State it in " +
      "`peers.<mesh>.trustDomain`; meshes of this project state it in their stack files.",
  },
  "peer-trust-domain-differs": {
    title: "A peer publishes another trust domain than the one that is stated for it.",
    page: "Policies and pinned identities depend on it. Find out which is right before you change the key.",
  },
  "live-port-undeclared": {
    title: "The Service of an export has a port that the export does not name.",
    page:
      "The gateway exposes a host, and with it every TCP port of the Service. Peers could call the other port. " +
      "`allowUndeclaredPorts` accepts that; its policy then applies to all ports of the pods.",
  },
  "live-subset-undeclared": {
    title: "A DestinationRule defines a subset of an exported host that the export does not name.",
    page: "Peers can address it through the gateway. `allowUndeclaredSubsets` accepts that.",
  },
  "live-target-port": {
    title: "The targetPort of an export is not the Service's.",
    page: "The policy of callers applies to the pod ports that the export names, so it would miss the pods' real port.",
  },
  "live-gateway-overlap": {
    title: "Another Gateway object takes an exported host on the same gateway pods and port.",
    page:
      "Istio's `cross-network-gateway` with host `*.local` is the usual case. Envoy rejects the whole listener: " +
      "running pods keep their old one, a pod that restarts never gets ready, and the wildcard exposes every Service " +
      "of the mesh. Narrow its hosts, or use a gateway of the federation's own.",
  },
  "live-gateway-network-view": {
    title: "An existing gateway would hand calls for a blended import on to other networks.",
    page: "Set `ISTIO_META_REQUESTED_NETWORK_VIEW` in its pods to the mesh's network, so that calls cannot loop.",
  },
  "live-gateway-missing": {
    title: "No pod has the labels of the existing gateway.",
    page: "The exports are served once a pod has them. Correct `gateway.labels`, or start the gateway.",
  },
  "peer-gateway-address": {
    title: "A peer publishes a gateway address that no other mesh can have.",
    page:
      "It is a loopback, link-local, unspecified or multicast address, or in a network of the importing mesh. Calls " +
      "would not leave it. `peers.<mesh>.allowedAddresses` allows a range or a name.",
  },
  "blended-import-locality": {
    title: "A blended import comes from a mesh with the importing mesh's own locality.",
    page: "Istio would balance calls between the two instead of failing over. Give them different localities.",
  },
  "imports-mismatch": {
    title: "The imports of a mesh do not fit what its peers publish.",
    page: "The details name each import. `npm run up` retries the mesh after its peers have changed.",
  },
  "exports-mismatch": {
    title: "The exports of a mesh cannot be created as configured.",
    page: "The details name each export and its importers. `npm run up` retries the mesh after its peers have changed.",
  },
  "import-not-exported": {
    title: "The peer of an import does not export a service of that name.",
    page: "Add the export in the peer's stack and run `pulumi up` there, or remove the import.",
  },
  "import-not-allowed": {
    title: "The peer exports the service, but not to the importing mesh.",
    page: "The peer must add the mesh to `to` of the export.",
  },
  "import-port-missing": {
    title: "An import relies on a port that the peer does not export.",
    page: "The peer must add the port to the export, or the import must no longer name it.",
  },
  "import-port-protocol": {
    title: "An import relies on a protocol that the export's port does not have.",
    page: "Set the same protocol in the import and the export.",
  },
  "import-subset-missing": {
    title: "An import addresses a subset that the peer does not export.",
    page: "Both sides must name a subset. The peer must add it to the export, or the import must no longer name it.",
  },
  "import-probe-port": {
    title: "A probe of an import names no port of the service.",
    page: "The keys of `probe` are names or numbers of the ports that the peer exports.",
  },
  "import-without-routes": {
    title: "An import has retries or a timeout, but no port of HTTP.",
    page:
      "`retries` and `timeout` apply to single calls, which a sidecar knows of the protocols HTTP, HTTP2 and GRPC " +
      "only. Remove them, or declare the port's protocol in the export.",
  },
  "import-host-duplicate": {
    title: "Several imports that one namespace sees have the same host.",
    page:
      "Merge them into one import from several meshes (`from: [...]`), make them visible to different namespaces " +
      "(`visibleTo`), rename one with `as`, or remove one.",
  },
  "import-host-namespace": {
    title: "Imports with the same host have their objects in one namespace.",
    page:
      "Istio keeps endpoints by host and namespace, so that callers of one import would reach the peer of the other, " +
      "too. Give each import a `namespace` of its own; the default is the first of `visibleTo`.",
  },
  "import-peers-differ": {
    title: "The peers of one import export the service with different hosts or ports.",
    page: "One import has one host and one set of ports. Align the exports, or import them separately with `as`.",
  },
  "blended-import-host": {
    title: "A blended import has another host than the local Service.",
    page: "Local and remote endpoints have one SNI, so the export needs the host of the importer's own Service.",
  },
  "blended-import-gateway-name": {
    title: "A blended import has a gateway whose address is a host name.",
    page: "An endpoint of a Service is an IP address. The peer must publish IP addresses (`gateway.addresses`).",
  },
  "blended-import-trust-domain": {
    title: "A blended import comes from a mesh with another trust domain.",
    page: "An endpoint of a local Service must have an identity of the local trust domain. Import without `blend`.",
  },
  "blended-import-identity": {
    title: "A blended import is served by an identity that is no service account of the Service's namespace.",
    page: "A WorkloadEntry names a service account of its own namespace. Import without `blend`.",
  },
  "peer-name-conflict": {
    title: "Two meshes have the same name.",
    page:
      "Names of meshes tell their exports and imports apart. Change `mesh.name` in one of the stacks. Clusters, " +
      "networks and mesh IDs of independent meshes may be equal.",
  },
  "peer-istio-unsupported": {
    title: "A peer runs an Istio minor version that is not supported.",
    page: "Upgrade it. If it behaves like a supported minor, the peer can set `istio.istioMinor`.",
  },
  "peer-istio-skew": {
    title: "The Istio versions of two meshes are too far apart.",
    page: "Upgrade the older mesh.",
  },
  "trust-domain-not-accepted": {
    title: "A mesh does not accept the trust domain of the callers in another mesh.",
    page:
      "The TLS handshake fails. A managed Istio accepts the meshes that it exports to after its next `pulumi up`. An " +
      "existing Istio needs `meshConfig.caCertificates[].trustDomains`; its stack file `mesh.acceptedTrustDomains`.",
  },
  "export-breaks-import": {
    title: "A change of an export breaks an import of a peer.",
    page:
      "Change the import in the peer first, then the export. `allowBreaking` names the exports that may change " +
      "regardless; the finding is a warning then.",
  },
  "export-identity-unpinned": {
    title: "An export names an identity that an importer does not pin yet.",
    page:
      "The importer rejects what pods with this identity answer. Run `pulumi up` of the exporter, then of the " +
      "importer, and let pods run with the identity afterwards.",
  },
  "export-callers-exclude": {
    title: "An export admits no caller of a namespace for which a peer imports it.",
    page:
      "Calls from there are denied. The import names no client, so the exporter cannot see who calls. Add the " +
      "callers, narrow the import's `visibleTo`, or name its `client`.",
  },
  "trust-domain-change": {
    title: "Another trust domain breaks an import of a peer.",
    page:
      "Importers pin identities of the exporter's trust domain, and the exporter accepts callers of the importer's. " +
      "List the export in `allowBreaking`, keep the former trust domain in `mesh.acceptedTrustDomains`, and run " +
      "`pulumi up` of the other mesh right afterwards.",
  },
  "export-policies-conflict": {
    title: "Two exports are served by the same pods but are for different callers.",
    page:
      "The policy of one export denies callers of the other. Give both the same callers, declare `targetPort` for " +
      "every port of both, or serve them by different pods.",
  },
  "live-service-conflict": {
    title: "An import has the host of a Service in the cluster.",
    page: "The local Service has precedence. Use `blend` to fail over between the two, or rename the import with `as`.",
  },
  "live-rule-conflict": {
    title: "Another DestinationRule in the cluster has the host of an import or export.",
    page:
      "Istio uses or merges one of the two. Remove the other rule, or change the import or export. What a rule for " +
      "an import sets can be set in the import: `connectionPool`, `loadBalancer`, `outlierDetection`.",
  },
  "live-route-conflict": {
    title: "Another VirtualService in the cluster has the host of an import with retries or a timeout.",
    page:
      "A sidecar uses one of the two. Set `retries` and `timeout` in the other VirtualService and remove them from " +
      "the import, or remove the VirtualService.",
  },
  "live-rule-overrides": {
    title: "A DestinationRule of others replaces that of an import, or applies to one without a rule.",
    page:
      "Istio looks for a rule in the client's namespace first, also for wildcard hosts, and takes only the most " +
      "specific one there; then in the import's namespace, and then in the root namespace, which matter only for an " +
      "import without a rule (key `importRules`). Calls fail where it sets another TLS mode than ISTIO_MUTUAL, or " +
      "another SNI; that is refused for a rule for all pods. A warning is about selected pods, a blended import, " +
      "settings that are lost, or outlier detection. Narrow the rule's host, or set `importRules: always`.",
  },
  "live-sidecar-hides": {
    title: "A Sidecar hides an import from workloads that may call it.",
    page:
      "The egress hosts of the Sidecar do not take the import's host, so the proxies do not know it. Add " +
      "`<namespace of the import>/<its host>` to them. It is refused where the import's `client` is such a workload " +
      "and no VirtualService routes to the import; otherwise it is a warning. Gateways have no Sidecar.",
  },
  "live-entry-conflict": {
    title: "Another ServiceEntry in the cluster has the host of an import.",
    page: "Remove the other ServiceEntry, or rename the import with `as`.",
  },
  "live-service-missing": {
    title: "The Service of an export or of a blended import does not exist in the cluster.",
    page: "An export of it is created with a warning, and peers get no answer. A blended import fails.",
  },
  "live-port-missing": {
    title: "A port exists only in the Service or only in the export.",
    page: "Align the ports of the Service in the cluster with those of the export.",
  },
  "live-port-name": {
    title: "A port of a blended import has different names in the local Service and in the export.",
    page: "Istio finds the port of an endpoint by its name. Use the same name on both sides.",
  },
  "live-selector-mismatch": {
    title: "Configured pod labels do not match the selector of the Service in the cluster.",
    page: "Use the labels of the Service's selector in `selector` or `blend.labels`.",
  },
  "live-account-undeclared": {
    title: "Pods behind an export run as a service account that the export does not name.",
    page: "Importers reject what these pods answer. Add the account to `serviceAccounts`.",
  },
  "live-subset-missing": {
    title: "No DestinationRule defines a subset of an export.",
    page: "Give the subset labels, or create a DestinationRule that the gateway's namespace sees.",
  },
  "contract-version-unsupported": {
    title: "A peer publishes a contract of another version.",
    page: "Bring both meshes to the same release of this project. New fields do not change the version.",
  },
  "contract-invalid": {
    title: "A contract does not have the expected fields.",
    page: "The details name the first fields. The peer's owner writes the contract again with the current release.",
  },
} satisfies Record<string, CatalogueEntry>;
