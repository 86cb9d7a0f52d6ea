import { ApiServer } from "../support/apiServer.ts";
import { up, upBothMeshes } from "./bothMeshes.ts";
import { post } from "./kinds.ts";
import { Project } from "./project.ts";

jest.setTimeout(4 * 60_000);

const theImport = { name: "httpbin", from: "west", visibleTo: ["sleep"] };

let server: ApiServer;
let project: Project;
const write = (mesh: string, address: string, more: Record<string, unknown>) =>
  project.write(mesh, {
    cluster: { provider: "existing", kubeconfigPath: "./kubeconfig" },
    istio: { provider: "existing", version: "1.30.1" },
    gateway: { provider: "existing", addresses: [address] },
    mesh: { name: mesh },
    ...more,
  });
const east = (imports: unknown[], more: Record<string, unknown> = {}) =>
  write("east", "192.0.2.1", { imports, ...more });

// Each test starts from what the one before it deployed.
beforeAll(async () => {
  server = await ApiServer.start();
  project = new Project();
  await upBothMeshes(server, project, () => {
    const exported = { name: "httpbin", namespace: "httpbin", service: "httpbin", to: ["east"] };
    const ports = [{ name: "http", number: 8000, protocol: "HTTP" }];
    write("west", "192.0.2.2", { exports: [{ ...exported, ports, serviceAccounts: ["httpbin"] }] });
    east([theImport]);
  });
});
afterAll(async () => {
  project?.remove();
  await server?.stop();
});

test("a rule for every import comes and goes, and nothing else changes", async () => {
  east([theImport], { importRules: "always" });
  expect(await project.changes("east")).toEqual(["create import-west-httpbin-rule"]);
  await up(project, "east");
  expect(await project.changes("east")).toEqual([]);
  east([theImport]);
  expect(await project.changes("east")).toEqual(["delete import-west-httpbin-rule"]);
  await up(project, "east");
  expect(await project.changes("east")).toEqual([]);
});

test("a PeerAuthentication that disables mTLS is refused for an import without a rule", async () => {
  const policies = "/apis/security.istio.io/v1/namespaces/sleep/peerauthentications";
  await post(server, policies, {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    metadata: { name: "plain", namespace: "sleep" },
    spec: { mtls: { mode: "DISABLE" } },
  });
  const { code, output } = await project.pulumi(["preview", "--stack", "east"]);
  expect(code).not.toBe(0);
  expect(output).toMatch(/import "httpbin".*PeerAuthentication sleep\/plain.*\[live-peer-authentication\]/);
  east([theImport], { importRules: "always" });
  expect(await project.changes("east")).toEqual(["create import-west-httpbin-rule"]);
  east([theImport]);
  expect((await server.request("DELETE", `${policies}/plain`)).status).toBe(200);
});
