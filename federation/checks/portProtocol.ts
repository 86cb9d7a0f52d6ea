import type { PortProtocol } from "../config/fields.ts";
import type { LivePort } from "./liveCluster.ts";

/** How Istio's proxies treat a port: what they send to its pods. Undefined: they find out for each connection. */
export type PortTreatment = "HTTP/1.1" | "HTTP/2" | "TCP" | undefined;

const treatments = new Map<string, PortTreatment>([
  ["http", "HTTP/1.1"],
  ["http_proxy", "HTTP/1.1"],
  ["http2", "HTTP/2"],
  ["grpc", "HTTP/2"],
  ["tcp", "TCP"],
  ["tls", "TCP"],
  ["https", "TCP"],
  ["mongo", "TCP"],
  ["redis", "TCP"],
  ["mysql", "TCP"],
]);

/** Names of Kubernetes for `appProtocol`. Istio knows no other with a prefix. */
const kubernetesNames = new Map<string, PortTreatment>([
  ["kubernetes.io/h2c", "HTTP/2"],
  ["kubernetes.io/ws", "HTTP/1.1"],
  ["kubernetes.io/wss", "TCP"],
]);

/** Ports whose servers speak first; without a protocol, Istio does not look into them. */
const wellKnownPorts = [25, 53, 3306, 27017];

/**
 * How Istio treats a port of a Service: by its appProtocol, else by the start of its name.
 * https://github.com/istio/istio/blob/release-1.30/pkg/config/kube/conversion.go (ConvertProtocol)
 */
export function servicePortTreatment({ name, number, appProtocol }: LivePort): PortTreatment {
  const declared = appProtocol ?? name;
  if (appProtocol !== undefined && kubernetesNames.has(appProtocol)) return kubernetesNames.get(appProtocol);
  if (/^grpc-web/i.test(declared)) return "HTTP/2";
  const found = treatments.get(declared.split("-")[0]!.toLowerCase());
  return found ?? (wellKnownPorts.includes(number) ? "TCP" : undefined);
}

/** How Istio treats a port of an export. */
export function exportedPortTreatment(protocol: PortProtocol): PortTreatment {
  return treatments.get(protocol.toLowerCase());
}
