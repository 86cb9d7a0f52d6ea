import { gateway, host, listener, listenerSet, object, type Example } from "./kubernetes.ts";

const route = (spec: Record<string, unknown>) =>
  object("gateway.networking.k8s.io/v1:TLSRoute", "httpbin", { spec: { parentRefs: [{ name: "gateway" }], ...spec } });
const ingress = (port: number, hosts: string[], tls?: unknown) => gateway(hosts, {}, { port: { number: port }, tls });
const plain = { tls: { mode: "Terminate" }, port: 443 };

type HostCase = [what: string, violates: Example["violates"], passes: Example["passes"], says: RegExp];

const hosts: HostCase[] = [
  [
    "every host of the mesh",
    [gateway(["*.local"])],
    [gateway([host])],
    /wildcard host "\*\.local".*spec\.servers\[0\]\.hosts/,
  ],
  ["every host of a namespace", [gateway(["httpbin/*"])], [gateway([`*/${host}`])], /httpbin\/\*/],
  ["every host of the gateway's namespace", [gateway(["./*"])], [gateway([`./${host}`])], /\.\/\*/],
  [
    "PASSTHROUGH of everything",
    [ingress(443, ["*"], { mode: "PASSTHROUGH" })],
    [ingress(443, ["shop.example.com"], { mode: "PASSTHROUGH" })],
    /wildcard host "\*"/,
  ],
  [
    "an ordinary ingress",
    [ingress(15443, ["*"])],
    [ingress(80, ["*"]), ingress(443, ["*.example.com"], { mode: "SIMPLE", credentialName: "x" })],
    /wildcard host/,
  ],
  ["a listener's wildcard", [listener("*.local")], [listener(host)], /"\*\.local".*spec\.listeners\[0\]\.hostname/],
  [
    "a listener without hostname",
    [listener(undefined, { port: 443, tls: { mode: "Passthrough" } })],
    [listener(undefined, plain), listener(undefined, { port: 80, protocol: "HTTP", tls: null })],
    /wildcard host "\*"/,
  ],
  [
    "a peer's gateway is only described",
    [listener(undefined)],
    [
      listener(undefined, {}, { gatewayClassName: "istio-remote" }),
      listener(undefined, { port: 15008, protocol: "HBONE" }),
    ],
    /wildcard host/,
  ],
  ...["gateway.networking.k8s.io/v1:ListenerSet", "gateway.networking.x-k8s.io/v1alpha1:XListenerSet"].map(
    (type): HostCase => [
      `a wildcard of ${type}`,
      [listenerSet(type, "*.local")],
      [listenerSet(type, host)],
      /"\*\.local".*spec\.listeners\[0\]\.hostname/,
    ],
  ),
  [
    "a set of listeners without hostname",
    [listenerSet("gateway.networking.x-k8s.io/v1alpha1:XListenerSet", undefined)],
    [listenerSet("gateway.networking.x-k8s.io/v1alpha1:XListenerSet", host)],
    /wildcard host "\*"/,
  ],
  [
    "a route of every host",
    [route({ hostnames: ["*.local"] })],
    [route({ hostnames: [host] })],
    /routes TLS of the wildcard host "\*\.local" \(spec\.hostnames\)/,
  ],
  [
    "a route without hostnames",
    [route({})],
    [route({ parentRefs: [{ kind: "Service", name: "x" }] })],
    /wildcard host "\*"/,
  ],
  [
    "a route whose gateway's kind is left empty",
    [route({ parentRefs: [{ kind: null, name: "gateway" }] })],
    [route({ parentRefs: [{ kind: null, name: "gateway" }], hostnames: [host] })],
    /wildcard host "\*"/,
  ],
];

const aws = "service.beta.kubernetes.io/aws-load-balancer-";
const digitalOcean = "service.beta.kubernetes.io/do-loadbalancer-";
const azure = "service.beta.kubernetes.io/azure-load-balancer-";
const service = (annotations: Record<string, string>, port = 15443, targetPort?: number) =>
  object("core/v1:Service", "istio-eastwestgateway", {
    annotations,
    spec: { type: "LoadBalancer", ports: [{ port, targetPort }] },
  });
const release = (values: unknown) => ({
  type: "kubernetes:helm.sh/v3:Release",
  name: "eastwest",
  props: { chart: "gateway", values },
});

const annotations: [bad: Record<string, string>, good: Record<string, string>][] = [
  [
    { [`${aws}ssl-cert`]: "arn:aws:acm:x" },
    { [`${aws}type`]: "nlb", [`${aws}nlb-target-type`]: "ip", [`${aws}scheme`]: "internal" },
  ],
  [{ [`${aws}ssl-ports`]: "15443" }, { [`${aws}cross-zone-load-balancing-enabled`]: "true" }],
  [{ [`${aws}ssl-negotiation-policy`]: "ELBSecurityPolicy-TLS13-1-2-2021-06" }, { [`${aws}proxy-protocol`]: "*" }],
  [{ [`${aws}alpn-policy`]: "HTTP2Preferred" }, { [`${aws}attributes`]: "load_balancing.cross_zone.enabled=true" }],
  [{ [`${aws}backend-protocol`]: "ssl" }, { [`${aws}backend-protocol`]: "tcp" }],
  [
    { "cloud.google.com/app-protocols": '{"tls":"HTTPS"}' },
    { "cloud.google.com/l4-rbs": "enabled", "networking.gke.io/load-balancer-type": "Internal" },
  ],
  [{ "cloud.google.com/backend-config": '{"default":"x"}' }, { "cloud.google.com/neg": '{"ingress":true}' }],
  [
    { "appgw.ingress.kubernetes.io/backend-protocol": "https" },
    { [`${azure}internal`]: "true", [`${azure}health-probe-protocol`]: "https" },
  ],
  [{ [`${digitalOcean}certificate-id`]: "x" }, { [`${digitalOcean}healthcheck-protocol`]: "http" }],
  [
    { [`${digitalOcean}tls-ports`]: "15443" },
    { [`${digitalOcean}tls-ports`]: "15443", [`${digitalOcean}tls-passthrough`]: "true" },
  ],
  [{ "load-balancer.hetzner.cloud/protocol": "https" }, { "load-balancer.hetzner.cloud/protocol": "tcp" }],
  [
    { "service.beta.kubernetes.io/oci-load-balancer-tls-secret": "cert" },
    { "oci.oraclecloud.com/load-balancer-type": "nlb" },
  ],
  [
    { "service.cloud.tencent.com/specify-protocol": '{"15443":{"protocol":["TCP_SSL"]}}' },
    { "service.cloud.tencent.com/specify-protocol": '{"15443":{"protocol":["TCP"]}}' },
  ],
];

const cert = { [`${aws}ssl-cert`]: "x" };
const others: [what: string, violates: Example["violates"], passes: Example["passes"]][] = [
  ["only gateways", [service(cert)], [service(cert, 443)]],
  ["a gateway behind another port", [service(cert, 443, 15443)], [service(cert, 443, 8443)]],
  [
    "a Service that the Gateway API makes",
    [listener(host, {}, { infrastructure: { annotations: cert } })],
    [listener(undefined, plain, { infrastructure: { annotations: cert } })],
  ],
  [
    "a Service that a Helm release makes",
    [release({ networkGateway: "network-west", service: { annotations: cert } })],
    [release({ service: { annotations: cert, ports: [{ port: 443 }] } })],
  ],
];

export const gateways: Example[] = [
  ...hosts.map(([what, violates, passes, says]) => ({
    rule: "no-wildcard-gateway-host",
    what,
    violates,
    passes,
    says,
  })),
  ...annotations.map(([bad, good]) => ({
    rule: "gateway-service-passes-tls",
    what: Object.keys(bad).join(),
    violates: [service(bad)],
    passes: [service(good)],
    says: /has the annotation \S+: .* terminates TLS \(metadata\.annotations/,
  })),
  ...others.map(([what, violates, passes]) => ({
    rule: "gateway-service-passes-tls",
    what,
    violates,
    passes,
    says: /terminates TLS .*annotations/,
  })),
];
