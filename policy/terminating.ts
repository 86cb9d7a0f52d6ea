import { wordOf } from "./values.ts";

/** A key by its end, in whatever cloud; whether such a value makes the load balancer more than a passer-on of TCP. */
interface Kind {
  key: RegExp;
  value: (value: string) => boolean;
}

const anything = (value: string): boolean => !["", "false", "none", "null"].includes(value.toLowerCase());
const upperLayer = (value: string): boolean =>
  /\b(https?|http2|http3|h2|grpcs?|ssl|tls|tcp_ssl|terminated_https)\b/i.test(value);

/** Keys that are about a load balancer. */
const ofLoadBalancers = /load-?balancer|\blb\b|\bslb\b|\belb\b|\bclb\b|\bnlb\b/;

/**
 * Its health checks, its own header in front of the TCP stream, where HTTP is redirected to: nothing of what passes.
 */
const besides = /health-?check|health-?probe|proxy-protocol|redirect|access-log/;

/** TLS that the load balancer passes on, where a cloud says that by a key of its own. */
const passing = /(tls|ssl)-pass-?through$/;

/**
 * - Certificates, and what only TLS that ends there has: AWS (ssl-cert, ssl-ports, ssl-negotiation-policy,
 *   alpn-policy), DigitalOcean (certificate-id, tls-ports), Oracle (ssl-ports, tls-secret), Alibaba and Huawei
 *   (cert-id), OpenStack (default-tls-container-ref), Hetzner (http-certificates), Scaleway (certificate-ids), Vultr
 *   (ssl).
 * - A protocol above TCP, towards clients or pods: AWS (backend-protocol), DigitalOcean, Hetzner, Vultr (protocol),
 *   Linode (default-protocol), Alibaba and Huawei (protocol-port), Scaleway (protocol-http), DigitalOcean
 *   (http2-ports).
 * - Of one port, as JSON: Linode (port-*).
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
 * https://docs.digitalocean.com/products/kubernetes/how-to/configure-load-balancers/
 */
const kinds: Kind[] = [
  { key: /linode-loadbalancer-port-/, value: (v) => /tls-secret-name|"protocol"\s*:\s*"https?"/i.test(v) },
  { key: /protocol-https?$/, value: (v) => v.toLowerCase() === "true" || /[0-9]/.test(v) },
  { key: /protocol/, value: upperLayer },
  { key: /http[23]?-ports?$/, value: anything },
  { key: /ssl|tls|cert|alpn/, value: anything },
];

/**
 * Keys of a Service that only load balancers of HTTP(S) read, so that one of those stands in front: Google
 * (app-protocols, backend-config: its L4 load balancers, like Azure's, cannot end TLS), Tencent (specify-protocol),
 * Azure Application Gateway. https://cloud.google.com/kubernetes-engine/docs/concepts/ingress-xlb
 */
const above: Kind[] = [
  {
    key: /^(cloud\.google\.com|networking\.gke\.io|service\.alpha\.kubernetes\.io)\/app-protocols$/,
    value: upperLayer,
  },
  { key: /^(beta\.)?cloud\.google\.com\/backend-config$/, value: anything },
  { key: /^service\.cloud\.tencent\.com\/specify-protocol$/, value: upperLayer },
  { key: /^appgw\.ingress\.kubernetes\.io\//, value: anything },
];

/** The annotations by which a cloud's load balancer ends TLS, or speaks a protocol above TCP itself. */
export function terminating(annotations: Record<string, unknown>): [key: string, value: string][] {
  const entries = Object.entries(annotations).map(([key, value]): [string, string] => [key, wordOf(value)]);
  const passed = entries
    .filter(([key, value]) => passing.test(key) && value.toLowerCase() === "true")
    .map(([key]) => key.replace(passing, ""));
  return entries.filter(([key, value]) => {
    const words = key.toLowerCase();
    if (besides.test(words) || passing.test(words)) return false;
    const kind =
      above.find((k) => k.key.test(words)) ??
      (ofLoadBalancers.test(words) ? kinds.find((k) => k.key.test(words)) : undefined);
    if (!kind?.value(value)) return false;
    // Ports and protocols of TLS that is passed on; a certificate beside it still ends it.
    return /cert/.test(words) || !passed.some((prefix) => key.startsWith(prefix));
  });
}
