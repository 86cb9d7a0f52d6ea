import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..", "..", "..");

const gateway = {
  metadata: { namespace: "istio-system", name: "wild" },
  spec: { servers: [{ hosts: ["*.local"], tls: { mode: "AUTO_PASSTHROUGH" } }] },
};
const passthrough = [{ object: "istio-system/wild", hosts: ["*.local"] }];
const forbidden = {
  kind: "Status",
  message: 'secrets is forbidden: User "ci" cannot list resource "secrets"',
  code: 403,
};
const secrets = {
  kind: "PartialObjectMetadataList",
  apiVersion: "meta.k8s.io/v1",
  metadata: {},
  items: [{ metadata: { namespace: "istio-system", name: "remote" } }],
};

let server: Server | undefined;
afterEach(() => new Promise((done) => (server ? server.close(done) : done(undefined))));

/** What is found where the API server answers lists of Secrets so; `accepted` notes how they were asked for. */
async function lookWhere(status: number, body: object, accepted: string[] = []): Promise<unknown> {
  server = createServer(({ url, headers }, response) => {
    const ofSecrets = url!.startsWith("/api/v1/secrets");
    if (ofSecrets) accepted.push(`${headers.authorization} ${headers.accept}`);
    response
      .writeHead(ofSecrets ? status : 200, { "content-type": "application/json", connection: "close" })
      .end(JSON.stringify(ofSecrets ? body : { items: [gateway] }));
  });
  await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = {
    clusters: [{ name: "c", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  // A process of its own: Jest does not load the client library, which is an ES module.
  const script = `
    import { Cluster } from ${JSON.stringify(join(root, "kube", "cluster.ts"))};
    import { lookAtCluster } from ${JSON.stringify(join(root, "verify", "gather", "negativeEvidence.ts"))};
    console.log(JSON.stringify(await lookAtCluster("west", new Cluster(${JSON.stringify(JSON.stringify(kubeconfig))}))));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    "--input-type=module",
    "--eval",
    script,
  ]);
  return JSON.parse(stdout);
}

test("of Secrets, only the metadata is asked for", async () => {
  const accepted: string[] = [];
  const found = await lookWhere(200, secrets, accepted);
  expect(found).toEqual({
    mesh: "west",
    gateways: { read: 1, passthrough },
    secrets: { read: 1, remote: ["Secret istio-system/remote"] },
  });
  expect(accepted).toEqual(
    Array(2).fill(expect.stringMatching(/^Bearer t application\/json;as=PartialObjectMetadataList/)),
  );
});

test("Secrets that may not be listed cost no finding about gateways", async () => {
  const found = await lookWhere(403, forbidden);
  expect(found).toEqual({
    mesh: "west",
    gateways: { read: 1, passthrough },
    secrets: { failure: expect.stringContaining("secrets is forbidden") },
  });
});

test("an API server that fails otherwise is an error", async () => {
  await expect(lookWhere(500, { message: "broken" })).rejects.toThrow(/broken/);
});

test("a list without any Secret has null for its items", async () => {
  expect(await lookWhere(200, { ...secrets, items: null })).toMatchObject({ secrets: { read: 0, remote: [] } });
});
