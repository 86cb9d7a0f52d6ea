import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiServer } from "../support/apiServer.ts";
import { up, upBothMeshes } from "./bothMeshes.ts";
import { post } from "./kinds.ts";
import { Project } from "./project.ts";

jest.setTimeout(4 * 60_000);

const http = { name: "http", number: 8000, protocol: "HTTP" };
const theExport = {
  name: "httpbin",
  namespace: "httpbin",
  service: "httpbin",
  ports: [http],
  selector: { app: "httpbin" },
  serviceAccounts: ["httpbin"],
  to: ["east"],
};
const theImport = {
  name: "httpbin",
  from: "west",
  visibleTo: ["sleep"],
  client: { namespace: "sleep", serviceAccount: "sleep" },
};

let server: ApiServer;
let project: Project;
const common = (address: string) => ({
  cluster: { provider: "existing", kubeconfigPath: "./kubeconfig" },
  istio: { provider: "existing", version: "1.30.1" },
  gateway: { provider: "existing", addresses: [address] },
});
const west = (exports: unknown[], more: Record<string, unknown> = {}) =>
  project.write("west", {
    ...common("192.0.2.2"),
    mesh: { name: "west", trustDomain: "west.local", acceptedTrustDomains: ["east.local"] },
    exports,
    ...more,
  });
const east = (imports: unknown[], more: Record<string, unknown> = {}) =>
  project.write("east", {
    ...common("192.0.2.1"),
    mesh: { name: "east", trustDomain: "east.local", acceptedTrustDomains: ["west.local"] },
    imports,
    ...more,
  });

// Each test starts from what the one before it deployed.
beforeAll(async () => {
  server = await ApiServer.start();
  project = new Project();
  await upBothMeshes(server, project, () => {
    west([theExport]);
    east([theImport]);
  });
});
afterAll(async () => {
  project?.remove();
  await server?.stop();
});

test("without a change there is no step on either side", async () => {
  expect(await project.changes("west")).toEqual([]);
  expect(await project.changes("east")).toEqual([]);
});

test("a peer's state that is being written is read again; one that a killed run left is an error", async () => {
  const attributes = join(project.folder, "state", ".pulumi", "stacks", "mesh-federation", "west.json.attrs");
  const complete = readFileSync(attributes);
  let writing = true;
  const written = (async () => {
    for (; writing; await sleep(300)) {
      truncateSync(attributes);
      await sleep(900);
      writeFileSync(attributes, complete);
    }
  })();
  expect(await project.changes("east")).toEqual([]);
  writing = false;
  await written;
  truncateSync(attributes);
  const { code, output } = await project.pulumi(["preview", "--stack", "east"]);
  writeFileSync(attributes, complete);
  expect([code === 0, output]).toEqual([
    false,
    expect.stringMatching(/stack "organization\/mesh-federation\/west".*`npm run up`.*\[state-unreadable\]/),
  ]);
});

test("an added port changes no object of the exporter, and port and endpoint of the importer's entry", async () => {
  west([{ ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }] }]);
  expect(await project.changes("west")).toEqual([]);
  expect(await project.changes("east")).toEqual([]);
  await up(project, "west");
  expect(await project.changes("east")).toEqual([
    "update import-west-httpbin-entry add spec.endpoints[0].ports.grpc add spec.ports[1]",
  ]);
  await up(project, "east");
});

test("fewer callers change one policy of the exporter and nothing of the importer", async () => {
  west([{ ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }], callers: ["sleep/sleep"] }]);
  expect(await project.changes("west")).toEqual(["create export-httpbin-policy"]);
  await up(project, "west");
  expect(await project.changes("east")).toEqual([]);
});

test("narrowing an imported export is rejected, naming importer and remedy, until it is allowed", async () => {
  west([{ ...theExport, callers: ["sleep/sleep"] }]);
  const { code, output } = await project.pulumi(["preview", "--stack", "west"]);
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /export "httpbin".*port 9000.*mesh "east".*"httpbin" in allowBreaking.*\[export-breaks-import\]/,
  );
  west([{ ...theExport, callers: ["sleep/sleep"] }], { allowBreaking: ["httpbin"] });
  expect(await project.changes("west")).toEqual([]);
  west([{ ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }], callers: ["sleep/sleep"] }]);
});

test("another name at the importer changes its own objects only", async () => {
  east([{ ...theImport, as: "bin.west.global" }]);
  expect(await project.changes("west")).toEqual([]);
  expect(await project.changes("east")).toEqual([
    "create import-west-httpbin-rule",
    "update import-west-httpbin-entry spec.hosts[0]",
  ]);
  east([theImport]);
});

test("a second import touches nothing of the first", async () => {
  west([
    { ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }], callers: ["sleep/sleep"] },
    { ...theExport, name: "other", service: "other", selector: { app: "other" } },
  ]);
  expect(await project.changes("west")).toEqual(["create export-other", "create export-other-gateway"]);
  await up(project, "west");
  east([theImport, { name: "other", from: "west", visibleTo: ["sleep"] }]);
  expect(await project.changes("east")).toEqual(["create import-west-other", "create import-west-other-entry"]);
  east([theImport]);
});

test("a changed gateway address is reported with its importer, whose entry changes", async () => {
  const exports = [
    { ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }], callers: ["sleep/sleep"] },
  ];
  west(exports, { gateway: { provider: "existing", addresses: ["192.0.2.9"] } });
  expect(await project.must(["preview", "--stack", "west"])).toMatch(
    /mesh "west".*192\.0\.2\.9:15443.*import "httpbin" of mesh "east".*192\.0\.2\.2:15443/,
  );
  await up(project, "west");
  expect(await project.changes("east")).toEqual(["update import-west-httpbin-entry spec.endpoints[0].address"]);
  await up(project, "east");
});

test("a preview reports a local Service and a DestinationRule with the host of an import", async () => {
  const rule = {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name: "other", namespace: "sleep" },
    spec: { host: "httpbin.httpbin.svc.cluster.local" },
  };
  await post(server, "/apis/networking.istio.io/v1/namespaces/sleep/destinationrules", rule);
  await post(server, "/api/v1/namespaces/httpbin/services", {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "httpbin" },
    spec: {
      selector: { app: "httpbin" },
      ports: [
        { name: "http", port: 8000 },
        { name: "grpc", port: 9000 },
      ],
    },
  });
  const { code, output } = await project.pulumi(["preview", "--stack", "east"]);
  expect(code).not.toBe(0);
  expect(output).toMatch(/\[cluster-conflict\]/);
  expect(output).toMatch(/import "httpbin".*Service httpbin\/httpbin.*\[live-service-conflict\]/);
  expect(output).toMatch(/DestinationRule sleep\/other.*\[live-rule-conflict\]/);
  // An update compares again, before it writes the first object.
  east([{ ...theImport, visibleTo: ["httpbin", "sleep"] }]);
  expect((await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "east"])).code).not.toBe(0);
  expect(await project.must(["stack", "export", "--stack", "east"])).not.toMatch(/"exportTo": \[\s*"httpbin"/);
  east([{ ...theImport, as: "bin.west.global" }]);
  expect((await project.pulumi(["preview", "--stack", "east"])).code).toBe(0);
  east([theImport]);
});

test("pulumi destroy of an imported exporter fails and deletes nothing", async () => {
  const before = await project.must(["stack", "export", "--stack", "west"]);
  const { code, output } = await project.pulumi(["destroy", "--yes", "--skip-preview", "--stack", "west"]);
  expect(code).not.toBe(0);
  expect(output).toMatch(/mesh "east".*"httpbin".*sleep.*\[mesh-has-importers\]/);
  const names = (text: string): string[] =>
    (JSON.parse(text) as { deployment: { resources: { urn: string }[] } }).deployment.resources.map((r) => r.urn);
  expect(names(await project.must(["stack", "export", "--stack", "west"]))).toEqual(names(before));
  await project.must(["destroy", "--yes", "--skip-preview", "--stack", "east"]);
  await project.must(["destroy", "--yes", "--skip-preview", "--stack", "west"]);
});

// West remains and still imports from the destroyed east.
test("the override destroys one of two meshes that import from each other", async () => {
  const ports = [http, { name: "grpc", number: 9000, protocol: "GRPC" }];
  west([{ ...theExport, ports }], { imports: [{ name: "sleep", from: "east", visibleTo: ["httpbin"] }] });
  east([], {
    exports: [
      { ...theExport, name: "sleep", service: "sleep", namespace: "sleep", to: ["west"], serviceAccounts: ["sleep"] },
    ],
  });
  await up(project, "east");
  await up(project, "west");
  expect((await project.pulumi(["destroy", "--yes", "--skip-preview", "--stack", "east"])).code).not.toBe(0);
  await project.must(["destroy", "--yes", "--skip-preview", "--stack", "east"], {
    MESH_FEDERATION_ALLOW_BREAKING: "1",
  });
});

test("a peer's contract can come from a file instead of its stack", async () => {
  const outputs = JSON.parse(await project.must(["stack", "output", "--json", "--stack", "west"])) as {
    federation: unknown;
  };
  writeFileSync(join(project.folder, "west.json"), JSON.stringify(outputs.federation));
  east([{ ...theImport, as: "bin.west.global" }], { peers: { west: { file: "west.json" } }, allowBreaking: ["sleep"] });
  expect(await project.changes("east")).toEqual(expect.arrayContaining(["create import-west-httpbin-entry"]));
  east([theImport], { peers: { west: { file: "nowhere.json" } }, allowBreaking: ["sleep"] });
  expect((await project.pulumi(["preview", "--stack", "east"])).output).toMatch(
    /peers\.west\.file.*"nowhere\.json".*npm run contract -- west.*\[contract-file-unreadable\]/,
  );
});

test("an unreachable API server is a warning that the comparison was skipped", async () => {
  await server.stop();
  east([{ ...theImport, as: "bin.west.global" }], { peers: { west: { file: "west.json" } }, allowBreaking: ["sleep"] });
  expect((await project.pulumi(["preview", "--stack", "east"])).output).toMatch(
    /warning:.*mesh "east" cannot be read \(.*\)/,
  );
});
