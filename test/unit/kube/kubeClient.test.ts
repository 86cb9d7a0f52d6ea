import { ApiError, TimeoutError } from "../../../kube/errors.ts";
import { KubeClient } from "../../../kube/kubeClient.ts";
import { FakeApiServer, type Answer } from "./apiServer.ts";

let server: FakeApiServer;
afterEach(() => server.stop());

async function clientFor(answer: Answer | ((url: string) => Answer), timeout?: number): Promise<KubeClient> {
  server = await FakeApiServer.start(typeof answer === "function" ? answer : () => answer);
  return new KubeClient(server.kubeconfig, undefined, timeout);
}

const status = (code: number, message: string) => ({ status: code, body: { kind: "Status", message, code } });

describe("KubeClient", () => {
  test("sends the credentials of the context, and selectors", async () => {
    const client = await clientFor({ status: 200, body: { items: [] } });
    expect(await client.pods("shop", { labels: { app: "cart", version: "v1" }, limit: 5 })).toEqual([]);
    expect(await client.pods(undefined, { fields: { "status.phase": "Running" } })).toEqual([]);
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ["/api/v1/namespaces/shop/pods?labelSelector=app%3Dcart%2Cversion%3Dv1&limit=5", "Bearer t"],
      ["/api/v1/pods?fieldSelector=status.phase%3DRunning&limit=250", "Bearer t"],
    ]);
    expect(client.server).toBe(server.url);
  });

  test("returns undefined for an object that does not exist, and no objects of a kind that does not", async () => {
    const client = await clientFor(status(404, "not found"));
    expect(await client.get("/api/v1/namespaces/shop/services/cart")).toBeUndefined();
    expect(await client.istio("networking", "gateways")).toEqual([]);
  });

  test.each([
    { what: "the API server's message", answer: status(403, "pods is forbidden"), message: "403: pods is forbidden" },
    { what: "the request where there is none", answer: { status: 502, body: "bad gateway" }, message: "502: GET /api" },
  ])("rejects a refusal with its status and $what", async ({ answer, message }) => {
    const error = await (await clientFor(answer)).pods("shop").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: answer.status, message: expect.stringContaining(message) });
  });

  test("rejects with a TimeoutError that names the server where there is no answer in time", async () => {
    const error = await (await clientFor(undefined, 50)).services().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toContain(`${server.url} does not answer within 0.05 s`);
  });

  test("rejects an answer that is not JSON", async () => {
    await expect((await clientFor({ status: 200, body: "<html>" })).services()).rejects.toThrow(/is not JSON/);
  });

  test("creates and deletes Jobs", async () => {
    const client = await clientFor({ status: 201, body: {} });
    await client.createJob("shop", { kind: "Job" });
    await client.deleteJob("shop", "probe");
    expect(server.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["POST", "/apis/batch/v1/namespaces/shop/jobs", '{"kind":"Job"}'],
      ["DELETE", "/apis/batch/v1/namespaces/shop/jobs/probe?propagationPolicy=Background&gracePeriodSeconds=0", ""],
    ]);
  });

  test("keeps each name one segment of the path, and each value one term of a selector", async () => {
    const client = await clientFor({ status: 200, body: { items: [] } });
    await client.service("a/b", "c?d#e");
    await client.services("shop", { fields: { "metadata.name": "a,b=c" } });
    expect(server.requests.map(({ url }) => url.replaceAll("%5C", "\\"))).toEqual([
      "/api/v1/namespaces/a%2Fb/services/c%3Fd%23e",
      "/api/v1/namespaces/shop/services?fieldSelector=metadata.name%3Da\\%2Cb\\%3Dc&limit=250",
    ]);
  });

  test("sends nothing for names and labels that no object has", async () => {
    const client = await clientFor({ status: 200, body: { items: [{}] } });
    for (const name of ["", ".", ".."])
      await expect(client.service("shop", name)).rejects.toThrow(/no name of an object/);
    expect(await client.pods("shop", { labels: { app: "a,b!=c" } })).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  test("rejects a context without a cluster", async () => {
    await clientFor(undefined);
    for (const context of ["elsewhere", "unknown"])
      expect(() => new KubeClient(server.kubeconfig, context)).toThrow(
        expect.objectContaining({ code: "kubeconfig-without-cluster" }),
      );
  });
});
