import type { CatalogueEntry } from "./index.ts";

/** Codes of the hops of a call, in the order in which a call passes them. verify/hops/registry.ts has their checks. */
const hops = {
  "hop-client": {
    title: "The client pod of an import cannot call.",
    page:
      "It is missing, not ready, without a sidecar or without curl. Start it, name another client, or use " +
      "`--probe-pod`.",
  },
  "hop-dns": {
    title: "The host of an import does not resolve in the client pod.",
    page: "Its sidecar does not know the host, or has no address for it. Check `visibleTo` and the DNS settings.",
  },
  "hop-listener": {
    title: "The client's sidecar does not send the call to the imported host with mTLS.",
    page: "A listener, route or cluster is missing, or another object changes it. Correct the object that is named.",
  },
  "hop-endpoint": {
    title: "The client's sidecar has no healthy endpoint for the imported host.",
    page: "There is none, its address is not the one that the peer publishes, or outlier detection ejected it.",
  },
  "hop-tcp": {
    title: "There is no TCP connection to the gateway of the exporting mesh.",
    page: "Check the gateway's Service and pods, firewalls between the clusters, and NetworkPolicies of the client.",
  },
  "hop-sni": {
    title: "The gateway of the exporting mesh does not accept the SNI of the imported host.",
    page: "The service is not exported, or has no ready pod. Run `pulumi up --refresh` of the exporting stack.",
  },
  "hop-tls": {
    title: "A side of the call does not accept the certificate of the other.",
    page: "The meshes share no root, an identity is not accepted, or a certificate is expired or not yet valid.",
  },
  "hop-authorization": {
    title: "The serving workload denies the client.",
    page: "Add the client to the export's `callers`, or correct the policy that is named.",
  },
  "hop-target": {
    title: "The target does not answer as the probe of the import expects.",
    page: "It has no ready pod, nothing listens on its target port, or the probe expects another answer.",
  },
} satisfies Record<string, CatalogueEntry>;

/** Codes of an edge that are not about one hop. */
const edges = {
  "edge-server-identity": {
    title: "A call is answered by a workload that the import does not expect.",
    page: "The certificate behind the gateway, or the answer, names another mesh, CA or SPIFFE ID.",
  },
  "edge-caller-identity": {
    title: "The target sees another caller than the client.",
    page: "The answer names another SPIFFE ID than that of the client's service account.",
  },
  "edge-subset": {
    title: "A subset of an import cannot be reached, although the import can.",
    page: "The gateway does not accept the SNI of the subset, or its certificate is not accepted.",
  },
  "edge-gateway-dead": {
    title: "One of several gateways of an import takes no calls.",
    page: "Calls get through by the others, so the import is DEGRADED. Check the Service and the pods of the gateway.",
  },
  "edge-call-failed": {
    title: "A call fails, and no hop shows the reason.",
    page: "Run `npm run verify` again, and read the log of the client's sidecar.",
  },
} satisfies Record<string, CatalogueEntry>;

/** Codes of the negative checks. verify/negativeChecks/registry.ts has the checks. */
const negativeChecks = {
  "negative-unexported-name": {
    title: "A gateway accepts the SNI of a service that is not exported.",
    page: "Another Gateway object names the host, or has a wildcard. Remove it, or export the service.",
  },
  "negative-foreign-tls": {
    title: "A gateway passes on TLS without Istio's protocol.",
    page: "A server of a Gateway object has another TLS mode than AUTO_PASSTHROUGH on the port. Remove it.",
  },
  "negative-plaintext": {
    title: "A gateway answers plaintext.",
    page: "A server of a Gateway object takes plaintext on the port. Remove it.",
  },
  "negative-no-certificate": {
    title: "A workload behind a gateway answers a caller without a certificate.",
    page: "The mesh does not require mTLS of the workload. Set its PeerAuthentication to STRICT.",
  },
  "negative-undeclared-port": {
    title: "A gateway accepts a port or subset of an exported service that no export publishes.",
    page: "Importers can call it, although the contract does not offer it. Publish it, or remove it for the gateway.",
  },
  "negative-wildcard-host": {
    title: "A gateway passes on a wildcard host.",
    page: "Every service of the mesh is reachable through it. Name the exported hosts instead.",
  },
  "negative-remote-secret": {
    title: "A mesh has a credential for the API server of another cluster.",
    page: "A federation needs none. Delete the Secret with label `istio/multiCluster`.",
  },
  "negative-rejected-configuration": {
    title: "A gateway rejects the configuration of a listener, or has pods that are not ready.",
    page:
      "Calls may still get through by an earlier configuration, until its pods restart. The usual cause is another " +
      "Gateway object with overlapping hosts on the same port, such as `*.local`.",
  },
  "negative-inconsistent-trust": {
    title: "Proxies of a mesh have another trust than the mesh publishes.",
    page:
      "Calls fail for it, or will after a restart, or a peer can act as a workload of the mesh. The evidence has a " +
      "finding with a code `trust-*` for each cause.",
  },
  "negative-quarantine": {
    title: "A peer in quarantine is not cut off.",
    page:
      "The evidence names what is left of it: an endpoint, an anchor, a host, a missing policy, or an answer. " +
      "Run `pulumi up --refresh` of the mesh that has it in quarantine; connections that exist end in a minute. " +
      "Where no policy can name it, close the gateway to its network.",
  },
  "negative-undeclared-caller": {
    title: "A workload answers a caller that the export does not name.",
    page:
      "The AuthorizationPolicy of the export is missing or changed. Run `pulumi up --refresh` of the exporting " +
      "stack.",
  },
} satisfies Record<string, CatalogueEntry>;

/** Codes of causes of failed handshakes, and of what `verify` finds in the trust of a mesh. */
const trustCauses = {
  "trust-anchor-missing": {
    title: "A proxy does not accept the root of a peer.",
    page:
      "The mesh has not allowed the root (`peers.<mesh>.roots`), the peer switched its root before, or the proxy " +
      "started without PROXY_CONFIG_XDS_AGENT and got no anchor.",
  },
  "trust-anchor-expired": {
    title: "A certificate in the way of a handshake is not valid now.",
    page:
      "It is a CA of the chain, or a root or anchor of the bundle. Of two certificates with one name in a bundle the " +
      "first counts, so that an expired one hides its successor.",
  },
  "trust-constraint-violated": {
    title: "A certificate names what its CA may not issue.",
    page:
      "An anchor and the CA of a mesh are bound to its trust domain. Either the mesh has another trust domain than " +
      "its contract says, its CA has DNS names, or its CA issues identities of another mesh.",
  },
  "trust-root-replaced": {
    title: "The root of a mesh was replaced without phases.",
    page:
      "Pods from before and after the replacement refuse each other. Recreate all pods with a sidecar and all " +
      "gateways. `npm run rotate` changes a root without failed calls.",
  },
  "trust-bundle-not-taken": {
    title: "istiod does not hold a root that its mesh publishes.",
    page:
      "Without ISTIO_MULTIROOT_MESH, istiod ignores a Secret `cacerts` with another bundle, and takes it at its next " +
      "restart without a word.",
  },
  "trust-leaf-old": {
    title: "A workload has a leaf under no root that its mesh keeps.",
    page: "A CA from before a change of root, or of another owner, issued it. Recreate the pod.",
  },
  "trust-anchor-unbound": {
    title: "The root of a peer is in a bundle without a constraint.",
    page:
      "The CA of the peer can then issue identities of the mesh's own trust domain. `caCertificates[].trustDomains` " +
      "does not bind a root; a name-constrained anchor does.",
  },
} satisfies Record<string, CatalogueEntry>;

/** Codes of `npm run verify`, `npm run status`, `npm run graph`, and of the verification of an import by an `up`. */
export const verify = {
  ...hops,
  ...edges,
  ...negativeChecks,
  ...trustCauses,
  "verify-stack-unknown": {
    title: "The stack that was given is no mesh stack of this project.",
    page: "`--stack` takes the name of a stack file in `stacks/` that configures a mesh.",
  },
  "verify-import-unknown": {
    title: "No mesh has an import of the name that was given.",
    page: "`--import` takes the name of an import of one of the stacks.",
  },
  "verify-import-environment": {
    title: "The program that verifies an import lacks its environment.",
    page: "It is run by `pulumi up`. Run `npm run verify` to verify imports.",
  },
  "import-not-answering": {
    title: "An import does not answer after an `up`.",
    page: "`verifyOnUp` makes the `up` fail. The output names the failed hop with its evidence and remedy.",
  },
  "graph-empty": {
    title: "There is no mesh to draw.",
    page: "No mesh is up. Run `npm run up`.",
  },
  "graph-incomplete": {
    title: "A part of the federation cannot be read, so its picture is not written.",
    page: "docs/federation.svg shows the whole federation. Bring up the meshes that are named, or use `--svg FILE`.",
  },
  "status-objects-unknown": {
    title: "The state of a stack does not record the objects that it created.",
    page: "An earlier release wrote the state. Run `pulumi up` of the stack.",
  },
  "kubeconfig-without-cluster": {
    title: "A kubeconfig has no cluster for its context.",
    page: "`cluster.context` names a context of the kubeconfig; without it, `current-context` counts.",
  },
} satisfies Record<string, CatalogueEntry>;
