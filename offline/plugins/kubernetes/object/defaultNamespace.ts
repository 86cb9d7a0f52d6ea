import { isObject, reveal, type Values } from "../../shared/values.ts";
import type { Cluster } from "../cluster.ts";

/**
 * Kinds of Kubernetes's own that are never in a namespace:
 * https://kubernetes.io/docs/reference/kubernetes-api/
 */
const clusterWide = new Set(
  (
    "Namespace Node PersistentVolume ComponentStatus ClusterRole ClusterRoleBinding " +
    "CustomResourceDefinition APIService " +
    "StorageClass VolumeAttachment VolumeAttributesClass CSIDriver CSINode PriorityClass " +
    "IngressClass IPAddress ServiceCIDR RuntimeClass " +
    "MutatingWebhookConfiguration ValidatingWebhookConfiguration MutatingAdmissionPolicy " +
    "MutatingAdmissionPolicyBinding ValidatingAdmissionPolicy " +
    "ValidatingAdmissionPolicyBinding " +
    "CertificateSigningRequest ClusterTrustBundle FlowSchema PriorityLevelConfiguration " +
    "DeviceClass DeviceTaintRule ResourceSlice StorageVersion StorageVersionMigration " +
    "TokenReview SelfSubjectReview SubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview"
  ).split(" "),
);

/**
 * The namespace that an object which names none gets into its inputs, as the official plugin writes it: the
 * provider's, else the context's, else `default`; undefined for kinds that have none. Of custom kinds the cluster is
 * asked; one that it does not serve yet is taken to have a namespace.
 */
export async function defaultNamespaceOf(
  { namespace, resourceOf }: Pick<Cluster, "namespace" | "resourceOf">,
  type: string,
  news: Values,
): Promise<string | undefined> {
  const metadata: unknown = reveal(news["metadata"] ?? {});
  if (!isObject(metadata) || metadata["namespace"] !== undefined) return undefined;
  const [, group, kind] = type.split(":") as [string, string, string];
  const version = group.replace(/^core\//, "");
  if (isKubernetesOwn(version)) return clusterWide.has(kind) ? undefined : namespace;
  const found = await resourceOf(version, kind).catch(() => undefined);
  return (found?.namespaced ?? true) ? namespace : undefined;
}

/**
 * Whether an API is served by Kubernetes itself; `k8s.io` is also the end of names of groups that are installed
 * later.
 */
function isKubernetesOwn(apiVersion: string): boolean {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0]! : "";
  return !group.includes(".") || ownGroups.has(group);
}

const ownGroups = new Set(
  (
    "admissionregistration apiextensions authentication authorization certificates coordination discovery events " +
    "networking node rbac.authorization resource scheduling storage storagemigration"
  )
    .split(" ")
    .map((name) => `${name}.k8s.io`)
    .concat("flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "apiregistration.k8s.io"),
);
