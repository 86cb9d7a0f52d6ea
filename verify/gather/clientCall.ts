import { Readable } from "node:stream";
import type { Container } from "../../kube/exec.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import type { Edge } from "../edge.ts";
import type { Answer } from "../evidence.ts";
import { curlExitCodes, noAnswer, readAnswer, statusMarker } from "./curlAnswer.ts";

/** Seconds that one call may take. */
const callSeconds = 5;

/** Seconds for which a connection must stay open to count as accepted. */
const holdSeconds = 2;

/** No progress, and no patterns in URLs (`[1-9]`, `{a,b}`). */
const quiet = ["-sS", "-g"];

/** Prints the status and the address after the response. */
const writeOut = ["-w", `${statusMarker}%{http_code} %{remote_ip}`];

/** A host or an address as a part of a URL: any other character would end it, such as `/`, `#` and `@`. */
function inUrl(host: string): string {
  return host.replace(/[^-._:[\]A-Za-z0-9]/gu, encodeURIComponent);
}

/** Sends an edge's probe by the curl in the client's container. Rejects when the pod cannot be reached. */
export async function callFromClient(client: KubeClient, container: Container, edge: Edge): Promise<Answer> {
  const { args, stdin, call } = curlCommand(edge);
  const started = Date.now();
  try {
    return readAnswer(edge, call, await client.exec(container, ["curl", ...args], stdin), Date.now() - started);
  } catch (error) {
    // The container runtime's words.
    if (!/executable file not found|no such file|OCI runtime/i.test((error as Error).message)) throw error;
    return { ...noAnswer, problem: "there is no curl in its container", milliseconds: Date.now() - started };
  }
}

/** curl's arguments for an edge's probe, and the call for people. */
interface CurlCommand {
  args: string[];
  stdin?: Readable;
  call: string;
}

function curlCommand(edge: Edge): CurlCommand {
  switch (edge.probe.kind) {
    case "http":
      return httpCommand(edge);
    case "grpc":
      return grpcCommand(edge);
    default:
      return tcpCommand(edge);
  }
}

function httpCommand({ probe, host, port }: Edge): CurlCommand {
  const url = `${port.protocol === "HTTPS" ? "https" : "http"}://${inUrl(host)}:${port.number}${probe.path ?? "/"}`;
  const method = probe.method ?? "GET";
  const http2 = port.protocol === "HTTP2" ? ["--http2-prior-knowledge"] : [];
  const methodOption = method === "HEAD" ? ["-I"] : ["-X", method];
  return {
    args: [...quiet, "-i", ...writeOut, "-k", ...http2, "--max-time", String(callSeconds), ...methodOption, url],
    call: `${method} ${url}`,
  };
}

function grpcCommand({ probe, host, port }: Edge): CurlCommand {
  const url = `http://${inUrl(host)}:${port.number}/grpc.health.v1.Health/Check`;
  const headers = ["-H", "content-type: application/grpc", "-H", "te: trailers"];
  const time = ["--max-time", String(callSeconds)];
  return {
    args: [...quiet, "-i", ...writeOut, "--http2-prior-knowledge", ...time, ...headers, "--data-binary", "@-", url],
    stdin: Readable.from([healthRequest(probe.service ?? "")]),
    call: `gRPC health check of ${probe.service || "the server"} at ${host}:${port.number}`,
  };
}

/** curl's telnet keeps a connection open until it is closed or time is up, while its input does not end. */
function tcpCommand({ host, port }: Edge): CurlCommand {
  return {
    args: [...quiet, ...writeOut, "--max-time", String(holdSeconds), `telnet://${inUrl(host)}:${port.number}`],
    stdin: endlessInput(),
    call: `TCP connect to ${host}:${port.number}`,
  };
}

function endlessInput(): Readable {
  return new Readable({ read: () => undefined });
}

/**
 * Whether a connection from a client's container to an address stays open. Its sidecar accepts every connection, and
 * closes it where it gets none itself. One that stays open reaches its end, or is still being tried.
 */
export async function connectsFromClient(client: KubeClient, container: Container, address: string): Promise<boolean> {
  const args = [...quiet, "--max-time", String(holdSeconds), `telnet://${inUrl(address)}`];
  const { code } = await client.exec(container, ["curl", ...args], endlessInput());
  return code === curlExitCodes.timeout;
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
