import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import { node22Variable } from "../../support/node22.ts";
import { builtPackages, consumer, packed } from "../../unit/package/support/consumer.ts";
import { MeshCluster } from "../review/support/meshCluster.ts";
import { ownPulumi, repository, runProgram, WrittenProject } from "./adoptedStack.ts";

jest.setTimeout(4 * 60_000);

let folder: string;
/** The program that `npm create` runs. */
let program: string;
const clusters: MeshCluster[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-init-"));
  program = await install();
});
afterAll(async () => {
  for (const cluster of clusters) await cluster.stop();
  rmSync(folder, { recursive: true });
});

/** A pod as injection leaves it. No node runs it. */
function pod(namespace: string, app: string): object {
  const labels = { app, istio: app, "security.istio.io/tlsMode": "istio" };
  const containers = [{ name: "istio-proxy", image: "proxy" }];
  const metadata = { namespace, name: app, labels };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { serviceAccountName: app, containers } };
}

/** The objects by which an Istio tells what it is. */
function istio(network: string, trustDomain: string, accepted: string): Record<string, object> {
  const at = { namespace: "istio-system" };
  const labels = { app: "istiod", "istio.io/rev": "stable" };
  const containers = [{ name: "discovery", image: "docker.io/istio/pilot:1.30.5-distroless" }];
  const values = { global: { network, meshID: "mesh1", multiCluster: { clusterName: "Kubernetes" } } };
  const mesh = { trustDomain, caCertificates: [{ trustDomains: [accepted] }] };
  const configMap = (name: string, data: Record<string, string>) => ({
    [`/api/v1/namespaces/istio-system/configmaps/${name}`]: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { ...at, name },
      data,
    },
  });
  return {
    "/apis/apps/v1/namespaces/istio-system/deployments/istiod-stable": {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...at, name: "istiod-stable", labels },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    },
    ...configMap("istio-stable", { mesh: stringify(mesh) }),
    ...configMap("istio-sidecar-injector-stable", { values: JSON.stringify(values) }),
  };
}

async function start(name: string, namespaces: string[], objects: Record<string, object>): Promise<string> {
  const cluster = await MeshCluster.start(process.env["MESH_FEDERATION_TEST_CHARTS"]!, namespaces);
  clusters.push(cluster);
  for (const [path, object] of Object.entries(objects)) await cluster.apply(path, object);
  const file = join(folder, name);
  writeFileSync(file, cluster.kubeconfig);
  return file;
}

/** Kinds of objects that the federation has made, each with its cluster. */
async function federationObjects(): Promise<string[]> {
  const kinds = { Gateway: "gateways", ServiceEntry: "serviceentries", DestinationRule: "destinationrules" };
  const found: string[] = [];
  for (const [i, mesh] of ["west", "east"].entries())
    for (const [kind, plural] of Object.entries(kinds))
      for (const _ of await clusters[i]!.list(`/apis/networking.istio.io/v1/${plural}`)) found.push(`${mesh} ${kind}`);
  return found;
}

/** What a preview shows of the import: where calls go, whose certificate they accept, and by which host. */
function expectImport(preview: string): void {
  const [before, entry] = preview.split("ServiceEntry: (create)") as [string, string | undefined];
  expect(before).toMatch(/^ --stack east --diff/);
  expect(entry).toMatch(/^\s+\[urn=.*::west-httpbin-entry\]/);
  const spec = entry!.split("--outputs:--")[0];
  for (const value of ["192.0.2.10", "spiffe://west.local/ns/httpbin/sa/httpbin", "httpbin.httpbin.svc.cluster.local"])
    expect(spec).toContain(`"${value}"`);
}

const service = (namespace: string, name: string, spec: object) => ({
  [`/api/v1/namespaces/${namespace}/services/${name}`]: {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace, name },
    spec,
  },
});

/** Both packages as npm installs them, with this repository's copies of the others. Gives back the program's path. */
async function install(): Promise<string> {
  const built = await builtPackages(folder);
  const others = [
    ...["@kubernetes/client-node", "@peculiar/asn1-csr", "@peculiar/asn1-schema", "@peculiar/asn1-x509"],
    ...["@pulumi/command", "@pulumi/kubernetes", "@pulumi/pulumi", "@pulumi/tls"],
    ...["@types/node", "typescript", "yaml", "zod"],
  ];
  consumer(folder, packed(join(built, "package"), join(folder, "library")), others, {});
  const name = "create-pulumi-mesh-federation";
  const unpacked = join(folder, "node_modules", name);
  cpSync(packed(join(built, "create"), join(folder, "create")), unpacked, { recursive: true });
  const { bin } = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8"));
  return join(unpacked, bin[name]);
}

test("npm create writes a project from what the clusters say, whose preview shows the first import", async () => {
  const west = await start("west", ["istio-system", "httpbin"], {
    ...istio("network-west", "west.local", "east.local"),
    "/api/v1/namespaces/httpbin/pods/httpbin": pod("httpbin", "httpbin"),
    "/api/v1/namespaces/istio-system/pods/eastwestgateway": pod("istio-system", "eastwestgateway"),
    ...service("httpbin", "httpbin", { selector: { app: "httpbin" }, ports: [{ name: "http", port: 8000 }] }),
    ...service("istio-system", "eastwestgateway", {
      selector: { istio: "eastwestgateway" },
      externalIPs: ["192.0.2.10"],
      ports: [{ name: "tls", port: 15443 }],
    }),
  });
  const east = await start("east", ["istio-system", "sleep"], {
    ...istio("network-east", "east.local", "west.local"),
    "/api/v1/namespaces/sleep/pods/sleep": pod("sleep", "sleep"),
  });
  const environment = ownPulumi(join(folder, "own"));
  const create = (...words: string[]): Promise<string> =>
    runProgram(program, [...words, "--kubeconfig", west, "--kubeconfig", east, ...names], folder, environment);
  const names = ["--mesh", "west", "--mesh", "east"];

  expect(await runProgram(program, ["--help"], folder, environment)).toMatch(/init .*\n[^]*adopt /);
  const refused = await create("init", "--yes", "--out", join(folder, "out")).then(String, String);
  expect(refused).toMatch(/--service: nothing says what to export.*httpbin\/httpbin.*\[init-answer-missing\]/);
  expect(refused).toMatch(/--callers: .*such as sleep\./);

  const answers = ["--service", "httpbin/httpbin", "--callers", "sleep"];
  const told = await create("init", "--yes", "--out", join(folder, "out"), ...answers);
  expect(told).toContain("trust domain: west.local (ConfigMap istio-system/istio-stable, trustDomain)");
  expect(told).toContain("gateway: 192.0.2.10 port 15443 (Service istio-system/eastwestgateway)");
  expect(told).toMatch(/\$ pulumi preview --stack west[^]*mesh-httpbin-gateway create/);
  expectImport(told.split("$ pulumi preview").at(-1)!);
  expect(told).toMatch(/as if mesh west were up[^]*\$ pulumi preview --stack east/);
  expect(told).toMatch(
    /assumes mesh west as its own preview shows it\. Nothing is made yet[^]*pulumi up --stack west\n/,
  );
  expect(told).not.toContain("[import-pending]");
  // A preview with properties has those of the provider, too.
  for (const { kubeconfig } of clusters) expect(told).not.toContain(parse(kubeconfig).users[0].user.token);
  expect(await federationObjects()).toEqual([]);

  // What is written is of the user's backend alone: there, the exporter is not up.
  const project = new WrittenProject(join(folder, "out"), environment);
  await expect(project.steps("east")).rejects.toThrow("[import-pending]");
  for (const stack of ["west", "east"]) await project.pulumi("up", "--stack", stack, "--yes", "--skip-preview");
  expect(await federationObjects()).toEqual(expect.arrayContaining(["west Gateway", "east ServiceEntry"]));
  for (const stack of ["east", "west"]) await project.pulumi("destroy", "--stack", stack, "--yes", "--skip-preview");

  environment["PULUMI_BACKEND_URL"] = ownPulumi(join(folder, "up"))["PULUMI_BACKEND_URL"]!;
  const brought = await create("init", "--yes", "--up", "--out", join(folder, "brought-up"), ...answers);
  // The preview of the import is the last that it prints.
  expectImport(brought.split("$ pulumi preview").at(-1)!);
  expect(brought).not.toMatch(/\[import-pending\]|assumes/);

  await create("--stack-files", "--yes", "--out", join(folder, "stacks"), ...answers);
  expect(readdirSync(join(folder, "stacks")).sort()).toEqual(["Pulumi.east.yaml", "Pulumi.west.yaml"]);
});

test("npx adopts with the least Node.js that the package promises", async () => {
  const kubeconfig = await start("by-hand", ["istio-system", "sleep"], {});
  const page = readFileSync(join(repository, "bench", "page", "import-httpbin.tmpl.yaml"), "utf8");
  for (const document of parseAllDocuments(page.replace("{{.eastwestGatewayIP}}", "192.0.2.10"))) {
    const object = document.toJS() as any;
    const plural = { ServiceEntry: "serviceentries", DestinationRule: "destinationrules" }[object.kind as string];
    const path = `/apis/networking.istio.io/v1/namespaces/sleep/${plural}/${object.metadata.name}`;
    await clusters.at(-1)!.apply(path, { ...object, metadata: { ...object.metadata, namespace: "sleep" } });
  }
  const out = join(folder, "adopted");
  const words = ["adopt", "--kubeconfig", kubeconfig, "--mesh", "east", "--out", out];
  expect(await runProgram(process.env[node22Variable]!, [program, ...words], folder)).toContain("2 objects adopted");

  const project = new WrittenProject(out, ownPulumi(join(folder, "adopting")));
  await project.pulumi("stack", "init", "east");
  const imported = ["import DestinationRule/sleep/import-httpbin", "import ServiceEntry/sleep/import-httpbin"];
  expect(await project.steps("east")).toEqual(imported);
});
