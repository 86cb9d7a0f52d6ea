/** The recorded program of commands. `v`: its environment variable V. */
export const commands = (v = "1") => `
const plain = new command.local.Command("plain", {
  create: "echo created; echo err >&2",
  update: "echo updated $V from $PULUMI_COMMAND_STDOUT",
  delete: "echo deleted $V",
  environment: { V: "${v}" },
});
const stdin = new command.local.Command(
  "stdin",
  { create: "cat", stdin: pulumi.secret("token-1"), logging: "none" },
  { additionalSecretOutputs: ["stdout"] },
);
new command.local.Command(
  "triggered",
  { create: "echo t", delete: "echo gone", triggers: ["x"] },
  { deleteBeforeReplace: true },
);
const noupdate = new command.local.Command("noupdate", {
  create: "echo 1",
  dir: "/",
  interpreter: ["/bin/sh", "-c"],
  addPreviousOutputInEnv: false,
});
export const a = plain.stdout;
export const b = stdin.stdout;
export const d = noupdate.stdout;
export const run = command.local.runOutput({ command: "echo invoked" }).stdout;`;

/** The recorded program of keys, certificates and objects. `port`: port of the ServiceEntry's endpoint. */
export const objects = (port = 15443) => `
const rootKey = new tls.PrivateKey("root", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const root = new tls.SelfSignedCert("root", {
  privateKeyPem: rootKey.privateKeyPem,
  isCaCertificate: true,
  setSubjectKeyId: true,
  subject: { commonName: "Root CA", organization: "Istio" },
  validityPeriodHours: 87600,
  allowedUses: ["cert_signing", "crl_signing"],
});
const key = new tls.PrivateKey("west", { algorithm: "RSA", rsaBits: 2048 });
const request = new tls.CertRequest("west", {
  privateKeyPem: key.privateKeyPem,
  dnsNames: ["istiod.istio-system.svc"],
  subject: { commonName: "Intermediate CA", locality: "west", organization: "Istio" },
});
const cert = new tls.LocallySignedCert("west", {
  certRequestPem: request.certRequestPem,
  caPrivateKeyPem: rootKey.privateKeyPem,
  caCertPem: root.certPem,
  isCaCertificate: true,
  maxPathLength: 0,
  setSubjectKeyId: true,
  validityPeriodHours: 17520,
  earlyRenewalHours: 720,
  allowedUses: ["cert_signing", "crl_signing", "digital_signature", "key_encipherment"],
});
const proto = new k8s.core.v1.Namespace("proto", { metadata: { name: "proto", labels: { step: "1" } } }, opts);
const namespace = proto.metadata.name;
new k8s.core.v1.Secret(
  "cacerts",
  {
    metadata: { name: "cacerts", namespace },
    stringData: { "ca-cert.pem": cert.certPem, "ca-key.pem": key.privateKeyPem },
  },
  opts,
);
new k8s.core.v1.ConfigMap("auto", { metadata: { namespace }, data: { a: "1" } }, opts);
const labels = { app: "web" };
const container = {
  name: "web",
  image: "lab.local/httpbin:0.10.4",
  imagePullPolicy: "IfNotPresent",
  ports: [{ containerPort: 8080 }],
};
new k8s.apps.v1.Deployment(
  "web",
  {
    metadata: { name: "web", namespace },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } },
    },
  },
  opts,
);
const service = new k8s.core.v1.Service(
  "web",
  {
    metadata: { name: "web", namespace },
    spec: { type: "LoadBalancer", selector: labels, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
  },
  opts,
);
const address = service.status.loadBalancer.ingress[0].ip;
new k8s.apiextensions.CustomResource(
  "se",
  {
    apiVersion: "networking.istio.io/v1",
    kind: "ServiceEntry",
    metadata: { name: "ext", namespace },
    spec: {
      hosts: ["x.proto.svc.cluster.local"],
      location: "MESH_INTERNAL",
      resolution: "STATIC",
      ports: [{ name: "http", number: 80, protocol: "HTTP" }],
      endpoints: [{ address, ports: { http: ${port} } }],
    },
  },
  opts,
);`;

/** A program of Releases, with the arguments that this project's program gives. */
export const releases = (inputs: { name: string; inputs: Record<string, any> }[]) =>
  inputs
    .map(({ name, inputs: { chart, name: release, namespace, values } }) => {
      const args = JSON.stringify({ name: release, namespace, chart, values, timeout: 300 });
      return `new k8s.helm.v3.Release("${name}", ${args}, opts);`;
    })
    .join("\n");
