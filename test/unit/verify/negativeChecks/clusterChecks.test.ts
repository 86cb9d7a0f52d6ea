import { KubeClient } from "../../../../kube/kubeClient.ts";
import { checkCluster, hiddenService } from "../../../../verify/negativeChecks/run.ts";
import { healthInspection } from "../../../../verify/negativeChecks/rejectedConfiguration.ts";
import type { GatewayHealth } from "../../../../verify/gather/gatewayHealth.ts";
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
  server = await FakeApiServer.start((url) => {
    if (url.startsWith("/api/v1/secrets")) return { status, body };
    return { status: 200, body: { items: url.includes("/pods") ? [] : [gateway] } };
  });
  return checkCluster("west", new KubeClient(server.kubeconfig));
}

describe("a service that is not exported", () => {
  test("is one of the cluster's domain", async () => {
    const service = (name: string) => ({
      metadata: { namespace: "shop", name },
      spec: { ports: [{ port: 80 }], selector: { app: name } },
    });
    const exported = { hosts: ["cart.shop.svc.corp.example"], tls: { mode: "AUTO_PASSTHROUGH" } };
    const gateways = [{ ...gateway, spec: { servers: [exported] } }];
    server = await FakeApiServer.start((url) => ({
      status: 200,
      body: { items: url.includes("/gateways") ? gateways : [service("cart"), service("orders")] },
    }));
    expect(await hiddenService(new KubeClient(server.kubeconfig), "corp.example")).toMatchObject({
      host: "orders.shop.svc.corp.example",
    });
  });
});

const wildcard = {
  code: "negative-wildcard-host",
  state: "failed",
  control: "1 Gateway objects read",
  evidence: expect.stringContaining("*.local in istio-system/wild"),
};
const noContract = {
  code: "negative-inconsistent-trust",
  state: "unknown",
  control: "0 of 0 proxies read",
  evidence: "its contract is unknown",
};
const noGateway = { code: "negative-rejected-configuration", state: "passed", control: "0 gateway pods read" };

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
      noGateway,
      noContract,
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
      noGateway,
      noContract,
    ]);
  });

  test("reject any other error of the API server", async () => {
    await expect(check(500, { message: "broken" })).rejects.toThrow(/broken/);
  });

  test("accept null for the items of an empty list", async () => {
    expect(await check(200, { ...secrets, items: null })).toMatchObject([
      wildcard,
      { state: "unknown", control: "0 Secrets read" },
      noGateway,
      noContract,
    ]);
  });
});

describe("the inspection of a gateway", () => {
  const now = Date.parse("2026-06-01T00:00:00Z");
  const pod = (ready: boolean, age: number) => ({ name: "n/gw", ready, created: now - age });
  const accepted = { rejected: [], warming: [] };
  const rejected = { rejected: [{ name: "0.0.0.0_15443", details: "duplicate", active: true }], warming: [] };
  const unread = { failure: "403: forbidden" };

  test.each<{ what: string; pods: GatewayHealth["pods"]; proxies: GatewayHealth["proxies"]; shows: object }>([
    {
      what: "passes a gateway that accepts its configuration",
      pods: [pod(true, 0)],
      proxies: [accepted],
      shows: { control: "1 gateway pods read", problem: undefined, inconclusive: undefined },
    },
    {
      what: "fails for a rejected listener while all pods are ready",
      pods: [pod(true, 0)],
      proxies: [rejected],
      shows: { problem: expect.stringMatching(/rejects .*0\.0\.0\.0_15443.*duplicate/) },
    },
    {
      what: "fails for a rejected listener of a pod that has just started",
      pods: [pod(false, 5_000)],
      proxies: [rejected],
      shows: { problem: expect.stringMatching(/duplicate.*0 of 1 pods ready/) },
    },
    {
      what: "fails for a pod that is not ready after a minute",
      pods: [pod(true, 0), pod(false, 61_000)],
      proxies: [accepted],
      shows: { problem: expect.stringMatching(/1 of 2 pods ready/) },
    },
    {
      what: "is inconclusive for a pod that may become ready",
      pods: [pod(false, 5_000)],
      proxies: [],
      shows: { problem: undefined, inconclusive: expect.stringMatching(/is starting/) },
    },
    {
      what: "is inconclusive where no proxy may be read",
      pods: [pod(true, 0)],
      proxies: [unread],
      shows: { control: "0 gateway pods read", problem: undefined, inconclusive: expect.stringMatching(/403/) },
    },
    {
      what: "needs one proxy that may be read",
      pods: [pod(true, 0), pod(true, 0)],
      proxies: [unread, accepted],
      shows: { control: "1 gateway pods read", inconclusive: undefined },
    },
  ])("$what", ({ pods, proxies, shows }) =>
    expect(healthInspection([{ gateway: "gw", pods, proxies, overlapping: [] }], now)).toMatchObject(shows),
  );
});
