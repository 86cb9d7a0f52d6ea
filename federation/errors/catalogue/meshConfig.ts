import type { CatalogueEntry } from "./index.ts";

/** MeshConfig and PeerAuthentications of the importing mesh. */
export const meshConfigErrors = {
  "mesh-config-discovery": {
    title: "meshConfig.discoverySelectors do not select a namespace of an import.",
    page:
      "Istio ignores the objects of an import in such a namespace, which is refused. A client's namespace gets no " +
      "trust bundle, without which proxies do not start, which is a warning. Label the namespace.",
  },
  "mesh-config-visibility": {
    title: "A setting of MeshConfig hides an import's service from namespaces of visibleTo.",
    page:
      "`serviceEntryVisibility` with `applyToSidecars` (Istio 1.31) narrows `exportTo` of a ServiceEntry, which is " +
      "refused. `defaultServiceExportTo` narrows the Service of a blended import, which is a warning. No other " +
      "default of MeshConfig changes an import: its objects set everything else explicitly.",
  },
  "mesh-config-auto-mtls": {
    title: "A blended import needs meshConfig.enableAutoMtls.",
    page:
      "The rule of a blended import sets no TLS mode, because local pods may have no sidecar. Without auto mTLS, " +
      "calls reach the peer's gateway as plain text, which it resets.",
  },
  "mesh-config-needs-rule": {
    title: "A setting of MeshConfig breaks an import without a DestinationRule.",
    page:
      "With key `importRules` at its default `whenNeeded`, an import with a single gateway has no rule. Without " +
      "`meshConfig.enableAutoMtls` its calls would reach the peer's gateway as plain text, which it resets; with " +
      "outlier detection in `meshConfig.defaultTrafficPolicy` (Istio 1.31), an error would leave out its only " +
      "gateway, and all calls would fail for a while. `importRules: always` gives each import a rule, which wins.",
  },
  "live-peer-authentication": {
    title: "A PeerAuthentication disables mTLS in the namespace of an import without a DestinationRule.",
    page:
      "Istio takes the endpoints of an import for workloads of its namespace, and calls them in plain text, which " +
      "the peer's gateway resets. Set `importRules: always`, since a rule says that mTLS is used, or give the import " +
      "another `namespace`, or remove mode DISABLE.",
  },
  "mesh-config-unread": {
    title: "The MeshConfig of an existing Istio cannot be read.",
    page:
      "Whether its settings keep imports from working is not known. `importRules: always` makes imports without " +
      "blend independent of most of them. Let the user of the kubeconfig get the ConfigMap " +
      "`istio`, or `istio-<revision>`, of Istio's namespace.",
  },
} satisfies Record<string, CatalogueEntry>;
