import type { CatalogueEntry } from "./index.ts";

/** Codes of findings about clusters, their networks and their credentials. */
export const cluster = {
  "pool-overlap": {
    title: "The load-balancer pools of two meshes overlap.",
    page: "Two gateways would get one address. Give one mesh another slot, or other addresses.",
  },
  "pool-holds-node": {
    title: "A load-balancer pool contains the address of a node.",
    page: "MetalLB would announce an address that a node has. Name networks without a node.",
  },
  "pool-slot-unusable": {
    title: "A slot of the node network cannot be a pool.",
    page: "The network is too small for the number of slots, or nodes have addresses in the slot.",
  },
  "node-network-overlap": {
    title: "Pod or Service addresses overlap the node network.",
    page: "Nodes could not be distinguished from pods. Choose `podSubnet` and `serviceSubnet` outside of it.",
  },
  "kubernetes-version-mismatch": {
    title: "There is no node image of the requested Kubernetes version.",
    page: "Only an image decides which Kubernetes runs. Set `cluster.nodeImage`, or remove the version.",
  },
  "kubeconfig-invalid": {
    title: "A kubeconfig cannot be used.",
    page: "It is not YAML, has no contexts, or names a cluster without a server.",
  },
  "kubeconfig-context-missing": {
    title: "A kubeconfig does not have the context.",
    page: "The message lists its contexts. Set `cluster.context` to one of them.",
  },
  "kubeconfig-path-relative": {
    title: "A kubeconfig without a file has a relative path.",
    page: "Relative paths start at the directory of the kubeconfig's file; a secret has none.",
  },
  "kubeconfig-file-unreadable": {
    title: "A file that a kubeconfig names cannot be read.",
    page: "Put the file where Pulumi runs, or embed its data in the kubeconfig.",
  },
  "kubeconfig-login-unsupported": {
    title: "A kubeconfig uses a login method that Kubernetes clients no longer have.",
    page: "Use a token, a client certificate, or a credential program.",
  },
  "kubeconfig-program-missing": {
    title: "The credential program of a kubeconfig is missing.",
    page: "Install it where Pulumi runs, or use other credentials.",
  },
  "ca-material-invalid": {
    title: "The secret key `caMaterial` is not valid.",
    page:
      "It is JSON with the PEM texts `caCert`, `caKey`, `certChain` and `rootCert`. The key must match, `certChain` " +
      "must have `caCert` and lead to a root of `rootCert` by its signatures, and none of them may have expired.",
  },
  "control-plane-removed": {
    title: "A change removes control planes that pods still use.",
    page: "Nothing is changed. The details name the control planes and their pods.",
  },
  "control-plane-in-use": {
    title: "Pods still use a control plane that the change removes.",
    page:
      "Such pods keep their last configuration and certificate, and get no new ones. Restart the workloads, so that " +
      "the other control plane injects them. `istio.abandonedRevisions` lists control planes that may be removed all " +
      "the same; `default` is the one without a revision.",
  },
} satisfies Record<string, CatalogueEntry>;
