import { KubeClient } from "../../../kube/kubeClient.ts";
import { FakeApiServer } from "./apiServer.ts";

let server: FakeApiServer;
afterEach(() => server.stop());

const names = (count: number, version = "v1") => Array.from({ length: count }, (_, i) => `${version}-${i}`);
const namesOf = (objects: { metadata: { name: string } }[]) => objects.map(({ metadata }) => metadata.name);

/**
 * A server of lists with so many objects, in pages of what is asked for. It forgets its list, and has another version,
 * where `forgets` says so for the number of a request.
 */
async function startServer(count: number, forgets: (request: number) => boolean = () => false): Promise<KubeClient> {
  let version = 1;
  let asked = 0;
  server = await FakeApiServer.start((url) => {
    const { searchParams } = new URL(url, "http://x");
    const [of, start] = (searchParams.get("continue") ?? `${version} 0`).split(" ").map(Number) as [number, number];
    if (forgets(++asked)) version++;
    if (of !== version && start > 0) return { status: 410, body: { kind: "Status", message: "too old", code: 410 } };
    const end = start + Number(searchParams.get("limit") ?? count);
    const items = names(count, `v${version}`)
      .slice(start, end)
      .map((name) => ({ metadata: { name } }));
    return { status: 200, body: { metadata: end < count ? { continue: `${version} ${end}` } : {}, items } };
  });
  return new KubeClient(server.kubeconfig);
}

describe("a list of objects", () => {
  test.each<[string, (client: KubeClient) => Promise<{ metadata: { name: string } }[] | undefined>]>([
    ["pods of all namespaces", (client) => client.pods()],
    ["pods with labels", (client) => client.pods("shop", { labels: { app: "cart" } })],
    ["Services", (client) => client.services()],
    ["Secrets", (client) => client.secretMetadata()],
    ["Istio's objects", (client) => client.istio("networking", "serviceentries")],
    ["custom objects", (client) => client.custom("networking.istio.io/v1beta1", "serviceentries")],
  ])("is read in pages, every object once: %s", async (_, list) => {
    const client = await startServer(600);
    expect(namesOf((await list(client))!)).toEqual(names(600));
    expect(server.requests.map(({ url }) => new URL(url, "http://x").searchParams.get("limit"))).toEqual(
      Array(3).fill("250"),
    );
  });

  test("keeps its selectors in every page", async () => {
    const client = await startServer(600);
    await client.pods("shop", { labels: { app: "cart" } });
    expect(server.requests.every(({ url }) => url.includes("labelSelector=app%3Dcart"))).toBe(true);
  });

  test("of a limited number is one request", async () => {
    const client = await startServer(600);
    expect(namesOf(await client.pods(undefined, { limit: 50 }))).toEqual(names(50));
    expect(server.requests).toHaveLength(1);
  });

  test("that the server has forgotten in between is read from its start again", async () => {
    const client = await startServer(600, (request) => request === 3);
    expect(namesOf(await client.services())).toEqual(names(600, "v2"));
    expect(server.requests).toHaveLength(6);
  });

  test("that the server always forgets is rejected with its status", async () => {
    const client = await startServer(600, () => true);
    await expect(client.services()).rejects.toMatchObject({ status: 410 });
    expect(server.requests).toHaveLength(6);
  });
});
