/** Whether a group is Kubernetes's own, so that nothing that is installed later adds kinds to it. */
export function isBuiltIn(apiVersion: string): boolean {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0]! : "";
  return (
    !group.includes(".") ||
    [
      "rbac.authorization.k8s.io",
      "networking.k8s.io",
      "storage.k8s.io",
      "admissionregistration.k8s.io",
      "apiextensions.k8s.io",
      "coordination.k8s.io",
      "scheduling.k8s.io",
    ].includes(group)
  );
}
