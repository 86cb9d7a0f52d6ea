import { evaluate } from "../../../policy/evaluate.ts";
import { readPreview } from "../../../review/preview/previewReport.ts";
import { MeshCluster } from "../review/support/meshCluster.ts";
import { Project } from "../support/project.ts";
import { keeping, programOf, type Program } from "./program.ts";

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

/** What the rules find in a preview of a program, as `rule resource`. */
async function found(change: Partial<Program>): Promise<string[]> {
  project.write(programOf({ ...keeping, ...change }));
  const run = await project.run("preview", ["--json", "--show-sames"]);
  if (run.code !== 0) throw new Error(run.output);
  const { resources } = readPreview(run.output.slice(run.output.indexOf("{")));
  expect(resources.map((r) => r.type)).toContain("kubernetes:networking.istio.io/v1:Gateway");
  return evaluate([{ stack: "s", resources }]).violations.map(
    (f) => `${f.policy}: ${f.message.split(" ", 2).join(" ")}`,
  );
}

test.each<[string, Partial<Program>, string[]]>([
  ["a program that keeps to the rules", {}, []],
  [
    "a program that keeps to none",
    {
      hosts: "*.local",
      callers: `["*"]`,
      sans: "[]",
      tls: "DISABLE",
      annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn" }`,
      secret: "west-kubeconfig",
    },
    [
      "no-wildcard-gateway-host: Gateway istio-system/export",
      "import-pins-identities: ServiceEntry sleep/import",
      "export-names-callers: Gateway istio-system/export",
      "no-peer-credentials: Secret httpbin/west-kubeconfig",
      "strict-mtls-stays: DestinationRule sleep/client",
      "gateway-service-passes-tls: Service istio-system/gateway",
    ],
  ],
  [
    "what no preview knows yet",
    {
      callers: "[later]",
      sans: "later.apply((s) => [s])",
      annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-name": later }`,
    },
    [],
  ],
  [
    "what no preview knows yet hides nothing else",
    {
      callers: "later.apply((s) => [s])",
      sans: "[]",
      annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": later }`,
    },
    ["import-pins-identities: ServiceEntry sleep/import", "gateway-service-passes-tls: Service istio-system/gateway"],
  ],
])(
  "on a real preview of a program that is not ours: %s",
  async (_, change, expected) => {
    expect(await found(change)).toEqual(expected);
  },
  patience,
);
