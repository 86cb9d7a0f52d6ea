import type { federationMetadata } from "./labels.ts";

/**
 * An object by which an import or export works. A component gives those that it makes as its output `objects`, in which
 * `npm run status` reads what should be in the cluster: unlike the objects' own state, `pulumi refresh` leaves it as it is.
 */
export interface FederationObject {
  /** One of Istio's, e.g. `networking.istio.io/v1`. */
  apiVersion: string;
  kind: string;
  metadata: ReturnType<typeof federationMetadata>;
  spec: object;
}

/** Types of the components that have the output `objects`. */
export const federationComponents = ["mesh-federation:federation:ExportedService", "mesh-federation:federation:ImportedService"] as const;
