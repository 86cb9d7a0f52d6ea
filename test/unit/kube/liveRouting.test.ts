import { readLiveCluster } from "../../../kube/liveCluster.ts";
import { identity } from "../federation/fixtures.ts";
import { FakeApiServer } from "./apiServer.ts";

const object = (name: string, spec: object) => ({ metadata: { name, namespace: "shop" }, spec });

let server: FakeApiServer;
afterEach(() => server.stop());

describe("the live cluster of an importing mesh", () => {
  test("reads what hides an import from clients, and VirtualServices only where there are Sidecars", async () => {
    const networking = "/apis/networking.istio.io/v1";
    const tls = { mode: "ISTIO_MUTUAL", sni: "a.b" };
    const answers: Record<string, unknown> = {
      [`${networking}/destinationrules`]: {
        items: [
          object("wide", {
            host: "*",
            trafficPolicy: {
              tls,
              portLevelSettings: [
                { port: { number: 80 } },
                { port: { number: 81 }, tls },
                { port: { number: 82 }, tls: {} },
              ],
            },
            workloadSelector: { matchLabels: { app: "cart" } },
          }),
        ],
      },
      [`${networking}/sidecars`]: {
        items: [
          object("all", {
            egress: [{ hosts: ["./*"] }, { port: { number: 80, protocol: "http_proxy" }, hosts: ["*/*"] }],
          }),
          object("some", { workloadSelector: { labels: { app: "cart" } } }),
        ],
      },
      [`${networking}/virtualservices`]: {
        items: [
          object("routes", {
            http: [
              { route: [{ destination: { host: "cart" } }], mirrors: [{ destination: { host: "c.d" } }] },
              { mirror: { host: "e.f" } },
            ],
            tcp: [{ route: [{ destination: { host: "cart" } }] }],
          }),
        ],
      },
      "/api/v1/namespaces/shop": { metadata: { name: "shop", labels: { mesh: "east" } } },
    };
    server = await FakeApiServer.start((url) => {
      const found = answers[url.split("?")[0]!];
      return found ? { status: 200, body: found } : { status: 404, body: {} };
    });
    const plan = { imports: [{ host: "a.b" }], exports: [], identity: identity("east") };
    const read = () =>
      readLiveCluster(server.kubeconfig, undefined, plan as never, undefined, { namespaces: ["shop", "gone"] });
    const settings = { mode: "ISTIO_MUTUAL", sni: "a.b", subjectAltNames: [] };
    expect(await read()).toMatchObject({
      rules: [
        {
          hosts: ["*"],
          clientTls: {
            all: settings,
            ports: new Map([
              [80, undefined],
              [81, settings],
              [82, { mode: "DISABLE", sni: "", subjectAltNames: [] }],
            ]),
          },
          selective: true,
        },
      ],
      sidecars: [
        {
          namespace: "shop",
          name: "all",
          egress: [
            { isProxy: false, hosts: ["./*"] },
            { port: 80, isProxy: true, hosts: ["*/*"] },
          ],
        },
        { name: "some", selector: { app: "cart" }, egress: [] },
      ],
      routed: ["c.d", "cart.shop.svc.cluster.local", "e.f"],
      namespaces: new Map([["shop", { mesh: "east" }]]),
      unread: [],
    });
    delete answers[`${networking}/sidecars`];
    server.requests.length = 0;
    expect((await read()).sidecars).toBeUndefined();
    expect(server.requests.filter(({ url }) => url.includes("virtualservices"))).toEqual([]);
  });
});
