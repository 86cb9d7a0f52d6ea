import type { CommandResult } from "../../kube/exec.ts";
import type { Edge } from "../edge.ts";
import type { Answer } from "../evidence.ts";

/** curl's exit codes. https://curl.se/libcurl/c/libcurl-errors.html */
export const curlExitCodes = { unresolved: 6, timeout: 28 };

/** Separates the response from curl's status and address. */
export const statusMarker = "\n--verify--";

/** An answer before anything was received. */
export const noAnswer: Answer = {
  call: "",
  passed: false,
  address: undefined,
  unresolved: false,
  status: undefined,
  headers: {},
  body: "",
  echoed: {},
  problem: "",
  milliseconds: 0,
};

/** Reads curl's output. */
export function readAnswer(
  edge: Edge,
  call: string,
  { stdout, stderr, code }: CommandResult,
  milliseconds: number,
): Answer {
  const end = stdout.lastIndexOf(statusMarker);
  const [status, address] =
    end < 0
      ? []
      : stdout
          .slice(end + statusMarker.length)
          .trim()
          .split(" ");
  const { headers, body } = readResponse(end < 0 ? stdout : stdout.slice(0, end));
  const answer: Answer = {
    ...noAnswer,
    call,
    address: address || undefined,
    unresolved: code === curlExitCodes.unresolved,
    status: Number(status) || undefined,
    headers,
    body: body.slice(0, 2000),
    echoed: echoedHeaders(body),
    problem: stderr.trim().replace(/^curl: /, ""),
    milliseconds,
  };
  if (edge.probe.kind === "http")
    answer.passed = answer.status !== undefined && (edge.probe.expect ?? [200]).includes(answer.status);
  else if (edge.probe.kind === "grpc") {
    const grpcStatus = headers["grpc-status"];
    // HealthCheckResponse{status: SERVING} is field 1, value 1.
    answer.grpc = {
      status: grpcStatus === undefined ? undefined : Number(grpcStatus),
      serving: body.slice(5).startsWith("\x08\x01"),
    };
    answer.passed = answer.grpc.status === 0 && answer.grpc.serving;
  } else
    answer.passed =
      code === curlExitCodes.timeout ? address !== undefined && address !== "" : code === 0 && body.length > 0;
  return answer;
}

/** Splits a response into headers and body. Trailers, which curl prints after the body of HTTP/2, count as headers. */
function readResponse(text: string): { headers: Record<string, string>; body: string } {
  if (!text.startsWith("HTTP/")) return { headers: {}, body: text };
  // Interim answers (100, 103) precede the final one.
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

/** Headers that may carry credentials, which no report may show. */
const credentials = /authorization|cookie|token|secret|password|credential|api-?key/i;

/**
 * The request headers in an echo like `{"headers": {name: value or [value]}}`, without the values of {@link
 * credentials}.
 */
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
