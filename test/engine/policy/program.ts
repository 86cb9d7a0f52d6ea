/** A program that uses no component of this project. */
export interface Program {
  hosts: string;
  /** Text of the expression for the callers; `later` is an output that no preview knows. */
  callers: string;
  sans: string;
  tls: string;
  annotations: string;
  /** Name of a Secret; its content is masked. */
  secret: string;
}

/** Keeps to every rule. */
export const keeping: Program = {
  hosts: "httpbin.httpbin.svc.cluster.local",
  callers: `["cluster.local/ns/sleep/sa/sleep"]`,
  sans: `["spiffe://west.local/ns/cart/sa/cart"]`,
  tls: "ISTIO_MUTUAL",
  annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" }`,
  secret: "access",
};

/** The text of the program. */
export const programOf = ({ hosts, callers, sans, tls, annotations, secret }: Program) => `
  const later = new command.local.Command("later", { create: "echo cluster.local/ns/sleep/sa/sleep" }).stdout;
  const object = (group, kind, namespace, name, spec) =>
    new k8s.apiextensions.CustomResource(
      name,
      { apiVersion: group + ".istio.io/v1", kind, metadata: { namespace, name }, spec },
      opts,
    );
  object("networking", "Gateway", "istio-system", "export", {
    selector: { istio: "eastwestgateway" },
    servers: [
      { port: { number: 15443, name: "tls", protocol: "TLS" }, hosts: ["${hosts}"], tls: { mode: "AUTO_PASSTHROUGH" } },
    ],
  });
  object("networking", "Gateway", "istio-system", "ingress", {
    selector: { istio: "ingressgateway" },
    servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
  });
  object("security", "AuthorizationPolicy", "httpbin", "callers", {
    selector: { matchLabels: { app: "httpbin" } },
    action: "ALLOW",
    rules: [{ from: [{ source: { principals: ${callers} } }] }],
  });
  object("networking", "ServiceEntry", "sleep", "import", {
    hosts: ["cart.mesh.global"],
    ports: [{ number: 80, name: "http", protocol: "HTTP" }],
    location: "MESH_INTERNAL",
    resolution: "STATIC",
    endpoints: [{ address: "192.0.2.1", ports: { http: 15443 } }],
    subjectAltNames: ${sans},
  });
  object("networking", "DestinationRule", "sleep", "client", {
    host: "cart.mesh.global",
    trafficPolicy: { tls: { mode: "${tls}" } },
  });
  const service = (namespace, name, annotations, spec) =>
    new k8s.core.v1.Service(name, { metadata: { namespace, name, annotations }, spec }, opts);
  service("httpbin", "httpbin", {}, { selector: { app: "httpbin" }, ports: [{ port: 8000, targetPort: 8080 }] });
  service("istio-system", "gateway", ${annotations}, {
    type: "LoadBalancer",
    selector: { istio: "eastwestgateway" },
    ports: [{ port: 15443 }],
  });
  const metadata = { namespace: "httpbin", name: "${secret}" };
  new k8s.core.v1.Secret("access", { metadata, stringData: { a: "x" } }, opts);`;
