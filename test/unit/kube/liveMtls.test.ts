import { livePeerAuthentications, ruleEjects } from "../../../kube/liveMtls.ts";
import { readLiveCluster } from "../../../kube/liveCluster.ts";
import type { IstioObject } from "../../../kube/objects.ts";
import { identity } from "../federation/fixtures.ts";
import { FakeApiServer } from "./apiServer.ts";

const policy = (name: string, spec: object, created?: string) =>
  ({ metadata: { name, namespace: "shop", ...(created ? { creationTimestamp: created } : {}) }, spec }) as IstioObject;

describe("what decides about auto mTLS", () => {
  test("is read of PeerAuthentications without labels", () => {
    const policies = [
      policy("all", { mtls: { mode: "DISABLE" } }, "2026-01-01T00:00:00Z"),
      policy("empty", { selector: { matchLabels: {} } }),
      policy("pods", { selector: { matchLabels: { app: "cart" } }, mtls: { mode: "DISABLE" } }),
      policy("odd", { mtls: "DISABLE", selector: 1 }),
    ];
    expect(livePeerAuthentications(policies)).toEqual([
      { namespace: "shop", name: "all", created: "2026-01-01T00:00:00Z", mode: "DISABLE" },
      { namespace: "shop", name: "empty", created: "", mode: "UNSET" },
      { namespace: "shop", name: "odd", created: "", mode: "UNSET" },
    ]);
  });

  test.each([
    { what: "no policy", spec: {}, is: false },
    { what: "outlier detection", spec: { trafficPolicy: { outlierDetection: {} } }, is: true },
    {
      what: "outlier detection that is off",
      spec: { trafficPolicy: { outlierDetection: { consecutive5xxErrors: 0 } } },
      is: false,
    },
    {
      what: "outlier detection on a port",
      spec: { trafficPolicy: { portLevelSettings: [{ outlierDetection: { consecutive5xxErrors: 3 } }] } },
      is: true,
    },
    { what: "another shape", spec: { trafficPolicy: [{ outlierDetection: {} }] }, is: false },
  ])("a rule with $what leaves out endpoints: $is", ({ spec, is }) => expect(ruleEjects(spec)).toBe(is));

  test.each([
    { hasRule: false, reads: true },
    { hasRule: true, reads: false },
  ])("is read where an import has a rule: $hasRule", async ({ hasRule, reads }) => {
    const asked: string[] = [];
    const server = await FakeApiServer.start((url) => {
      asked.push(url.split("?")[0]!);
      const items = [policy("all", { mtls: { mode: "DISABLE" } })];
      return asked.at(-1)!.endsWith("/peerauthentications")
        ? { status: 200, body: { items } }
        : { status: 404, body: {} };
    });
    const plan = { imports: [{ host: "a.b", hasRule }], exports: [], identity: identity("east") };
    const { peerAuthentications } = await readLiveCluster(server.kubeconfig, undefined, plan as never);
    await server.stop();
    expect(asked.includes("/apis/security.istio.io/v1/peerauthentications")).toBe(reads);
    expect(peerAuthentications?.map(({ mode }) => mode)).toEqual(reads ? ["DISABLE"] : undefined);
  });
});
