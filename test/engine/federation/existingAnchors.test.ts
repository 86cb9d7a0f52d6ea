import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { anExport, contract } from "../../unit/federation/fixtures.ts";
import { roots } from "../../unit/support/roots.ts";
import { ApiServer } from "../support/apiServer.ts";
import { prepareApiServer } from "./kinds.ts";
import { Project } from "./project.ts";

jest.setTimeout(4 * 60_000);

const [ofEast, ofWest] = roots;
const istio = "/api/v1/namespaces/istio-system/configmaps";
const deployments = "/apis/apps/v1/namespaces/istio-system/deployments";

let server: ApiServer;
let project: Project;

const configMap = (name: string, data: Record<string, string>) =>
  server.apply(`${istio}/${name}`, { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
const istiod = (env: Record<string, string>) => {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  const container = { name: "discovery", image: "istiod", env: variables };
  const labels = { app: "istiod" };
  return server.apply(`${deployments}/istiod`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "istiod" },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  });
};
const up = () => project.must(["up", "--yes", "--skip-preview", "--stack", "east"]);
const outputs = async () => JSON.parse(await project.must(["stack", "output", "--json", "--stack", "east"]));
const entries = async () =>
  (await server.request("GET", "/apis/networking.istio.io/v1/serviceentries")).body.items.length;

beforeAll(async () => {
  server = await ApiServer.start();
  project = new Project();
  await prepareApiServer(server, ["istio-system", "sleep"]);
  writeFileSync(join(project.folder, "kubeconfig"), server.kubeconfig);
  const { mesh, ...west } = contract("west", [anExport({}, "west.example")], {
    mesh: { ...contract("west").mesh, trustDomain: "west.example" },
  });
  const own = { roots: [ofWest], trusts: { east: [ofEast.sha256] }, acceptedTrustDomains: ["east.example"] };
  writeFileSync(join(project.folder, "west.json"), JSON.stringify({ ...west, mesh: { ...mesh, ...own } }));
  project.write("east", {
    mesh: { name: "east", trustDomain: "east.example" },
    cluster: { provider: "existing", kubeconfigPath: "./kubeconfig" },
    istio: { provider: "existing", version: "1.30.1" },
    peers: { west: { file: "west.json", trustDomain: "west.example", roots: [ofWest.sha256] } },
    imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }],
  });
  await project.must(["stack", "init", "east"]);
  await configMap("istio-ca-root-cert", { "root-cert.pem": ofEast.pem });
  await configMap("istio", { mesh: stringify({ trustDomain: "east.example" }) });
  await istiod({ REVISION: "default" });
});
afterAll(async () => {
  project?.remove();
  await server?.stop();
});

test("an existing Istio trusts a peer of another root when its owner has set what the output has", async () => {
  expect(await up()).toMatch(/\[istio-settings-needed\]/);
  const { istioSettings, federation } = await outputs();
  expect(federation.mesh).toMatchObject({ roots: [{ sha256: ofEast.sha256, use: "active" }], trusts: {} });
  expect(await entries()).toBe(0);

  // As Helm renders the values of the output.
  const { meshConfig, env } = parse(istioSettings);
  await configMap("istio", { mesh: stringify({ trustDomain: "east.example", ...meshConfig }) });
  const withoutFlag = await project.must(["preview", "--stack", "east"]);
  expect(withoutFlag).toMatch(/Deployment istio-system\/istiod: env ISTIO_MULTIROOT_MESH .*\[istio-flag-missing\]/);
  await istiod(env);

  const output = await up();
  expect(output).not.toMatch(/\[istio-/);
  expect((await outputs()).federation.mesh.trusts).toEqual({ west: [ofWest.sha256] });
  expect(await entries()).toBe(1);
  expect(await project.changes("east")).toEqual([]);

  // A root beside its anchor undoes the bond.
  meshConfig.caCertificates.push({ pem: ofWest.pem });
  await configMap("istio", { mesh: stringify(meshConfig) });
  expect(await project.must(["preview", "--stack", "east"])).toMatch(/\[istio-anchor-unbound\]/);
});
