import { Readable } from "node:stream";
import type { Edge } from "../edge.ts";
import type { Answer } from "../evidence.ts";
import type { Cluster, Container, Ran } from "../../kube/cluster.ts";

/** Seconds that one call may take. A connection that is held open this long counts as taken. */
const callSeconds = 5;
const holdSeconds = 2;

/** curl's exit codes. https://curl.se/libcurl/c/libcurl-errors.html */
const curl = { unresolved: 6, timeout: 28 };

/** Separates the response from what curl says of it. */
const marker = "\n--verify--";

/** Sends an edge's probe from the client's container, by the curl in it. Rejects when the pod cannot be reached. */
export async function callFromClient(cluster: Cluster, at: Container, edge: Edge): Promise<Answer> {
  const { args, stdin, call } = curlOf(edge);
  const started = Date.now();
  try {
    return readAnswer(edge, call, await cluster.exec(at, ["curl", ...args], stdin), Date.now() - started);
  } catch (error) {
    if (!/executable file not found|no such file|OCI runtime/i.test((error as Error).message)) throw error;
    return { ...nothing, call: "", problem: "there is no curl in its container", milliseconds: Date.now() - started };
  }
}

const nothing: Answer = {
  call: "",
  good: false,
  address: undefined,
  unresolved: false,
  status: undefined,
  headers: {},
  body: "",
  echoed: {},
  problem: "",
  milliseconds: 0,
};

function curlOf({ probe, host, port }: Edge): { args: string[]; stdin?: Readable; call: string } {
  const common = ["-sS", "-i", "-w", `${marker}%{http_code} %{remote_ip}`];
  const scheme = port.protocol === "HTTPS" ? "https" : "http";
  if (probe.kind === "http") {
    const url = `${scheme}://${host}:${port.number}${probe.path ?? "/"}`;
    const method = probe.method ?? "GET";
    const http2 = port.protocol === "HTTP2" ? ["--http2-prior-knowledge"] : [];
    return {
      args: [
        ...common,
        "-k",
        ...http2,
        "--max-time",
        String(callSeconds),
        ...(method === "HEAD" ? ["-I"] : ["-X", method]),
        url,
      ],
      call: `${method} ${url}`,
    };
  }
  if (probe.kind === "grpc") {
    const url = `http://${host}:${port.number}/grpc.health.v1.Health/Check`;
    const headers = ["-H", "content-type: application/grpc", "-H", "te: trailers"];
    const args = [
      ...common,
      "--http2-prior-knowledge",
      "--max-time",
      String(callSeconds),
      ...headers,
      "--data-binary",
      "@-",
      url,
    ];
    return {
      args,
      stdin: Readable.from([healthRequest(probe.service ?? "")]),
      call: `gRPC health check of ${probe.service || "the server"} at ${host}:${port.number}`,
    };
  }
  // curl's telnet holds a connection open until it is closed, or time is up; an input that never ends keeps it from leaving.
  const args = [
    "-sS",
    "-w",
    `${marker}%{http_code} %{remote_ip}`,
    "--max-time",
    String(holdSeconds),
    `telnet://${host}:${port.number}`,
  ];
  return { args, stdin: new Readable({ read: () => undefined }), call: `TCP connect to ${host}:${port.number}` };
}

/**
 * Whether a client's container keeps a connection to an address. Its sidecar takes every connection, and closes it where
 * it is refused itself; one that stays open reaches its end, or is still being tried.
 */
export async function connectsFromClient(cluster: Cluster, at: Container, address: string): Promise<boolean> {
  const { code } = await cluster.exec(
    at,
    ["curl", "-sS", "--max-time", String(holdSeconds), `telnet://${address}`],
    new Readable({ read: () => undefined }),
  );
  return code === curl.timeout;
}

/**
 * One gRPC message: HealthCheckRequest{service}.
 * https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function healthRequest(service: string): Buffer {
  const name = Buffer.from(service, "utf8");
  const message =
    name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/** A number in groups of seven bits, the lowest first. https://protobuf.dev/programming-guides/encoding/#varints */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** What curl's output says. */
export function readAnswer(edge: Edge, call: string, { stdout, stderr, code }: Ran, milliseconds: number): Answer {
  const end = stdout.lastIndexOf(marker);
  const [status, address] =
    end < 0
      ? []
      : stdout
          .slice(end + marker.length)
          .trim()
          .split(" ");
  const { headers, body } = readResponse(end < 0 ? stdout : stdout.slice(0, end));
  const answer: Answer = {
    ...nothing,
    call,
    address: address || undefined,
    unresolved: code === curl.unresolved,
    status: Number(status) || undefined,
    headers,
    body: body.slice(0, 2000),
    echoed: echoedHeaders(body),
    problem: stderr.trim().replace(/^curl: /, ""),
    milliseconds,
  };
  if (edge.probe.kind === "http")
    answer.good = answer.status !== undefined && (edge.probe.expect ?? [200]).includes(answer.status);
  else if (edge.probe.kind === "grpc") {
    const grpcStatus = headers["grpc-status"];
    // HealthCheckResponse{status: SERVING} is field 1, value 1.
    answer.grpc = {
      status: grpcStatus === undefined ? undefined : Number(grpcStatus),
      serving: body.slice(5).startsWith("\x08\x01"),
    };
    answer.good = answer.grpc.status === 0 && answer.grpc.serving;
  } else answer.good = code === curl.timeout ? address !== undefined && address !== "" : code === 0 && body.length > 0;
  return answer;
}

/** Splits a response into headers and body; trailers, which curl prints after the body of HTTP/2, count as headers. */
function readResponse(text: string): { headers: Record<string, string>; body: string } {
  if (!text.startsWith("HTTP/")) return { headers: {}, body: text };
  // Interim answers (100, 103) come before the real one.
  const start = /^(?:HTTP\/[0-9.]+ 1[0-9]{2}\b[^]*?\r\n\r\n)*/.exec(text)![0].length;
  const end = text.indexOf("\r\n\r\n", start);
  const headers: Record<string, string> = {};
  let body = end < 0 ? "" : text.slice(end + 4);
  const trailers = /(?:^|\r?\n|)((?:grpc-[a-z-]+: [^\r\n]*\r\n)+)\r?\n?$/.exec(body)?.[1] ?? "";
  if (trailers) body = body.slice(0, body.lastIndexOf(trailers));
  for (const line of [
    ...text
      .slice(start, end < 0 ? undefined : end)
      .split("\r\n")
      .slice(1),
    ...trailers.split("\r\n"),
  ]) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers, body };
}

/** Headers that a mesh may add to a request to prove who it is; a report is no place for what stands in them. */
const credentials = /authorization|cookie|token|secret|password|credential|api-?key/i;

/** The request's headers in an echo like `{"headers": {name: value or [value]}}`, without the values of {@link credentials}. */
export function echoedHeaders(body: string): Record<string, string> {
  try {
    const echoed = (JSON.parse(body) as { headers?: Record<string, string | string[]> }).headers ?? {};
    return Object.fromEntries(
      Object.entries(echoed).map(([name, value]) => [name, credentials.test(name) ? "[hidden]" : String(value)]),
    );
  } catch {
    return {};
  }
}
