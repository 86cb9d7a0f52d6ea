import { KubeClient } from "../../../../kube/kubeClient.ts";
import { checkCluster } from "../../../../verify/negativeChecks/run.ts";
import { FakeApiServer } from "../../kube/apiServer.ts";

const gateway = {
  metadata: { namespace: "istio-system", name: "wild" },
  spec: { servers: [{ hosts: ["*.local"], tls: { mode: "AUTO_PASSTHROUGH" } }] },
};
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

let server: FakeApiServer;
afterEach(() => server.stop());

/** The results with these answers to lists of Secrets. */
async function check(status: number, body: object) {
  server = await FakeApiServer.start((url) =>
    url.startsWith("/api/v1/secrets") ? { status, body } : { status: 200, body: { items: [gateway] } },
  );
  return checkCluster("west", new KubeClient(server.kubeconfig));
}

const wildcard = {
  code: "negative-wildcard-host",
  state: "failed",
  control: "1 Gateway objects read",
  evidence: expect.stringContaining("*.local in istio-system/wild"),
};

describe("negative checks in a cluster", () => {
  test("read only the metadata of Secrets", async () => {
    expect(await check(200, secrets)).toMatchObject([
      wildcard,
      {
        code: "negative-remote-secret",
        state: "failed",
        control: "1 Secrets read",
        evidence: expect.stringContaining("Secret istio-system/remote"),
      },
    ]);
    const ofSecrets = server.requests.filter(({ url }) => url.startsWith("/api/v1/secrets"));
    expect(ofSecrets.map(({ headers }) => headers.accept)).toEqual(
      Array(2).fill(expect.stringMatching(/^application\/json;as=PartialObjectMetadataList/)),
    );
  });

  test("report Gateways where Secrets may not be listed", async () => {
    expect(await check(403, forbidden)).toMatchObject([
      wildcard,
      { state: "unknown", evidence: expect.stringContaining("secrets is forbidden"), remedy: expect.any(String) },
    ]);
  });

  test("reject any other error of the API server", async () => {
    await expect(check(500, { message: "broken" })).rejects.toThrow(/broken/);
  });

  test("accept null for the items of an empty list", async () => {
    expect(await check(200, { ...secrets, items: null })).toMatchObject([
      wildcard,
      { state: "unknown", control: "0 Secrets read" },
    ]);
  });
});
