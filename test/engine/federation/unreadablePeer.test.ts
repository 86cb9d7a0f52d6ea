import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiServer } from "../support/apiServer.ts";
import { prepareApiServer } from "./kinds.ts";
import { Project } from "./project.ts";

jest.setTimeout(4 * 60_000);

let server: ApiServer;
let project: Project;
const mesh = (name: string, address: string, more: Record<string, unknown>) =>
  project.write(name, {
    cluster: { provider: "existing", kubeconfigPath: "./kubeconfig" },
    istio: { provider: "existing", version: "1.30.1" },
    gateway: { provider: "existing", addresses: [address] },
    mesh: { name, trustDomain: `${name}.local`, acceptedTrustDomains: ["east.local", "west.local"] },
    ...more,
  });

beforeAll(async () => {
  server = await ApiServer.start();
  project = new Project();
  await prepareApiServer(server, ["istio-system", "httpbin", "sleep"]);
  writeFileSync(join(project.folder, "kubeconfig"), server.kubeconfig);
  const ports = [{ name: "http", number: 8000, protocol: "HTTP" }];
  const exported = { name: "httpbin", namespace: "httpbin", service: "httpbin", ports, serviceAccounts: ["httpbin"] };
  mesh("west", "192.0.2.2", { exports: [{ ...exported, to: ["east"] }] });
  mesh("east", "192.0.2.1", { imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }] });
  for (const stack of ["west", "east"]) {
    await project.must(["stack", "init", stack]);
    await project.must(["up", "--yes", "--skip-preview", "--stack", stack]);
  }
});
afterAll(async () => {
  project?.remove();
  await server?.stop();
});

test("a peer whose state cannot be read is an error, and the import stays; the control is absent", async () => {
  const file = join(project.folder, "state", ".pulumi", "stacks", "mesh-federation", "west.json");
  const complete = readFileSync(file, "utf8");
  const imports = async () => (await project.must(["stack", "export", "--stack", "east"])).match(/ServiceEntry::/g);
  const before = await imports();
  // Pulumi's own error has the words "not found" for anything that it lacks.
  writeFileSync(file, complete.replace(/"type": ?"passphrase"/, '"type": "vault key not found"'));
  const failed = await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "east"]);
  expect([failed.code === 0, failed.output]).toEqual([
    false,
    expect.stringMatching(/peer "west".*vault key not found.*\[peer-unreadable\]/),
  ]);
  expect(await imports()).toEqual(before);
  const guarded = await project.pulumi(["destroy", "--yes", "--skip-preview", "--stack", "west"]);
  expect(guarded.code).not.toBe(0);
  rmSync(file);
  expect(await project.changes("east")).toEqual(expect.arrayContaining(["delete import-west-httpbin-entry"]));
  writeFileSync(file, complete);
  expect(await project.changes("east")).toEqual([]);
});
