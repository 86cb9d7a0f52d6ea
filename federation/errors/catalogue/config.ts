import type { CatalogueEntry } from "./index.ts";

/** Codes of findings about a stack's configuration. */
export const config = {
  "config-invalid": {
    title: "The configuration of a stack is not valid.",
    page: "The details name each key, the given value and the allowed values. Correct the stack file.",
  },
  "stack-file-invalid": {
    title: "A stack file is not valid YAML, or is not a mapping.",
    page: "The message names the file and the line. `config` of a stack file is a mapping of keys to values.",
  },
  "config-key-unknown": {
    title: "A key is unknown.",
    page: "Unknown keys are refused: a typing error must not disable a setting. The message names the nearest key.",
  },
  "config-key-misplaced": {
    title: "A key belongs to the other kind of stack.",
    page: "Mesh stacks and the trust stack read different keys. Move the key, or correct `role`.",
  },
  "config-value-invalid": {
    title: "A value is not allowed.",
    page: "The message says what is allowed and what was given.",
  },
  "config-value-missing": {
    title: "A required value is missing.",
    page: "The message names the key and what is allowed.",
  },
  "config-value-empty": {
    title: "A key has no value.",
    page: "YAML reads a key without a value as null. Set a value, or remove the key.",
  },
  "config-subnets-overlap": {
    title: "Networks of a mesh overlap.",
    page: "Pods, Services and load-balancer addresses need disjoint networks. Change one of them.",
  },
  "config-slot-invalid": {
    title: "`mesh.slot` is missing or out of range.",
    page: "The node network has `loadBalancer.slots` parts. Part 0 is for nodes; each mesh has one of the others.",
  },
  "config-pool-missing": {
    title: "A mesh on an existing cluster has no load-balancer addresses.",
    page: "Set `loadBalancer.addresses`, or `loadBalancer.provider: none` where the cluster has a load balancer.",
  },
  "config-name-duplicate": {
    title: "Two meshes of this project have the same name, or two KinD clusters.",
    page: "Choose another name. Existing clusters, networks and mesh IDs may have equal names in Istio.",
  },
  "config-entry-duplicate": {
    title: "Two entries of a list have the same name or host.",
    page: "Rename or remove one of them.",
  },
  "config-peer-unknown": {
    title: "An export or import names a mesh that is not known.",
    page: "A peer has a stack file in `stacks/`, or an entry in `peers` that says where its contract is.",
  },
  "istio-values-conflict": {
    title: "A value for Istio's chart contradicts what the mesh publishes or creates.",
    page:
      "Peers and this project's resources follow the keys of `mesh`, and Istio would follow `istio.values`. Set the " +
      "key that the message names, and remove the value.",
  },
  "gateway-values-conflict": {
    title: "A value for the gateway's chart contradicts what the program sets.",
    page:
      "The program sets the gateway's name, network and revision, the labels that select its pods, and its ports: " +
      "other objects of the federation follow them. Set the key that the message names, and remove the value.",
  },
  "gateway-missing": {
    title: "A mesh exports services but has no gateway.",
    page: "Peers reach exports through an east-west gateway. Set `gateway.provider` to `managed` or `existing`.",
  },
} satisfies Record<string, CatalogueEntry>;
