import type { CatalogueEntry } from "./index.ts";

/** Codes of what `npm run review` finds itself; checks of the configuration have the codes of the program. */
export const review = {
  "review-base-unknown": {
    title: "The git revision to compare with does not exist in this clone.",
    page: "Give `--base` a commit, branch or tag. Fetch it first; in CI check out with the whole history.",
  },
  "review-stack-role-invalid": {
    title: "The role of a stack is neither mesh nor trust.",
    page: "Set `mesh-federation:role` to `trust` for the stack of the root CA. Remove the key in the stack of a mesh.",
  },
  "review-stack-empty": {
    title: "A stack file declares neither a mesh nor a root CA.",
    page: "Set `mesh-federation:cluster` for a mesh, or `mesh-federation:role: trust`. Or remove the file.",
  },
  "review-stack-name-reserved": {
    title: "A stack has the name of a CI environment with another purpose.",
    page: "The environment of a stack is `federation-<stack>`. Rename the stack (docs/ci.md).",
  },
  "review-kubeconfig-program": {
    title: "A kubeconfig runs a program or reads a file that the base revision does not allow in a review.",
    page: "Give a kubeconfig with a token or certificate, or list the text in `review-config.json` first (docs/ci.md).",
  },
  "review-contract-file-unreadable": {
    title: "The contract file of a peer cannot be read as JSON.",
    page: "The path is that of `peers.<mesh>.file`. Ask the owner of the peer for the output of `npm run contract`.",
  },
  "review-contract-file-outside": {
    title: "The contract file of a peer is outside of the repository.",
    page: "A review reads only files of the revision, also through symbolic links. Commit the contract.",
  },
  "review-certificate-file-unreadable": {
    title: "A file of certificates, or of a certificate request, cannot be read.",
    page:
      "The path is that of `ca.certificateFile` or `ca.rootFile` of a mesh, or of `meshes.<mesh>.requestFile` of the " +
      "trust stack. A file that does not exist yet is no error.",
  },
  "review-certificate-file-outside": {
    title: "A file of certificates, or of a certificate request, is outside of the repository.",
    page: "A review shows whom a mesh would trust, so it needs the file of both revisions. Commit it.",
  },
  "review-policy-config-invalid": {
    title: "`policy-config.json` is not valid.",
    page: "The details name each wrong key. docs/policies.md has the levels and settings of each policy.",
  },
  "review-backend-none": {
    title: "A review has no backend.",
    page: "`MESH_FEDERATION_BACKEND` is `none`, as for a pull request without secrets. There are no previews.",
  },
  "review-backend-unreadable": {
    title: "The backend cannot be read.",
    page: "Check `PULUMI_BACKEND_URL`, the backend's credentials, and the network.",
  },
  "review-stack-not-deployed": {
    title: "A stack is not in the backend.",
    page: "A review creates no stack. The first `up` creates the stack and all its resources.",
  },
  "review-stack-undeclared": {
    title: "A deployed stack has no stack file.",
    page: "Destroy it if its mesh was removed (docs/ci.md). Set `peers.<mesh>.stack` if another repository deploys it.",
  },
  "review-state-unreadable": {
    title: "The state of a stack cannot be read.",
    page: "Its contract and its secrets are unknown. Check the passphrase or secrets provider, and the backend.",
  },
  "review-state-secrets-unreadable": {
    title: "The secrets of a state cannot be decrypted.",
    page: "The review masks only what Pulumi masks. Give the job the passphrase or secrets provider of the stack.",
  },
  "review-config-secrets-unreadable": {
    title: "The secret configuration of a stack cannot be decrypted.",
    page: "The review masks only what Pulumi masks. Give the job the passphrase or secrets provider of the stack.",
  },
  "review-contract-unreadable": {
    title: "The contract of a deployed stack cannot be read.",
    page: "The imports from it are checked against its configuration, or stay pending. Check access to the stack.",
  },
  "review-config-invalid": {
    title: "A stack is not previewed because its configuration is not valid.",
    page: "Its failed checks name each key. Correct the stack file.",
  },
  "review-checks-failed": {
    title: "A stack is not previewed because its checks failed.",
    page: "Correct what its failed checks name.",
  },
  "review-stack-waits": {
    title: "A stack is not previewed because another stack must be deployed first.",
    page: "This is no fault of the change. The review shows the order of deployment.",
  },
  "review-stack-blocked": {
    title: "A stack cannot be deployed against what is deployed now.",
    page: "No order of deployment passes its checks. Split the change, or correct what the review names.",
  },
  "review-cluster-unreachable": {
    title: "A stack is not previewed because its cluster is unreachable.",
    page: "Check the kubeconfig, the network between the runner and the API server, and the API server.",
  },
  "review-preview-failed": {
    title: "The preview of a stack fails.",
    page: "The message is Pulumi's. `npm run pulumi -- preview --stack <stack>` repeats the preview.",
  },
  "review-refresh-failed": {
    title: "A stack cannot be compared with its cluster.",
    page: "The message is Pulumi's. `npm run pulumi -- refresh --preview-only --stack <stack>` repeats the comparison.",
  },
  "review-import-pending": {
    title: "An import is still pending after the deployment.",
    page: "Its peer publishes nothing yet. Deploy the peer, then the importing stack again.",
  },
  "review-trust-pending": {
    title: "After the whole deployment, a mesh does not trust a peer yet.",
    page:
      "The reason names a root. Where it is to be pinned, compare it with the peer's owner, then set " +
      "`peers.<mesh>.roots`. Where an existing Istio lacks its anchor, the owner of that Istio sets it.",
  },
} satisfies Record<string, CatalogueEntry>;
