import type { CatalogueEntry } from "./index.ts";

/** Codes of what fails while the program of a stack runs, and of arguments of its components. */
export const program = {
  "export-callers-without-selector": {
    title: "An exported service names callers but not the labels of its pods.",
    page: "The policy that denies other callers applies to pods. Set `selector` to the Service's selector.",
  },
  "export-callers-not-enforceable": {
    title: "The callers of an exported service cannot be distinguished from other identities.",
    page: "The trust domains of the meshes decide which callers a policy can name. The message names each mesh.",
  },
  "export-policy-missing": {
    title: "An exported service that is not for every identity has no policy.",
    page: "The argument `enforceCallers` of ExportedService is false. Remove it.",
  },
  "export-host-kind": {
    title: "The host of an exported service is not of the kind that its arguments declare.",
    page: "A mesh-neutral host gets a ServiceEntry. `meshNeutralHost` of ExportedService must agree with `host`.",
  },
  "export-invalid": {
    title: "The arguments of an exported service are not valid.",
    page: "The message names each argument and what is allowed, as for an entry of the key `exports`.",
  },
  "component-argument-invalid": {
    title: "A program in another language gives a component wrong arguments.",
    page:
      "The message names each argument: it is missing, unknown, or an output where it must be plain, because it " +
      "decides which objects exist. An SDK of another version of the components may have other arguments.",
  },
  "blended-import-gateways-unknown": {
    title: "The number of gateway addresses of a blended import is not known.",
    page: "A blended import creates a WorkloadEntry per address. Give ImportedService a plain array of gateways.",
  },
  "blended-import-without-accounts": {
    title: "A blended import names no service accounts.",
    page: "Each WorkloadEntry names the account of its endpoint. Set `blendServiceAccounts` of ImportedService.",
  },
  "node-network-without-ipv4": {
    title: "The docker network of the KinD nodes has no IPv4 subnet.",
    page: "Load-balancer addresses are IPv4. Delete the docker network when no cluster uses it; KinD creates it again.",
  },
  "role-invalid": {
    title: "The role of a stack is neither mesh nor trust.",
    page: "Set the key `role` to `trust` for the stack of the root CA. Leave it out for the stack of a mesh.",
  },
  "kubeconfig-missing": {
    title: "An existing cluster has no kubeconfig.",
    page: "Set `cluster.kubeconfigPath` to a file, or the secret key `kubeconfig` to its text.",
  },
  "kubeconfig-unreadable": {
    title: "The kubeconfig of an existing cluster cannot be read.",
    page: "The file of `cluster.kubeconfigPath` is missing or not readable.",
  },
  "import-pending": {
    title: "An import is pending, and the stack requires its imports.",
    page: "The peer publishes nothing yet. Bring the peer up first, or remove `requireImports`.",
  },
  "import-client-missing": {
    title: "An import is verified on up, but no client may call it.",
    page: "Name a client in the import, or deploy the sample `sleep` and add it to `visibleTo`.",
  },
  "cluster-conflict": {
    title: "The exports and imports of a mesh conflict with objects in its cluster.",
    page: "The details name each object. Change or remove the object, or the export or import.",
  },
  "state-unreadable": {
    title: "The state of a stack cannot be read.",
    page: "A run was probably stopped while it wrote the state. `npm run up` of the clone that has it repairs it.",
  },
  "peer-unreadable": {
    title: "What a peer publishes cannot be read.",
    page:
      "The backend, the secrets provider or the network failed. That is no absent peer: imports that exist stay as " +
      "they are, and the run changes nothing. Correct the cause and run it again.",
  },
  "cluster-unreadable": {
    title: "The cluster of a mesh answers, but its objects cannot be compared with the plan.",
    page:
      "The details name what cannot be read, such as a kind that the kubeconfig's user may not list. A cluster that " +
      "is unreachable is a warning instead.",
  },
  "live-object-unreadable": {
    title: "Objects of the cluster that an export or import depends on cannot be read.",
    page: "Give the kubeconfig's user the right to get and list them; docs/ci.md has the list.",
  },
  "mesh-has-importers": {
    title: "A mesh is destroyed while other meshes import from it.",
    page: "The details name each import. Remove the imports first.",
  },
  "importers-unknown": {
    title: "Whether a peer imports from a mesh is not known.",
    page: "The contract of the peer cannot be read. The message has the reason.",
  },
} satisfies Record<string, CatalogueEntry>;
