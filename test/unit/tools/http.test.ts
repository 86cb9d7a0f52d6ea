import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isProtected, request } from "../../../tools/http.ts";

describe("the URL", () => {
  test.each([
    ["https://mirror.example/github", true],
    ["http://localhost:8080", true],
    ["http://127.0.0.1", true],
    ["http://127.1.2.3:80/x", true],
    ["http://[::1]:8080", true],
    ["http://mirror.example", false],
    ["http://127.0.0.1.mirror.example", false],
    ["http://localhost.mirror.example", false],
    ["http://128.0.0.1", false],
    ["http://[::2]", false],
    ["ftp://localhost", false],
  ])("%s is protected: %s", (url, expected) => {
    expect(isProtected(new URL(url))).toBe(expected);
  });
});

describe("a request", () => {
  let server: Server;
  let location: string;
  beforeEach(async () => {
    server = createServer(({ url }, answer) =>
      url === "/end" ? answer.end("the end") : answer.writeHead(302, { location }).end(),
    );
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterEach(() => void (server.closeAllConnections(), server.close()));
  const url = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

  test("follows a redirect, also a relative one", async () => {
    for (location of ["/end", url("/end")]) expect(await (await request(url("/"))).text()).toBe("the end");
  });

  test("does not follow a redirect to another machine over http", async () => {
    location = "http://mirror.example/end";
    await expect(request(url("/"))).rejects.toThrow("redirects to http://mirror.example, which is not https");
  });

  test("ends when redirects do not", async () => {
    location = "/";
    await expect(request(url("/"))).rejects.toThrow("redirects more than 20 times");
  });

  test("is rejected for another machine over http", async () => {
    await expect(request("http://mirror.example/list")).rejects.toThrow("http://mirror.example is not https");
  });
});
