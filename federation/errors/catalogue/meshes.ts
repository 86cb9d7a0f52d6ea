import type { CatalogueEntry } from "./index.ts";

/** Codes of what is wrong with a mesh, an export or an import that a program describes by components. */
export const meshes = {
  "team-unknown": {
    title: "An export or import names no team of the mesh.",
    page:
      "Where the mesh's owner has given `teams`, every export and import of other programs names its team: without " +
      "one, nobody has allowed it.",
  },
  "team-not-allowed": {
    title: "A team exports or imports what the mesh's owner has not allowed it.",
    page:
      "The owner allows namespaces, meshes and hosts per team, in `teams` of FederatedMesh. The team's preview " +
      "checks it. What a team could do with kubectl is a matter of Kubernetes' own access control.",
  },
  "peer-root-not-trusted": {
    title: "One of two meshes does not verify the other's certificates.",
    page:
      "Meshes without a common root trust each other by anchors in `meshConfig.caCertificates`. Whoever installs " +
      "Istio adds the root there, then to `trusts` of FederatedMesh.",
  },
  "import-invalid": {
    title: "The arguments of an imported service are not valid.",
    page: "The message names each argument and what is allowed, as for an entry of the key `imports`.",
  },
  "import-blend-differs": {
    title: "A blended import has other gateway addresses or accounts than its arguments count.",
    page:
      "A blended import creates a WorkloadEntry per address and account, so both are plain arguments. The contracts " +
      "of the peers say others. Set `blendGateways` and `blendServiceAccounts` of FederatedImport to theirs.",
  },
  "mesh-description-invalid": {
    title: "The description of a mesh is not valid.",
    page: "The details name the arguments of FederatedMesh, or the fields of the output that another stack has given.",
  },
  "mesh-description-missing": {
    title: "A stack has no description of its mesh.",
    page:
      "The stack of the mesh's owner gives it as output `mesh` (`export const mesh = west.description`). Bring that " +
      "stack up first.",
  },
  "contract-url-unreadable": {
    title: "The contract at a URL cannot be read.",
    page:
      "The URL must be https, without credentials: those belong in `headers`. It must answer with status 200 within " +
      "ten seconds, without a redirect, and with at most one megabyte of JSON.",
  },
} satisfies Record<string, CatalogueEntry>;
