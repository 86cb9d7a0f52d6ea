import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What a command in a pod prints; undefined: the connection to the pod fails. */
export type Printed = string | undefined;

/** What a command in a pod prints, by the pod's name and the command's last argument. */
type Print = (pod: string, argument: string) => Printed;

/** An API server on loopback for the pods of a mesh: it lists them in pages, and runs commands in them. */
export class MeshServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private running = 0;
  /** Most commands that ran at once. */
  concurrency = 0;
  /** Requests for lists of pods. */
  readonly lists: string[] = [];

  private constructor(pods: object[], objects: Record<string, object>, print: Print) {
    this.server = createServer((request, response) => {
      const url = new URL(request.url!, "http://x");
      const body = url.pathname === "/api/v1/pods" ? this.page(pods, url) : objects[url.pathname];
      response.writeHead(body ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(body ?? {}));
    });
    this.server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
      this.sockets.add(socket.on("error", () => undefined));
      socket.once("close", () => this.sockets.delete(socket));
      this.concurrency = Math.max(this.concurrency, ++this.running);
      const { pathname, searchParams } = new URL(request.url!, "http://x");
      const text = print(/\/pods\/([^/]+)\/exec/.exec(pathname)![1]!, searchParams.getAll("command").at(-1)!);
      setTimeout(() => {
        this.running--;
        if (text === undefined) socket.end("HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n");
        else run(request, socket, text);
      }, 20);
    });
  }

  /**
   * @param objects other objects by path
   * @param print what the command in a pod prints
   */
  static async start(pods: object[], objects: Record<string, object>, print: Print) {
    const started = new MeshServer(pods, objects, print);
    await new Promise<void>((done) => started.server.listen(0, "127.0.0.1", done));
    return started;
  }

  stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }

  get kubeconfig(): string {
    const server = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return JSON.stringify({
      clusters: [{ name: "c", cluster: { server } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    });
  }

  private page(pods: object[], { search, searchParams }: URL): object {
    this.lists.push(search);
    const from = Number(searchParams.get("continue") ?? 0);
    const end = from + Number(searchParams.get("limit") ?? pods.length);
    return { metadata: end < pods.length ? { continue: String(end) } : {}, items: pods.slice(from, end) };
  }
}

/**
 * Answers a command over a WebSocket: its output on channel 1 and its status on channel 3.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/ (v4.channel.k8s.io)
 */
function run({ headers }: IncomingMessage, socket: Socket, text: string): void {
  const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const protocol = headers["sec-websocket-protocol"]!.split(",").at(-1)!.trim();
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n" +
      `sec-websocket-accept: ${accept.digest("base64")}\r\nsec-websocket-protocol: ${protocol}\r\n\r\n`,
  );
  socket.write(frame(1, text));
  socket.write(frame(3, JSON.stringify({ status: "Success" })));
  // The client answers with a close frame of its own.
  socket.once("data", () => socket.end(Buffer.from([0x88, 0])));
}

/** A binary frame. https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
function frame(channel: number, text: string): Buffer {
  const payload = Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
  const head = Buffer.alloc(10);
  head.writeUInt8(0x82, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}
