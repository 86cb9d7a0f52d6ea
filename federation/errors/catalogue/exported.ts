import type { CatalogueEntry } from "./index.ts";

/** Codes of what a preview sees of an export in its own cluster: its Service, pods and rules. */
export const exported = {
  "live-cluster-domain": {
    title: "A mesh's cluster domain is not that of its cluster.",
    page:
      "Istio and Kubernetes end the hosts of Services with the cluster domain. With another one in " +
      "`mesh.clusterDomain`, peers call hosts that the mesh does not have. An existing Istio shows it as " +
      "`global.proxy.clusterDomain` in ConfigMap `istio-sidecar-injector`, a cluster of kubeadm in ConfigMap " +
      "`kubelet-config`.",
  },
  "live-service-external": {
    title: "The Service of an export is an ExternalName.",
    page:
      "Istio takes it for a place outside the mesh, and the gateway has no filter chain for it: peers get a reset. " +
      "Export the Service that selects the pods.",
  },
  "live-service-hidden": {
    title: "The gateway's namespace does not see the Service of an export.",
    page:
      "The annotation `networking.istio.io/exportTo` of the Service leaves it out, so the gateway has no filter " +
      "chain for its host and peers get a reset. A mesh-neutral host has a ServiceEntry of its own, which the " +
      "gateway sees.",
  },
  "live-service-headless": {
    title: "A headless Service of a StatefulSet is exported: peers cannot tell its pods apart.",
    page:
      "The gateway spreads calls over all pods of a headless Service. The names of single pods exist in their own " +
      "cluster only. Where callers need them, as clients of a database or of a broker do, export a Service for each " +
      "pod.",
  },
  "live-service-node-local": {
    title: "The Service of an export has internalTrafficPolicy Local.",
    page:
      "A gateway pod then knows the pods of its own node only. Peers get a reset from a gateway pod on a node " +
      "without one.",
  },
  "live-service-selector-missing": {
    title: "The Service of an export has no selector.",
    page:
      "Somebody else writes its addresses. The gateway passes on to those that are pods with a sidecar, and to no " +
      "other: peers cannot reach a database outside the mesh in this way.",
  },
  "live-port-doubled": {
    title: "The Service of an export has one port number for TCP and for SCTP.",
    page:
      "Istio leaves out UDP ports alone. The gateway would get two filter chains for one name, and Envoy rejects " +
      "such a listener as a whole. TCP and UDP on one number are fine.",
  },
  "live-port-protocol": {
    title: "An export and its Service give a port protocols that Istio treats differently.",
    page:
      "Callers use the protocol of the export, and the pods' sidecars that of the Service: its `appProtocol`, else " +
      "the start of the port's name. HTTP at one end and HTTP/2 or gRPC at the other turns calls into HTTP/1.1, on " +
      "which gRPC fails. Between HTTP and TCP the calls pass, without what Istio does for HTTP at one end.",
  },
  "live-target-port-unserved": {
    title: "A port of a mesh-neutral host leads to a pod port that neither the Service nor a container names.",
    page:
      "The host has a ServiceEntry of its own, whose `targetPort` is that of the export and by default the port " +
      "itself. Set it to the `targetPort` of the Service, unless the pods listen on a port more that nothing " +
      "declares.",
  },
  "live-pod-ambient": {
    title: "Pods of an export are in ambient mode.",
    page:
      "The gateway passes a peer's mTLS on without ending it. A sidecar ends it; ztunnel does not, and Istio leaves " +
      "such pods out of the gateway's endpoints. A preview refuses an export of which all pods are in ambient mode, " +
      "and warns of one of which some are.",
  },
  "live-pod-sidecar": {
    title: "Pods of an export have no sidecar that ends the mTLS of peers.",
    page:
      "Istio leaves pods without the label `security.istio.io/tlsMode: istio`, which injection sets, out of the " +
      "gateway's endpoints. Peers get a reset where no other pod serves. Injection acts when a pod starts: restart " +
      "the pods.",
  },
  "live-rule-tls": {
    title: "A DestinationRule with another TLS mode than ISTIO_MUTUAL applies to an exported host at the gateway.",
    page:
      "The gateway does not use the mode, because it passes mTLS on as it is. But by it Istio decides which " +
      "endpoints take mTLS, and leaves the others out: with DISABLE, SIMPLE or MUTUAL the gateway has none. Other " +
      "fields of the rule, such as connectionPool and outlierDetection, do no harm.",
  },
} satisfies Record<string, CatalogueEntry>;
