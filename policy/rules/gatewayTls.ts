import { is, objectName, resourceRule, type Resource } from "../rule.ts";
import { listOf } from "../values.ts";

/** Port on which an east-west gateway takes mTLS from other networks. */
const crossNetworkPort = 15443;

export const gatewayTls = resourceRule(
  "gateway-service-passes-tls",
  "The load balancer of an east-west gateway passes TCP through. One that terminates TLS breaks the mTLS between the workloads, and with it every identity.",
  (resource) => {
    if (!isGatewayService(resource)) return [];
    const annotations = Object.entries((resource.props["metadata"]?.annotations ?? {}) as Record<string, unknown>);
    return annotations
      .filter(([key, value]) => terminates(key, String(value)))
      .map(([key, value]) => `${objectName(resource)} has the annotation ${key}: ${JSON.stringify(value)}, by which the load balancer terminates TLS; remove it, the load balancer must pass TCP through`);
  },
);

/** A LoadBalancer or NodePort Service in front of an east-west gateway: by its port, or by the gateway's usual label. */
function isGatewayService(resource: Resource): boolean {
  if (!is(resource, "", "Service")) return false;
  const { spec = {}, metadata = {} } = resource.props;
  const labels = { ...metadata.labels, ...spec.selector };
  return listOf(spec.ports).some((p) => p?.port === crossNetworkPort) || labels.istio === "eastwestgateway" || labels["topology.istio.io/network"] !== undefined;
}

/**
 * Annotations by which cloud load balancers hold certificates or speak TLS or HTTP themselves: AWS (ssl-cert, ssl-ports,
 * backend-protocol), DigitalOcean (certificate-id, tls-ports, protocol), Linode (default-protocol, port-*), Oracle
 * (ssl-ports, tls-secret), Alibaba (cert-id, protocol-port), OpenStack (default-tls-container-ref), Hetzner (protocol,
 * http-certificates), Scaleway (certificate-ids, protocol-http), and others that use the same words.
 */
function terminates(key: string, value: string): boolean {
  const words = key.toLowerCase();
  if (!/load-?balancer|\blb\b|\bslb\b|\belb\b/.test(words) || ["", "false"].includes(value.toLowerCase())) return false;
  if (/passthrough|health-?check|proxy-protocol|redirect/.test(words)) return false;
  if (/protocol/.test(words)) return /\b(https?|http2|http3|ssl|tls|h2|terminated_https)\b/i.test(value) || (/protocol-https?$/.test(words) && value.toLowerCase() === "true");
  if (/linode-loadbalancer-port-/.test(words)) return /tls-secret-name|"protocol"\s*:\s*"https?"/i.test(value);
  return /ssl|tls|cert/.test(words);
}
