import { createHash } from "node:crypto";

/** RFC 1123 label: names of namespaces and Services, and of meshes and exports. */
export const rfc1123Label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** RFC 1123 subdomain: host names and trust domains. */
export const rfc1123Subdomain =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** Value of a Kubernetes label, not empty. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export const labelValue = /^[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/** Key of a Kubernetes label: a name, after a host name and `/` where it has a prefix. */
export const labelKey =
  /^((?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*\/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/** A SPIFFE id. https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#2-spiffe-identity */
export const spiffeIdForm = /^spiffe:\/\/[a-z0-9][-._a-z0-9]*(\/(?!\.{1,2}(\/|$))[-._A-Za-z0-9]+)+$/;

/** Longest value of a label. */
const longestLabel = 63;

/** A name made of others that fits into a label: one that is too long is cut, and ends with a hash. */
export function labelName(name: string): string {
  return name.length <= longestLabel ? name : hashedName(name, name);
}

/** A name that fits into a label, with a hash of `whole`, which tells it from names that only look like it. */
export function hashedName(name: string, whole: string): string {
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${name.slice(0, longestLabel - hash.length - 1)}-${hash}`;
}

/**
 * The host of a Service in Kubernetes' DNS and in Istio.
 * https://github.com/istio/istio/blob/1.31.0/pilot/pkg/serviceregistry/kube/conversion.go (ServiceHostname)
 *
 * @param clusterDomain of the cluster, such as `cluster.local`
 */
export function serviceHost(service: string, namespace: string, clusterDomain: string): string {
  return `${service}.${namespace}.svc.${clusterDomain}`;
}

/** A host as Istio reads it: a short one is that of a Service in the object's namespace. */
export function fullHost(host: string, namespace: string, clusterDomain: string): string {
  return host.includes(".") || host === "*" ? host : serviceHost(host, namespace, clusterDomain);
}

/** The SPIFFE identity of a workload (https://istio.io/latest/docs/concepts/security/#istio-identity). */
export function spiffeId(trustDomain: string, namespace: string, serviceAccount: string): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/** The SNI by which an AUTO_PASSTHROUGH gateway selects a service. The port is the Service's, not the gateway's. */
export function autoPassthroughSni(host: string, port: number, subset = ""): string {
  return `outbound_.${port}_.${subset}_.${host}`;
}
