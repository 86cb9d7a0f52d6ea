import type { CatalogueEntry } from "./index.ts";

/** Codes about the CA of a mesh, its roots, and whom it trusts. */
export const roots = {
  "ca-material-missing": {
    title: "A mesh brings its own CA, but the key caMaterial is not set.",
    page: "Set the secret key `caMaterial`, or choose another `ca.provider`: docs/trust.md compares them.",
  },
  "ca-certificate-missing": {
    title: "No certificate fits the key of a mesh's CA.",
    page:
      "The mesh has a CA, so nothing is changed. The details say what is wrong with the offered certificate. " +
      "After a new key, bring up the trust stack, or have the new request signed.",
  },
  "ca-file-unreadable": {
    title: "A file of certificates cannot be read.",
    page: "`ca.certificateFile` and `ca.rootFile` are paths from the project's directory.",
  },
  "ca-file-invalid": {
    title: "A file of certificates is not one.",
    page: "Write PEM certificates: the CA's own first, then those between it and its root, then the roots.",
  },
  "ca-request-unreadable": {
    title: "The certificate request of a mesh cannot be read.",
    page: "The trust stack changes nothing then: a failed read would otherwise withdraw the mesh's certificate.",
  },
  "ca-request-unpublished": {
    title: "A mesh has published no certificate request.",
    page: "The first `up` of a mesh makes the key of its CA, and publishes the request for it.",
  },
  "ca-request-unfit": {
    title: "The certificate request that a mesh has published must not be signed.",
    page: "The details say why. Nothing is written.",
  },
  "ca-not-signed-elsewhere": {
    title: "A certificate is given to a mesh that takes none from a file.",
    page: "Only `ca.provider: signed` has a `certificateFile`. The other providers are in docs/trust.md.",
  },
  "ca-certificate-unfit": {
    title: "A signed certificate does not fit its mesh.",
    page: "The details say why. Nothing is written, so that the file of the mesh stays as it is.",
  },
  "ca-certificate-ends": {
    title: "The certificate of a mesh's CA ends within 30 days.",
    page:
      "When it ends, no workload of the mesh has a certificate that others accept. A shared CA is signed again by an " +
      "`up` of the trust stack, and installed by one of the mesh.",
  },
  "ca-renewal-near": {
    title: "The signer of a mesh's CA renews its certificate within 30 days.",
    page: "The `up` of the signer after that date signs the next one, and the next `up` of the mesh installs it.",
  },
  "ca-certificate-unbound": {
    title: "The signer of a mesh's CA left out a limit.",
    page:
      "The CA can issue identities of other trust domains, or further CAs. A stolen key can then act as any mesh " +
      "whose bundle has the same root. docs/trust-signing.md says how the signer sets the limits.",
  },
  "ca-of-existing-istio": {
    title: "A mesh with an existing Istio has a CA of this program.",
    page:
      "The program cannot give a CA to an Istio that it does not manage. Its own CA signs (`ca.provider: external`, " +
      "the default), and the program reads its roots from the cluster, or from `ca.rootFile`.",
  },
  "istio-unreadable": {
    title: "An object of an existing Istio cannot be read.",
    page:
      "The mesh's roots, or the anchors of its peers, are unknown. What the last `up` has published counts until " +
      "they can be read. Let the user of the kubeconfig get the object, or set `ca.rootFile` for the roots.",
  },
  "istio-active-root-unknown": {
    title: "An existing Istio has several roots, and nothing says which of them signs.",
    page: "The first of the bundle counts as the active one. `ca.rootFile` with the active root first decides it.",
  },
  "istio-settings-needed": {
    title: "The owner of an existing Istio must set something before the mesh trusts its peers.",
    page:
      "The text has the values, as stack output `istioSettings` has. Apply them as Istio was installed, and run `up` " +
      "again. Until then imports are pending, here and at the peers.",
  },
  "istio-anchor-missing": {
    title: "An existing Istio has no anchor of a root that the mesh pins.",
    page: "Add it to `meshConfig.caCertificates`, from stack output `istioSettings`.",
  },
  "istio-anchor-expired": {
    title: "An anchor in an existing Istio has ended, or is not valid yet.",
    page:
      "Proxies take the first certificate of a name, so a valid anchor beside it may not help. Replace it by the one " +
      "in stack output `istioSettings`, which is valid as long as the peer's root.",
  },
  "istio-anchor-unbound": {
    title: "An existing Istio trusts the key of a peer's root without binding it to the peer's trust domain.",
    page:
      "The root itself, or an anchor for another trust domain, is among its certificates. Proxies take the first " +
      "certificate of a key, so an anchor beside it does not help. Remove it.",
  },
  "istio-flag-missing": {
    title: "A flag without which an existing Istio ignores anchors is not set.",
    page:
      "istiod hands `caCertificates` to proxies with `ISTIO_MULTIROOT_MESH`, and proxies take them with " +
      "`PROXY_CONFIG_XDS_AGENT`, which pods have after their next restart.",
  },
  "istio-trust-domain-missing": {
    title: "An existing Istio does not accept the trust domain of an importer.",
    page: "Add it to `meshConfig.caCertificates[].trustDomains`. The anchor alone does not admit its callers.",
  },
  "trust-stack-unreadable": {
    title: "The trust stack cannot be read.",
    page: "The backend cannot be reached, or this user may not read the stack. Istio keeps the CA that it has.",
  },
  "root-in-use": {
    title: "A root of the trust stack would be removed while a mesh has it in its bundle.",
    page:
      "Its key would be gone, and with it every certificate of the mesh below it. A number leaves `root.generations` " +
      "when every mesh has deployed `rotation.phase: remove`, or is no mesh of this trust stack any more.",
  },
  "root-use-unknown": {
    title: "A root of the trust stack goes, and whether a mesh still has it cannot be seen.",
    page:
      "The contract of the mesh cannot be read, which stops the removal. Of a mesh by `requestFile` only the request " +
      "is known, which is a warning. Ask the owner of the mesh, or remove the mesh from `meshes`.",
  },
  "root-not-offered": {
    title: "A mesh wants a root that does not exist.",
    page: "`ca.root` and `rotation.next` are numbers in `root.generations` of the trust stack.",
  },
  "own-contract-invalid": {
    title: "What a mesh has published of its own roots cannot be read.",
    page:
      "A change of its roots is checked against it, so nothing is changed without it. This program writes no such " +
      "contract; the state was edited, or a newer release has written it.",
  },
  "own-root-malformed": {
    title: "A root in the bundle of a mesh is not one CA certificate in PEM.",
    page:
      "It comes from the trust stack, a file, or `caMaterial`. Each root is one text of at most 16384 characters, " +
      "which peers compare by its fingerprint.",
  },
  "own-root-repeated": {
    title: "Verifiers cannot tell two roots in the bundle of a mesh apart.",
    page: "They take the first one with the name and key identifier, and refuse what the other has signed.",
  },
  "own-root-expired": {
    title: "An expired root stands beside its successor in the bundle of a mesh.",
    page: "Verifiers may take it for its successor. Deploy `rotation.phase: remove`, or remove it from the file.",
  },
  "own-root-ends": {
    title: "A root that ends soon stands beside its successor in the bundle of a mesh.",
    page:
      "A warning: the change of root was begun, and has to be finished before that day. docs/rotation.md has the " +
      "steps.",
  },
  "own-roots-many": {
    title: "The bundle of a mesh has too many roots.",
    page: "A contract has at most 16. Two are enough for a change of root.",
  },
  "trust-mismatch": {
    title: "A mesh's trust cannot be changed as configured.",
    page: "The details name each step that would cut workloads off, and each peer that cannot be trusted.",
  },
  "rotation-phase-skipped": {
    title: "A change of a mesh's root skips a phase.",
    page:
      "A root changes in three deployments: `add` brings it into every proxy, `switch` signs under it and renews " +
      "every leaf, `remove` takes the old one away. Two of them at once fail calls between running and new pods.",
  },
  "rotation-peer-not-ready": {
    title: "A peer is not ready for the next phase of a change of root.",
    page: "Its contract says which roots it trusts and under which it signs. Have its owner deploy first.",
  },
  "peer-trust-domain-shared": {
    title: "Two meshes of different roots have one trust domain.",
    page: "The root of a peer is bound to a trust domain. With one in common, nothing can be bound.",
  },
  "peer-trust-domain-nested": {
    title: "The trust domain of a mesh is inside another's.",
    page: "istiod is written in Go, whose URI constraints include subdomains. No name may contain another.",
  },
  "peer-trust-domain-claimed": {
    title: "Two peers claim one trust domain.",
    page: "The CA of each could name the other's workloads. Ask both owners, and refuse one of them.",
  },
  "peer-root-differs": {
    title: "A peer publishes another root than the pinned one.",
    page: "A contract alone cannot change whom a mesh trusts. Compare the fingerprint with the peer's owner.",
  },
  "peer-root-in-bundle": {
    title: "The root of a peer is in the bundle of a mesh's own roots.",
    page:
      "Nothing binds it to the peer's trust domain there: the peer's CA could name this mesh's workloads, and istiod " +
      "would take such a certificate for one of its own. A pinned root becomes a trust anchor, which is bound.",
  },
  "peer-root-plain": {
    title: "Two meshes have each other's root in their bundles.",
    page:
      "While both change a common root, this is right. Otherwise the CA of each can name the workloads of the other: " +
      "pin the root of the peer instead, and remove it from the bundle.",
  },
  "multiroot-off": {
    title: "A flag is off without which running proxies do not get another bundle.",
    page:
      "istiod takes a changed bundle with `ISTIO_MULTIROOT_MESH`, and proxies get it, and all anchors, with " +
      "`PROXY_CONFIG_XDS_AGENT`. Otherwise a restart takes the bundle at a moment that nobody has chosen.",
  },
  "spiffe-bundle-url": {
    title: "Istio's values name an endpoint from which roots are fetched.",
    page:
      "Nothing binds these roots to a trust domain, and an endpoint that fails at a poll loses its roots until the " +
      "next one, half an hour later. A pinned root of a peer becomes an anchor, which has neither fault.",
  },
  "quarantine-without-effect": {
    title: "A peer in quarantine has the mesh's own root.",
    page:
      "A root that meshes share cannot be taken away from one of them. Imports from the peer are removed; for its " +
      "callers, remove the exports, or deny its trust domain by an AuthorizationPolicy.",
  },
  "anchor-removed-while-used": {
    title: "The pinned roots of a peer are removed while exports or imports with it exist.",
    page: "Remove the exports and imports first, or list the peer under `quarantine`.",
  },
  "quarantine-not-denied": {
    title: "No policy denies the callers of a mesh in quarantine.",
    page:
      "A policy names a mesh by its trust domain. It is not known, or other meshes have it too and would be denied " +
      "as well. Everything else is done: anchors, imports, and exports that are for the mesh alone.",
  },
  "quarantine-left-to-owner": {
    title: "The trust in a mesh in quarantine is partly configured outside this program.",
    page:
      "An existing Istio, and `istio.values`, have `meshConfig.caCertificates` of their owner's, which stay as they " +
      "are. A policy denies the mesh's callers all the same.",
  },
  "quarantine-denies-own": {
    title: "The policy of a quarantine would deny the mesh's own callers.",
    page: "Component `Quarantine` refuses the mesh's own trust domain, and `cluster.local` before Istio 1.30.",
  },
  "trust-domain-shared": {
    title: "Meshes of one root have one trust domain.",
    page: "The constraint of a CA names its trust domain, so that the CA of each such mesh can act as the others.",
  },
} satisfies Record<string, CatalogueEntry>;
