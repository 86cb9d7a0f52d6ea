import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiServer } from "../support/apiServer.ts";
import { post, prepareApiServer } from "./kinds.ts";
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
const up = (stack: string) => project.must(["up", "--yes", "--skip-preview", "--stack", stack]);

// Steps follow on each other: each starts from what the one before deployed.
beforeAll(async () => {
  server = await ApiServer.start();
  project = new Project();
  await prepareApiServer(server, ["istio-system", "httpbin", "sleep"]);
  writeFileSync(join(project.folder, "kubeconfig"), server.kubeconfig);
  west([theExport]);
  east([theImport]);
  for (const stack of ["west", "east"]) {
    await project.must(["stack", "init", stack]);
    await up(stack);
  }
});
afterAll(async () => {
  project?.remove();
  await server?.stop();
});

test("nothing changed: no step on either side", async () => {
  expect(await project.changes("west")).toEqual([]);
  expect(await project.changes("east")).toEqual([]);
});

test("the state of a peer that is being written is read again, and one that was left so when its run was killed is told", async () => {
  const attributes = join(project.folder, "state", ".pulumi", "stacks", "mesh-federation", "west.json.attrs");
  const whole = readFileSync(attributes);
  let writing = true;
  const written = (async () => {
    for (; writing; await sleep(300)) {
      truncateSync(attributes);
      await sleep(900);
      writeFileSync(attributes, whole);
    }
  })();
  expect(await project.changes("east")).toEqual([]);
  writing = false;
  await written;
  truncateSync(attributes);
  const { code, output } = await project.pulumi(["preview", "--stack", "east"]);
  writeFileSync(attributes, whole);
  expect([code === 0, output]).toEqual([
    false,
    expect.stringMatching(/the state of stack "organization\/mesh-federation\/west" cannot be read.*`npm run up`/),
  ]);
});

test("a port more: nothing at the exporter, whose door is a host; entry's port and endpoint at the importer", async () => {
  west([{ ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }] }]);
  expect(await project.changes("west")).toEqual([]);
  expect(await project.changes("east")).toEqual([]);
  await up("west");
  expect(await project.changes("east")).toEqual([
    "update import-west-httpbin-entry add spec.endpoints[0].ports.grpc add spec.ports[1]",
  ]);
  await up("east");
});

test("fewer callers: one policy at the exporter, nothing at the importer", async () => {
  west([{ ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }], callers: ["sleep/sleep"] }]);
  expect(await project.changes("west")).toEqual(["create export-httpbin-policy"]);
  await up("west");
  expect(await project.changes("east")).toEqual([]);
});

test("narrowing what is imported is refused, naming importer and remedy, until it is allowed", async () => {
  west([{ ...theExport, callers: ["sleep/sleep"] }]);
  const { code, output } = await project.pulumi(["preview", "--stack", "west"]);
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /export "httpbin" loses port 9000, but mesh "east" imports it.*or list "httpbin" in allowBreaking/,
  );
  west([{ ...theExport, callers: ["sleep/sleep"] }], { allowBreaking: ["httpbin"] });
  expect(await project.changes("west")).toEqual([]);
  west([{ ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }], callers: ["sleep/sleep"] }]);
});

test("another name at the importer: its own objects only", async () => {
  east([{ ...theImport, as: "bin.west.global" }]);
  expect(await project.changes("west")).toEqual([]);
  expect(await project.changes("east")).toEqual([
    "update import-west-httpbin-entry spec.hosts[0]",
    "update import-west-httpbin-rule add spec.trafficPolicy.portLevelSettings spec.host",
  ]);
  east([theImport]);
});

test("another import beside it touches nothing of the first", async () => {
  west([
    { ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }], callers: ["sleep/sleep"] },
    { ...theExport, name: "other", service: "other", selector: { app: "other" } },
  ]);
  expect(await project.changes("west")).toEqual(["create export-other", "create export-other-gateway"]);
  await up("west");
  east([theImport, { name: "other", from: "west", visibleTo: ["sleep"] }]);
  expect(await project.changes("east")).toEqual([
    "create import-west-other",
    "create import-west-other-entry",
    "create import-west-other-rule",
  ]);
  east([theImport]);
});

test("another gateway address: the exporter's preview lists the importer, whose entry changes", async () => {
  const exports = [
    { ...theExport, ports: [http, { name: "grpc", number: 9000, protocol: "GRPC" }], callers: ["sleep/sleep"] },
  ];
  west(exports, { gateway: { provider: "existing", addresses: ["192.0.2.9"] } });
  expect(await project.must(["preview", "--stack", "west"])).toMatch(
    /gateway of mesh "west" is reached at 192\.0\.2\.9:15443; bring up these meshes afterwards: import "httpbin" of mesh "east" uses 192\.0\.2\.2:15443/,
  );
  await up("west");
  expect(await project.changes("east")).toEqual(["update import-west-httpbin-entry spec.endpoints[0].address"]);
  await up("east");
});

test("what lives in the cluster is compared in a preview: a local Service and a DestinationRule of the same host", async () => {
  const rule = {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name: "theirs", namespace: "sleep" },
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
  expect(output).toMatch(/that of the local Service httpbin\/httpbin, which would win/);
  expect(output).toMatch(/DestinationRule sleep\/theirs is for its host/);
  // An update looks again, before it writes the first object.
  east([{ ...theImport, visibleTo: ["httpbin", "sleep"] }]);
  expect((await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "east"])).code).not.toBe(0);
  expect(await project.must(["stack", "export", "--stack", "east"])).not.toMatch(/"exportTo": \[\s*"httpbin"/);
  east([{ ...theImport, as: "bin.west.global" }]);
  expect((await project.pulumi(["preview", "--stack", "east"])).code).toBe(0);
  east([theImport]);
});

test("a bare destroy of the exporter is refused while it is imported, and nothing of it is touched", async () => {
  const before = await project.must(["stack", "export", "--stack", "west"]);
  const { code, output } = await project.pulumi(["destroy", "--yes", "--skip-preview", "--stack", "west"]);
  expect(code).not.toBe(0);
  expect(output).toMatch(/mesh "west" is not destroyed[\s\S]*mesh "east" imports "httpbin" \(visible to sleep\)/);
  const names = (text: string): string[] =>
    (JSON.parse(text) as { deployment: { resources: { urn: string }[] } }).deployment.resources.map((r) => r.urn);
  expect(names(await project.must(["stack", "export", "--stack", "west"]))).toEqual(names(before));
  await project.must(["destroy", "--yes", "--skip-preview", "--stack", "east"]);
  await project.must(["destroy", "--yes", "--skip-preview", "--stack", "west"]);
});

// West, which stays, goes on importing from the destroyed east.
test("meshes that import from each other: the override destroys one all the same", async () => {
  west([theExport], { imports: [{ name: "sleep", from: "east", visibleTo: ["httpbin"] }] });
  east([], {
    exports: [
      { ...theExport, name: "sleep", service: "sleep", namespace: "sleep", to: ["west"], serviceAccounts: ["sleep"] },
    ],
  });
  await up("east");
  await up("west");
  expect((await project.pulumi(["destroy", "--yes", "--skip-preview", "--stack", "east"])).code).not.toBe(0);
  await project.must(["destroy", "--yes", "--skip-preview", "--stack", "east"], {
    MESH_FEDERATION_ALLOW_BREAKING: "1",
  });
});

test("a peer's contract from a reviewed file takes the place of its stack", async () => {
  const outputs = JSON.parse(await project.must(["stack", "output", "--json", "--stack", "west"])) as {
    federation: unknown;
  };
  writeFileSync(join(project.folder, "west.json"), JSON.stringify(outputs.federation));
  east([{ ...theImport, as: "bin.west.global" }], { peers: { west: { file: "west.json" } }, allowBreaking: ["sleep"] });
  expect(await project.changes("east")).toEqual(expect.arrayContaining(["create import-west-httpbin-entry"]));
  east([theImport], { peers: { west: { file: "nowhere.json" } }, allowBreaking: ["sleep"] });
  expect((await project.pulumi(["preview", "--stack", "east"])).output).toMatch(
    /peers\.west\.file: "nowhere\.json" cannot be read.*npm run contract -- west/,
  );
});

test("an API server that does not answer is a warning that the check was skipped", async () => {
  await server.stop();
  east([{ ...theImport, as: "bin.west.global" }], { peers: { west: { file: "west.json" } }, allowBreaking: ["sleep"] });
  expect((await project.pulumi(["preview", "--stack", "east"])).output).toMatch(
    /the cluster of mesh "east" cannot be read \(.*\), so imports and exports were not compared/,
  );
});
