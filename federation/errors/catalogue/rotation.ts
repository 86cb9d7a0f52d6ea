import type { CatalogueEntry } from "./index.ts";

/** Codes of `npm run rotate`: why the next phase of a rotation may not go. */
export const rotation = {
  "rotation-gate-closed": {
    title: "The next phase of a rotation may not go yet.",
    page: "A phase that goes too early makes calls fail. The details name what is missing, with pods and meshes.",
  },
  "rotation-phase-order": {
    title: "A rotation was given a phase that does not follow the configured one.",
    page: "The order is `add`, `switch`, `remove`, `done`. Each is one `up` of the mesh, then the gate of the next.",
  },
  "rotation-not-configurable": {
    title: "A root that this project does not make cannot be rotated by it.",
    page:
      "`rotation` is a key of a mesh whose CA is `shared` or `own`, with a stack file in `stacks/`. The owner of " +
      "another CA changes its root in the same three phases.",
  },
  "rotation-not-deployed": {
    title: "The contract of a mesh does not show the phase of its stack file.",
    page: "The phase was not deployed, or the contract is older. Run an `up` of the mesh's stack.",
  },
  "rotation-mesh-unread": {
    title: "A mesh that takes part in a rotation cannot be read.",
    page:
      "The mesh itself must be up and its cluster reachable. Of a peer the contract is needed, because it lists the " +
      "roots that the peer accepts.",
  },
  "rotation-proxy-unread": {
    title: "Istio's proxy of a pod does not answer, so its certificates are unknown.",
    page:
      "A pod that cannot be asked keeps the gate closed: it may be the one whose calls would fail. Restart it. The " +
      "credentials need to list pods and to create `pods/exec`.",
  },
  "rotation-bundle-not-taken": {
    title: "istiod has not taken a root that the mesh publishes.",
    page:
      "ConfigMap `istio-ca-root-cert` shows what istiod holds. Without ISTIO_MULTIROOT_MESH, istiod ignores a Secret " +
      "`cacerts` with another bundle until it restarts.",
  },
  "rotation-root-missing": {
    title: "Proxies lack a root on which the next phase relies.",
    page:
      "A proxy that started without PROXY_CONFIG_XDS_AGENT gets a new bundle only with its next leaf, after about 12 " +
      "hours, or when its pod restarts.",
  },
  "rotation-leaf-old": {
    title: "Proxies have a leaf that is issued under the old root.",
    page: "Calls of these pods would fail once the old root is removed. Restart them, or wait for the renewal.",
  },
  "rotation-root-remains": {
    title: "Proxies still have a root of an earlier rotation.",
    page: "A rotation ends when no proxy has the old root. Restart the pods that are named.",
  },
  "rotation-peer-lacks-root": {
    title: "A peer does not accept the root on which the next phase relies.",
    page:
      "The contract of the peer lists the roots that it accepts (`mesh.roots`, `mesh.trusts`). An `up` of the peer " +
      "adds the root, after its fingerprint is allowed where `peers.<mesh>.roots` pins it.",
  },
  "rotation-peer-old-root": {
    title: "A mesh that shares a root still issues under it.",
    page: "A shared root is removed when no mesh issues under it. Switch the mesh that is named first.",
  },
} satisfies Record<string, CatalogueEntry>;
