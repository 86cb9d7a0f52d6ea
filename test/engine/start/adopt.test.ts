import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { MeshCluster } from "../review/support/meshCluster.ts";
import { command, ownPulumi, repository, WrittenProject } from "./adoptedStack.ts";

jest.setTimeout(4 * 60_000);

let folder: string;
let cluster: MeshCluster;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-adopt-"));
  cluster = await MeshCluster.start(process.env["MESH_FEDERATION_TEST_CHARTS"]!, ["istio-system", "sleep", "httpbin"]);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true });
});

const plurals: Record<string, string> = {
  Service: "/api/v1/namespaces/NS/services",
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  Gateway: "/apis/networking.istio.io/v1/namespaces/NS/gateways",
  ServiceEntry: "/apis/networking.istio.io/v1/namespaces/NS/serviceentries",
  DestinationRule: "/apis/networking.istio.io/v1/namespaces/NS/destinationrules",
  PeerAuthentication: "/apis/security.istio.io/v1/namespaces/NS/peerauthentications",
};

/** Applies objects as kubectl does. */
async function apply(text: string, into = ""): Promise<void> {
  for (const document of parseAllDocuments(text)) {
    const object = document.toJS() as any;
    object.metadata.namespace ??= into;
    const path = plurals[object.kind]!.replace("NS", object.metadata.namespace);
    await cluster.apply(`${path}/${object.metadata.name}`, object);
  }
}

const page = (file: string): string => readFileSync(join(repository, "bench", "page", file), "utf8");

/** Every object by hand with what changes when its spec does, or (`resourceVersion`) whenever somebody writes it. */
async function written(by: "resourceVersion" | "generation" = "resourceVersion"): Promise<Record<string, string>> {
  const kinds = ["gateways", "serviceentries", "destinationrules"].map((k) => `/apis/networking.istio.io/v1/${k}`);
  const all = (await Promise.all(kinds.map((path) => cluster.list(path)))).flat();
  return Object.fromEntries(all.map(({ metadata: m }) => [`${m.namespace}/${m.name}`, `${m.uid} ${m[by]}`]));
}

test("a federation by hand is imported, and nothing of it is ever written or deleted", async () => {
  await apply(page("istio-eastwestgateway.yaml"));
  await apply(page("import-httpbin.tmpl.yaml").replace("{{.eastwestGatewayIP}}", "172.19.128.1"), "sleep");
  await apply(page("mtls.yaml"));
  const ports = [{ name: "http", port: 80 }];
  const payroll = { apiVersion: "v1", kind: "Service", metadata: { name: "payroll" }, spec: { ports } };
  await apply(JSON.stringify(payroll), "httpbin");
  const before = await written();
  const specs = await written("generation");
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, cluster.kubeconfig);
  const out = join(folder, "out");

  const told = await command("adopt", ["--kubeconfig", kubeconfig, "--mesh", "east", "--out", out]);

  expect(told).toContain("3 objects adopted: 1 imports, 0 exported hosts");
  const report = readFileSync(join(out, "ADOPT.md"), "utf8");
  expect(report).toMatch(/payroll\.httpbin\.svc\.cluster\.local` \| 80 .*\*\*everybody\*\*/);
  const stack = parse(readFileSync(join(out, "stacks", "Pulumi.east.yaml"), "utf8")).config;
  expect(stack["mesh-federation:imports"]).toMatchObject([{ name: "httpbin", visibleTo: ["*"] }]);

  symlinkSync(join(repository, "node_modules"), join(out, "node_modules"));
  const project = new WrittenProject(out, ownPulumi(join(folder, "own")));
  const imports = [
    "import DestinationRule/sleep/import-httpbin",
    "import Gateway/istio-system/istio-eastwestgateway",
    "import ServiceEntry/sleep/import-httpbin",
  ];
  await project.pulumi("stack", "init", "east");
  expect(await project.steps("east")).toEqual(imports);
  await project.pulumi("up", "--yes", "--skip-preview", "--stack", "east");
  await project.pulumi("preview", "--expect-no-changes", "--stack", "east");
  expect(await written()).toEqual(before);

  await project.pulumi("config", "set", "--path", "manage[0]", "*", "--stack", "east");
  expect(await project.steps("east")).toEqual(imports.map((step) => step.replace("import ", "update ")));
  await project.pulumi("up", "--yes", "--skip-preview", "--stack", "east");
  await project.pulumi("preview", "--expect-no-changes", "--stack", "east");
  await project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "east");
  expect(await written("generation")).toEqual(specs);
});
