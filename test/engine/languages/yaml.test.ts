import { MeshCluster } from "../review/support/meshCluster.ts";
import { LanguageProject } from "./languageProject.ts";

jest.setTimeout(4 * 60_000);

let cluster: MeshCluster;
let project: LanguageProject;
beforeAll(async () => {
  cluster = await MeshCluster.start(process.env["MESH_FEDERATION_TEST_CHARTS"]!, ["istio-system", "sleep"]);
  project = new LanguageProject("yaml");
  await project.init(cluster.kubeconfig);
});
afterAll(async () => {
  project?.close();
  await cluster?.stop();
});

const kinds = ["serviceentries", "destinationrules", "virtualservices"];
const names = async (): Promise<string[][]> =>
  Promise.all(
    kinds.map(async (kind) =>
      (await cluster.list(`/apis/networking.istio.io/v1/${kind}`)).map(({ metadata }) => metadata.name),
    ),
  );

// Each test starts from what the one before it deployed.
test("a program in YAML deploys an import with its own provider, and then has no changes", async () => {
  await project.must("up", "--yes", "--skip-preview");
  expect(await names()).toEqual(kinds.map(() => ["import-west-httpbin"]));
  expect(await project.must("stack", "output", "host")).toBe("httpbin.httpbin.svc.cluster.local\n");
  expect(await project.changes()).toEqual([]);

  const resources = await project.resources();
  const component = resources.find(({ type }) => type === "mesh-federation:federation:ImportedService");
  const children = resources.filter(({ parent }) => parent === component.urn);
  expect(children).toHaveLength(3);
  for (const { provider } of children) expect(provider).toMatch(/::cluster::/);
  expect(JSON.stringify(resources)).not.toContain(JSON.parse(cluster.kubeconfig).users[0].user.token);
});

test("a mistake in an argument is the resource's failure, with its code and without a stack trace", async () => {
  const edit = (from: string, to: string) => project.edit((text) => text.replace(from, to));
  edit("protocol: HTTP", "protocol: TCP");
  const { code, output } = await project.pulumi(["preview"]);
  edit("protocol: TCP", "protocol: HTTP");
  expect(code).not.toBe(0);
  expect(output).toContain("resource 'httpbin' has a problem");
  expect(output).toContain("[import-without-routes]");
  expect(output).not.toMatch(/^\s+at .*:\d+/m);
});

test("an import whose namespace no preview knows is previewed, deployed after it and destroyed", async () => {
  project.edit((text) =>
    text
      .replace("namespace: sleep", "namespace: ${namespace.id}")
      .replace(
        "  httpbin:\n",
        [
          "  namespace:",
          "    type: kubernetes:core/v1:Namespace",
          "    properties: { metadata: { name: orders } }",
          "    options: { provider: '${cluster}' }",
          "  httpbin:\n",
        ].join("\n"),
      ),
  );
  expect(await project.changes()).toContain("create namespace");
  await project.must("up", "--yes", "--skip-preview");
  const entries = await cluster.list("/apis/networking.istio.io/v1/serviceentries");
  expect(entries.map(({ metadata }) => metadata.namespace)).toEqual(["orders"]);
  expect(await project.changes()).toEqual([]);

  await project.must("destroy", "--yes", "--skip-preview");
  expect(await names()).toEqual(kinds.map(() => []));
});
