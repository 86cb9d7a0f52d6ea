/** Value of the label `app.kubernetes.io/managed-by` on every object of this project. */
export const managedBy = "mesh-federation";

/** Whether this project manages an object. */
export function isManaged({ labels }: { labels?: Record<string, string> }): boolean {
  return labels?.["app.kubernetes.io/managed-by"] === managedBy;
}

/** Labels on the objects of an import, an export or a gateway. */
export function federationLabels(part: "import" | "export" | "gateway", name: string): Record<string, string> {
  return { "app.kubernetes.io/managed-by": managedBy, [`mesh-federation.dev/${part}`]: name };
}

/** Annotation on the Gateway of a public export: policies that require named callers accept it. */
export const publicAnnotation = "mesh-federation.dev/public";

/** Metadata of an object that an import or export consists of. */
export function federationMetadata(
  part: "import" | "export",
  of: string,
  namespace: string,
  { name = part === "import" ? of : `export-${of}`, annotations }: FederationMetadataOptions = {},
) {
  return { name, namespace, labels: federationLabels(part, of), ...(annotations ? { annotations } : {}) };
}

interface FederationMetadataOptions {
  /** Name of the object. Default: `of` for an import, `export-<of>` for an export. */
  name?: string;
  /** Annotations of the object. Default: none. */
  annotations?: Record<string, string>;
}
