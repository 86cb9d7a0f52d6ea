import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer of a {@link FakeApiServer}; undefined: none at all. */
export type Answer = { status: number; body: unknown } | undefined;

/** An API server on loopback that answers every request by a function. */
export class FakeApiServer {
  private readonly server: Server;
  readonly requests: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] = [];

  private constructor(answer: (url: string) => Answer) {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        this.requests.push({ method, url, headers, body });
        const given = answer(url);
        if (!given) return;
        const { status, body: object } = given;
        response
          .writeHead(status, { "content-type": "application/json", connection: "close" })
          .end(typeof object === "string" ? object : JSON.stringify(object));
      });
    });
  }

  static async start(answer: (url: string) => Answer): Promise<FakeApiServer> {
    const fake = new FakeApiServer(answer);
    await new Promise<void>((done) => fake.server.listen(0, "127.0.0.1", done));
    return fake;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A kubeconfig whose current context reaches this server; context `elsewhere` has no cluster. */
  get kubeconfig(): string {
    return JSON.stringify({
      clusters: [{ name: "c", cluster: { server: this.url, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [
        { name: "x", context: { cluster: "c", user: "u" } },
        { name: "elsewhere", context: { cluster: "gone", user: "u" } },
      ],
      "current-context": "x",
    });
  }
}
