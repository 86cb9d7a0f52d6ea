/** RFC 1123 label: names of namespaces and Services, and of meshes and exports. */
export const rfc1123Label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** RFC 1123 subdomain: host names and trust domains. */
export const rfc1123Subdomain =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** The cluster-local host name of a Service. */
export function serviceHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/** The SPIFFE identity of a workload (https://istio.io/latest/docs/concepts/security/#istio-identity). */
export function spiffeId(trustDomain: string, namespace: string, serviceAccount: string): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/** The SNI by which an AUTO_PASSTHROUGH gateway selects a service. The port is the Service's, not the gateway's. */
export function autoPassthroughSni(host: string, port: number, subset = ""): string {
  return `outbound_.${port}_.${subset}_.${host}`;
}
