import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** How a file is served: whole, half, not at all after its start, or with another content than its checksum is of. */
export type Manner = "whole" | "truncated" | "stalled" | "tampered" | "missing";

/** Files by path, as the release host has them. */
export type Files = Record<string, Buffer>;

/**
 * A release host on loopback, laid out like GitHub's: a release's file is a redirect to where the file itself is.
 * Counts what it is asked for.
 */
export class ReleaseServer {
  /** Paths of the files that were asked for, in order; the redirects' targets are not among them. */
  readonly asked: string[] = [];
  readonly manners: Record<string, Manner> = {};
  readonly files: Files;
  /** Where the files themselves are; empty: on this host. */
  redirectsTo = "";
  private readonly server: Server;

  constructor(files: Files, tls?: { key: string; cert: string }) {
    this.files = files;
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      this.answer(request.url ?? "", response);
    this.server = tls ? createTlsServer(tls, answer) : createServer(answer);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(url: string, response: ServerResponse): void {
    const stored = /^\/stored(\/.*)$/.exec(url)?.[1];
    const path = stored ?? url;
    if (!stored) this.asked.push(path);
    const content = this.files[path];
    const manner = this.manners[path] ?? "whole";
    if (!content || manner === "missing") return void response.writeHead(404, "Not Found").end("Not Found");
    if (!stored) return void response.writeHead(302, { location: `${this.redirectsTo}/stored${path}` }).end();
    const body =
      manner === "tampered" ? Buffer.concat([content.subarray(0, -1), Buffer.from([content.at(-1)! ^ 1])]) : content;
    response.writeHead(200, { "content-length": body.length });
    if (manner === "whole" || manner === "tampered") return void response.end(body);
    response.write(body.subarray(0, body.length / 2));
    if (manner === "truncated") setTimeout(() => response.destroy(), 20);
  }
}

/** Lines of a checksum list, as `sha256sum` and its siblings write them. */
export function checksumList(files: Record<string, Buffer>, algorithm = "sha256", prefix = ""): Buffer {
  const lines = Object.entries(files).map(
    ([name, content]) => `${createHash(algorithm).update(content).digest("hex")}  ${prefix}${name}\n`,
  );
  return Buffer.from(lines.join(""));
}
