/** Value of the label `app.kubernetes.io/managed-by` on everything this project creates. */
export const managedBy = "mesh-federation";

/** Labels on everything an import or export creates, so that a person finds its owner. */
export function federationLabels(part: "import" | "export" | "gateway", name: string): Record<string, string> {
  return { "app.kubernetes.io/managed-by": managedBy, [`mesh-federation.dev/${part}`]: name };
}

/** Annotation on the Gateway of an export that is declared public: policies that ask for named callers let it be. */
export const publicAnnotation = "mesh-federation.dev/public";

/**
 * Annotation of an object that is decided in this program alone: an `up` that changes it wins over whoever edited it in
 * the cluster, instead of stopping at a conflict.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export const winsOverEdits = { "pulumi.com/patchForce": "true" };

/** Metadata of an object by which an import or export works; it {@link winsOverEdits}. */
export function federationMetadata(
  part: "import" | "export",
  of: string,
  namespace: string,
  more: { name?: string; annotations?: Record<string, string> } = {},
) {
  const { name = part === "import" ? of : `export-${of}`, annotations } = more;
  return { name, namespace, labels: federationLabels(part, of), annotations: { ...winsOverEdits, ...annotations } };
}
