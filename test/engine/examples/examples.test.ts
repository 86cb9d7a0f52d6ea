import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { gatewayExample, gatewayExamples } from "../../unit/support/gatewayExamples.ts";
import type { LanguageProject } from "../languages/languageProject.ts";
import { MeshCluster } from "../review/support/meshCluster.ts";
import { Examples } from "./examples.ts";

jest.setTimeout(4 * 60_000);

const charts = process.env["MESH_FEDERATION_TEST_CHARTS"]!;
const namespaces = ["istio-system", "shop", "billing", "front"];
let examples: Examples;
let east: MeshCluster;
let west: MeshCluster;
beforeAll(async () => {
  [examples, east, west] = await Promise.all([
    Examples.start(),
    MeshCluster.start(charts, namespaces),
    MeshCluster.start(charts, namespaces),
  ]);
});
afterAll(async () => {
  examples?.close();
  await Promise.all([east?.stop(), west?.stop()]);
});

/** The objects of exports and imports in a cluster, as `kind namespace/name`. */
async function objects(cluster: MeshCluster): Promise<string[]> {
  const kinds = ["networking.istio.io/v1/gateways", "networking.istio.io/v1/serviceentries"];
  const lists = await Promise.all(
    kinds.map(async (kind) =>
      (await cluster.list(`/apis/${kind}`)).map(
        ({ kind: one, metadata }) => `${one} ${metadata.namespace}/${metadata.name}`,
      ),
    ),
  );
  return lists.flat().sort();
}
const up = (project: LanguageProject) => project.must("up", "--yes", "--skip-preview");
const destroy = (project: LanguageProject) => project.must("destroy", "--yes", "--skip-preview");
const unchanged = (project: LanguageProject) => project.must("preview", "--expect-no-changes");
const outputs = async (project: LanguageProject) => JSON.parse(await project.must("stack", "output", "--json"));

test("two meshes in one program call each other's services", async () => {
  const project = await examples.project(
    "two-meshes",
    "dev",
    { eastGateway: "192.0.2.1", westGateway: "192.0.2.2" },
    { eastKubeconfig: east.kubeconfig, westKubeconfig: west.kubeconfig },
  );
  await up(project);
  expect(await objects(east)).toEqual(["Gateway istio-system/export-orders", "ServiceEntry shop/import-west-payments"]);
  expect(await objects(west)).toEqual([
    "Gateway istio-system/export-payments",
    "ServiceEntry billing/import-east-orders",
  ]);
  const [entry] = await east.list("/apis/networking.istio.io/v1/namespaces/shop/serviceentries");
  expect(entry.spec).toMatchObject({
    hosts: ["payments.billing.svc.cluster.local"],
    endpoints: [{ address: "192.0.2.2", ports: { http: 15443 } }],
    subjectAltNames: ["spiffe://west.example/ns/billing/sa/payments"],
  });
  expect(await outputs(project)).toEqual({
    hosts: { shop: "payments.billing.svc.cluster.local", billing: "orders.shop.svc.cluster.local" },
  });
  await unchanged(project);
  await destroy(project);
  expect([await objects(east), await objects(west)]).toEqual([[], []]);
});

describe("teams of one mesh, and a peer in YAML", () => {
  let mesh: LanguageProject;
  let shop: LanguageProject;
  let peer: LanguageProject;
  const edit = (from: string, to: string) => shop.edit((text) => text.replace(from, to), "index.ts");

  // Each test starts from what the one before it deployed.
  test("a team's export that the mesh's owners do not allow fails the preview, and nothing is created", async () => {
    mesh = await examples.project("teams/mesh", "west", { gateway: "192.0.2.2" });
    await up(mesh);
    shop = await examples.project("teams/shop", "west", {}, { kubeconfig: west.kubeconfig });
    edit('namespace: "shop"', 'namespace: "billing"');
    const { code, output } = await shop.pulumi(["up", "--yes"]);
    expect(code).not.toBe(0);
    expect(output).not.toContain("Updating (west)");
    expect(output).toMatch(/it may not export from namespace billing\..* \[team-not-allowed\]/);
    expect(output).not.toMatch(/^\s+at .*:\d+/m);
    expect(await objects(west)).toEqual([]);
  });

  test("what they allow is created, and published", async () => {
    edit('namespace: "billing"', 'namespace: "shop"');
    await up(shop);
    expect(await objects(west)).toEqual([
      "Gateway istio-system/export-shop-orders",
      "ServiceEntry shop/import-east-payments",
    ]);
    await unchanged(shop);
    expect((await outputs(shop)).federation).toMatchObject({
      mesh: { name: "west" },
      exports: [{ name: "shop-orders", to: ["east"] }],
      imports: [{ name: "payments", from: "east" }],
    });
  });

  test("a peer in YAML imports it by a reference to the team's stack", async () => {
    const kubeconfig = stringify(parse(east.kubeconfig));
    peer = await examples.project("consumer", "east", { gateway: "192.0.2.1" }, { kubeconfig });
    await up(peer);
    expect(await objects(east)).toEqual([
      "Gateway istio-system/export-payments",
      expect.stringMatching(/^ServiceEntry front\/import-west-shop-orders-/),
    ]);
    await unchanged(peer);
    // It publishes what the team has as a file.
    const { federation, host } = await outputs(peer);
    expect(host).toBe("orders.shop.svc.cluster.local");
    expect(federation).toEqual(JSON.parse(readFileSync(join(shop.program, "east.json"), "utf8")));
  });

  test("each is destroyed", async () => {
    for (const project of [peer, shop, mesh]) await destroy(project);
    expect([await objects(east), await objects(west)]).toEqual([[], []]);
  });
});

test.each(gatewayExamples)(
  "an API server takes the Service of gateway %s, and Istio's chart its values",
  async (name) => {
    const { service, values } = gatewayExample(name);
    const path = `/api/v1/namespaces/istio-system/services/${service.metadata.name}`;
    await east.apply(path, { apiVersion: "v1", kind: "Service", ...service });
    await east.delete(path);
    const helm = process.env["MESH_FEDERATION_HELM"];
    // Official releases are tested without a program of Helm.
    if (helm === undefined) return;
    const words = ["template", service.metadata.name, join(charts, "gateway"), "--values", "-"];
    const rendered = execFileSync(helm, words, { input: JSON.stringify(values), encoding: "utf8" });
    expect(rendered).toContain("kind: Deployment");
    expect(rendered).not.toContain("kind: Service\n");
  },
);
