import { createServer, request, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";

/**
 * An HTTP proxy on loopback: tunnels CONNECT and forwards plain requests, always to one port of loopback, whatever host
 * they name. So a host that no resolver knows is reached through it and in no other way.
 */
export class ForwardProxy {
  /** What it was asked for: `CONNECT host:port`, or `GET url`. */
  readonly asked: string[] = [];
  private readonly server: Server;

  constructor(port: () => number) {
    this.server = createServer((incoming, answer) => {
      this.asked.push(`${incoming.method} ${incoming.url}`);
      const { pathname } = new URL(incoming.url ?? "");
      request({ host: "127.0.0.1", port: port(), path: pathname }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      }).end();
    });
    this.server.on("connect", (incoming, client) => {
      this.asked.push(`CONNECT ${incoming.url}`);
      const upstream = connect(port(), "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const)
        one.on("error", () => other.destroy());
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
