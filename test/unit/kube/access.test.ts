import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { KubeClient } from "../../../kube/kubeClient.ts";
import { FakeApiServer } from "./apiServer.ts";

const version = { status: 200, body: { items: [] } };
const variables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"];

let server: FakeApiServer;
let proxy: Server;
let asked: string[];
let before: NodeJS.ProcessEnv;

beforeEach(async () => {
  before = { ...process.env };
  for (const name of variables) delete process.env[name];
  asked = [];
  server = await FakeApiServer.start(() => version);
  const { port } = new URL(server.url);
  proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const path = new URL(request.url!).pathname;
    void fetch(`${server.url}${path}`).then(async (answer) => response.end(await answer.text()));
  });
  proxy.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    const through = connect(Number(port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      through.pipe(socket).pipe(through);
    });
    through.on("error", () => socket.destroy());
    socket.on("error", () => through.destroy());
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
});
afterEach(async () => {
  process.env = before;
  proxy.closeAllConnections();
  proxy.close();
  await server.stop();
});

const proxyUrl = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
const kubeconfig = (url: string, cluster: object = {}) =>
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server: url, ...cluster } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
const list = (url: string, cluster?: object) =>
  new KubeClient(kubeconfig(url, cluster), undefined, 2000).services("shop");

describe("access to an API server", () => {
  test("goes through HTTPS_PROXY by a tunnel", async () => {
    process.env["HTTPS_PROXY"] = proxyUrl();
    // The server behind the tunnel speaks no TLS; that the proxy is asked for it is what counts here.
    await expect(list("https://api.example:6443")).rejects.toThrow();
    expect(asked).toEqual(["CONNECT api.example:6443"]);
  });

  test("goes through HTTP_PROXY for an http server", async () => {
    process.env["HTTP_PROXY"] = proxyUrl();
    await expect(list("http://api.example")).resolves.toEqual([]);
    expect(asked).toEqual([expect.stringMatching(/api\.example/)]);
  });

  test.each(["NO_PROXY", "no_proxy"])("heeds %s", async (name) => {
    process.env["HTTP_PROXY"] = proxyUrl();
    process.env[name] = "api.example";
    await expect(list("http://api.example")).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  test("of a loopback server never goes through a proxy", async () => {
    process.env["HTTP_PROXY"] = proxyUrl();
    await expect(list(server.url)).resolves.toEqual([]);
    expect(asked).toEqual([]);
  });

  test("works with certificate-authority-data that is there without a value", async () => {
    await expect(list(server.url, { "certificate-authority-data": null })).resolves.toEqual([]);
  });
});
