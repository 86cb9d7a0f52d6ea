import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { builtPackages, consumer, packed } from "../../unit/package/support/consumer.ts";
import { MeshCluster } from "../review/support/meshCluster.ts";
import { ownPulumi, runProgram, WrittenProject } from "./adoptedStack.ts";

jest.setTimeout(4 * 60_000);

let folder: string;
const clusters: MeshCluster[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-init-"));
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
  const installed = install();
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
  const program = await installed;
  const out = join(folder, "out");
  const environment = ownPulumi(join(folder, "own"));
  const create = (...words: string[]): Promise<string> =>
    runProgram(program, [...words, "--kubeconfig", west, "--kubeconfig", east, ...names], folder, environment);
  const names = ["--mesh", "west", "--mesh", "east"];

  expect(await runProgram(program, ["--help"], folder, environment)).toMatch(/init .*\n[^]*adopt /);
  const refused = await create("init", "--yes", "--out", out).then(String, String);
  expect(refused).toMatch(/--service: nothing says what to export.*httpbin\/httpbin.*\[init-answer-missing\]/);
  expect(refused).toMatch(/--callers: .*such as sleep\./);

  const answers = ["--service", "httpbin/httpbin", "--callers", "sleep"];
  const told = await create("init", "--yes", "--out", out, ...answers);
  expect(told).toContain("trust domain: west.local (ConfigMap istio-system/istio-stable, trustDomain)");
  expect(told).toContain("gateway: 192.0.2.10 port 15443 (Service istio-system/eastwestgateway)");
  expect(told).toMatch(
    /\$ pulumi preview --stack west[^]*mesh-httpbin-gateway create[^]*\$ pulumi preview --stack east/,
  );
  expect(told).toContain("[import-pending]");

  const project = new WrittenProject(out, environment);
  await project.pulumi("up", "--yes", "--skip-preview", "--stack", "west");
  expect(await project.steps("east")).toContain("create west-httpbin-entry");

  await create("--stack-files", "--yes", "--out", join(folder, "stacks"), ...answers);
  expect(readdirSync(join(folder, "stacks")).sort()).toEqual(["Pulumi.east.yaml", "Pulumi.west.yaml"]);
});
