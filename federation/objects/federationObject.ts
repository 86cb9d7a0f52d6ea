/**
 * An object by which a mesh exports, imports or demands mTLS. A component gives those that it makes as its output
 * `objects`, in which `npm run status` reads what should be in the cluster: unlike the objects' own state, `pulumi refresh`
 * leaves it as it is.
 */
export interface FederationObject {
  /** One of Istio's, e.g. `networking.istio.io/v1`. */
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string };
  spec: object;
}

/** Types of the components that have the output `objects`. */
export const componentTypes = {
  exportedService: "mesh-federation:federation:ExportedService",
  importedService: "mesh-federation:federation:ImportedService",
  strictMtls: "mesh-federation:mesh:StrictMtls",
} as const;
