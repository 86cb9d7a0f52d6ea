import { judge } from "../../../policy/judge.ts";
import { readPreview } from "../../../review/previewReport.ts";
import { MeshCluster } from "../review/support/meshCluster.ts";
import { Project } from "../support/project.ts";

const patience = 240_000;
let cluster: MeshCluster;
let project: Project;

beforeAll(async () => {
  cluster = await MeshCluster.start(process.env["MESH_FEDERATION_TEST_CHARTS"]!, ["istio-system", "httpbin", "sleep"]);
  project = new Project(cluster.kubeconfig);
}, patience);

afterAll(async () => {
  project?.close();
  await cluster?.stop();
}, patience);

/** A program that uses no component of this project. */
interface Program {
  hosts: string;
  /** Text of the expression for the callers; `later` is an output that no preview knows. */
  callers: string;
  sans: string;
  tls: string;
  annotations: string;
  /** Name of a Secret; its content is masked. */
  secret: string;
}

const keeping: Program = { hosts: "httpbin.httpbin.svc.cluster.local", callers: `["cluster.local/ns/sleep/sa/sleep"]`, sans: `["spiffe://west.local/ns/cart/sa/cart"]`, tls: "ISTIO_MUTUAL", annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" }`, secret: "access" };

const program = ({ hosts, callers, sans, tls, annotations, secret }: Program) => `
  const later = new command.local.Command("later", { create: "echo cluster.local/ns/sleep/sa/sleep" }).stdout;
  const object = (group, kind, namespace, name, spec) => new k8s.apiextensions.CustomResource(name, { apiVersion: group + ".istio.io/v1", kind, metadata: { namespace, name }, spec }, opts);
  object("networking", "Gateway", "istio-system", "export", { selector: { istio: "eastwestgateway" }, servers: [{ port: { number: 15443, name: "tls", protocol: "TLS" }, hosts: ["${hosts}"], tls: { mode: "AUTO_PASSTHROUGH" } }] });
  object("networking", "Gateway", "istio-system", "ingress", { selector: { istio: "ingressgateway" }, servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }] });
  object("security", "AuthorizationPolicy", "httpbin", "callers", { selector: { matchLabels: { app: "httpbin" } }, action: "ALLOW", rules: [{ from: [{ source: { principals: ${callers} } }] }] });
  object("networking", "ServiceEntry", "sleep", "import", { hosts: ["cart.mesh.global"], ports: [{ number: 80, name: "http", protocol: "HTTP" }], location: "MESH_INTERNAL", resolution: "STATIC", endpoints: [{ address: "192.0.2.1", ports: { http: 15443 } }], subjectAltNames: ${sans} });
  object("networking", "DestinationRule", "sleep", "client", { host: "cart.mesh.global", trafficPolicy: { tls: { mode: "${tls}" } } });
  new k8s.core.v1.Service("httpbin", { metadata: { namespace: "httpbin", name: "httpbin" }, spec: { selector: { app: "httpbin" }, ports: [{ port: 8000, targetPort: 8080 }] } }, opts);
  new k8s.core.v1.Service("gateway", { metadata: { namespace: "istio-system", name: "gateway", annotations: ${annotations} }, spec: { type: "LoadBalancer", selector: { istio: "eastwestgateway" }, ports: [{ port: 15443 }] } }, opts);
  new k8s.core.v1.Secret("access", { metadata: { namespace: "httpbin", name: "${secret}" }, stringData: { a: "x" } }, opts);`;

/** What the rules find in a preview of a program, as `rule resource`. */
async function found(change: Partial<Program>): Promise<string[]> {
  project.write(program({ ...keeping, ...change }));
  const run = await project.run("preview", ["--json", "--show-sames"]);
  if (run.code !== 0) throw new Error(run.output);
  const { resources } = readPreview(run.output.slice(run.output.indexOf("{")));
  expect(resources.map((r) => r.type)).toContain("kubernetes:networking.istio.io/v1:Gateway");
  return judge([{ stack: "s", resources }]).findings.map((f) => `${f.policy}: ${f.message.split(" ", 2).join(" ")}`);
}

test.each<[string, Partial<Program>, string[]]>([
  ["a program that keeps to the rules", {}, []],
  [
    "a program that keeps to none",
    { hosts: "*.local", callers: `["*"]`, sans: "[]", tls: "DISABLE", annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn" }`, secret: "west-kubeconfig" },
    ["no-wildcard-gateway-host: Gateway istio-system/export", "import-pins-identities: ServiceEntry sleep/import", "export-names-callers: Gateway istio-system/export", "no-peer-credentials: Secret httpbin/west-kubeconfig", "strict-mtls-stays: DestinationRule sleep/client", "gateway-service-passes-tls: Service istio-system/gateway"],
  ],
  ["what no preview knows yet", { callers: "[later]", sans: "later.apply((s) => [s])", annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-name": later }` }, []],
  ["what no preview knows yet hides nothing else", { callers: "later.apply((s) => [s])", sans: "[]", annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": later }` }, ["import-pins-identities: ServiceEntry sleep/import", "gateway-service-passes-tls: Service istio-system/gateway"]],
])("on a real preview of a program that is not ours: %s", async (_, change, expected) => {
  expect(await found(change)).toEqual(expected);
}, patience);
