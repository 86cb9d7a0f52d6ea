/** API group and version of the Istio kinds that this project creates. */
export const networking = "networking.istio.io/v1";
export const security = "security.istio.io/v1";

/**
 * An object that exports or imports a service, requires mTLS, or denies a mesh in quarantine. Components list their
 * objects in the output `objects`, from which `npm run status` reads what should be in the cluster. `pulumi refresh`
 * changes the state of the objects, not this output.
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
  federatedExport: "mesh-federation:federation:FederatedExport",
  federatedImport: "mesh-federation:federation:FederatedImport",
  strictMtls: "mesh-federation:mesh:StrictMtls",
  quarantine: "mesh-federation:mesh:Quarantine",
} as const;
