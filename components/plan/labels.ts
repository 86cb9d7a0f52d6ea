/** Value of the label `app.kubernetes.io/managed-by` on everything this project creates. */
export const managedBy = "mesh-federation";

/** Labels on everything an import or export creates, so that a person finds its owner. */
export function federationLabels(part: "import" | "export" | "gateway", name: string): Record<string, string> {
  return { "app.kubernetes.io/managed-by": managedBy, [`mesh-federation.dev/${part}`]: name };
}
