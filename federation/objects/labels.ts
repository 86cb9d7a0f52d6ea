/** Value of the label `app.kubernetes.io/managed-by` on every object of this project. */
export const managedBy = "mesh-federation";

/** Whether this project manages an object. */
export function isManaged({ labels }: { labels?: Record<string, string> }): boolean {
  return labels?.["app.kubernetes.io/managed-by"] === managedBy;
}

/** What an object belongs to: an import, an export, a gateway, or the quarantine of a mesh. */
type Part = "import" | "export" | "gateway" | "quarantine";

/** Labels on an object of this project. */
export function federationLabels(part: Part, name: string): Record<string, string> {
  return { "app.kubernetes.io/managed-by": managedBy, [`mesh-federation.dev/${part}`]: name };
}

/** Annotation on the Gateway of a public export: policies that require named callers accept it. */
export const publicAnnotation = "mesh-federation.dev/public";

/** Metadata of an object that an import, an export or a quarantine consists of. */
export function federationMetadata(
  part: Exclude<Part, "gateway">,
  of: string,
  namespace: string,
  { name = part === "export" ? `export-${of}` : of, annotations }: FederationMetadataOptions = {},
) {
  return { name, namespace, labels: federationLabels(part, of), ...(annotations ? { annotations } : {}) };
}

interface FederationMetadataOptions {
  /** Name of the object. Default: `export-<of>` for an export, `of` for any other. */
  name?: string;
  /** Annotations of the object. Default: none. */
  annotations?: Record<string, string>;
}
