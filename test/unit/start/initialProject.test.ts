import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { projectConfigs } from "../../../federation/adopt/initialProject.ts";
import { describeMesh } from "../../../federation/meshes/meshDescription.ts";
import { previewCommands } from "../../../start/firstPreview.ts";
import { initialProject } from "../../../start/initialProject.ts";
import { library, packageVersions } from "../../../start/packageVersions.ts";
import { readMesh } from "../federation/adopt/fixtures.ts";
import { root } from "../package/support/consumer.ts";

const first = { service: "shop/cart", callers: "sleep" };

/** What the components make of the configuration of a stack. */
function described({ mesh }: { mesh: Record<string, unknown> }) {
  const { meshName, exports: _exports, ...facts } = mesh as any;
  return describeMesh({ name: meshName, ...facts });
}

test("each stack has the arguments of its components, and its mesh is one that they describe", () => {
  const [west, east] = projectConfigs(readMesh("west"), readMesh("east"), first);
  expect(described(west)).toMatchObject({
    contract: { mesh: { name: "west" }, gateways: [{ address: "192.0.2.1", port: 15443 }] },
    gateway: { namespace: "istio-system", labels: { istio: "eastwestgateway" } },
    peers: { east: { trustDomain: "east.local" } },
  });
  expect(west.mesh["exports"]).toMatchObject({ cart: { namespace: "shop", service: "cart", to: ["east"] } });
  expect(west.gateway).toBeUndefined();
  expect(described(east).contract.gateways).toEqual([]);
  expect(east.imports).toEqual({ cart: { from: "west", visibleTo: ["sleep"] } });
});

test("a mesh without a gateway gets one, whose pods the mesh selects", () => {
  const [west] = projectConfigs(readMesh("west", { gateway: undefined }), readMesh("east"), first);
  const name = "federation-gateway";
  expect(west.gateway).toMatchObject({ gatewayName: name, chart: "gateway", chartVersion: west.mesh["istioVersion"] });
  expect(described(west).gateway.labels).toEqual({ "mesh-federation.dev/gateway": name });
});

test("an importer accepts the exporter's cluster domain", () => {
  const west = readMesh("west");
  west.facts = { ...west.facts, clusterDomain: { value: "west.example", from: "a test" } };
  const [, east] = projectConfigs(west, readMesh("east"), first);
  expect(described(east).peers).toMatchObject({ west: { clusterDomain: "west.example" } });
});

test("packages are those with which this project is tested", () => {
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const tested = { ...own.dependencies, ...own.devDependencies };
  for (const [name, version] of Object.entries(packageVersions))
    expect([name, version]).toEqual([name, `^${tested[name]}`]);
  expect(library.version).toBe(`^${own.version}`);
});

test("a kubeconfig below the user's home is below every user's", () => {
  const [west, east] = projectConfigs(readMesh("west"), readMesh("east"), first);
  west.kubeconfigPath = join(homedir(), ".kube/config");
  const files = initialProject({ west, east }, "file:library.tgz");
  const pathOf = (stack: string) => parse(files[`Pulumi.${stack}.yaml`]!).config["federated-meshes:kubeconfigPath"];
  expect([pathOf("west"), pathOf("east")]).toEqual(["~/.kube/config", "/kubeconfig"]);
  expect(JSON.parse(files["package.json"]!).dependencies["pulumi-mesh-federation"]).toBe("file:library.tgz");
});

test("the program is short", () => {
  const [west, east] = projectConfigs(readMesh("west", { gateway: undefined }), readMesh("east"), first);
  const lines = initialProject({ west, east })["index.ts"]!.split("\n");
  expect(lines.length).toBeLessThan(40);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
});

test("npm runs unless the library is found, and Pulumi asks where somebody can answer", () => {
  const folder = mkdtempSync(join(tmpdir(), "mesh-federation-commands-"));
  const commands = (more: object = {}) =>
    previewCommands({ folder, exporter: "west", importer: "east", up: true, isInteractive: true, ...more }).map(
      (words) => words.join(" "),
    );
  expect(commands()).toEqual([
    "npm install",
    "pulumi stack init west --no-select",
    "pulumi stack init east --no-select",
    "pulumi up --stack west",
    "pulumi preview --stack east --diff",
  ]);
  const file = join(folder, "node_modules", library.name, "index.js");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  expect(commands({ isInteractive: false })[2]).toBe("pulumi up --stack west --yes --skip-preview --non-interactive");
  expect(commands({ up: false })[2]).toBe("pulumi preview --stack west");
  rmSync(folder, { recursive: true });
});
