import type { Answer } from "../evidence.ts";

/** gRPC's UNAVAILABLE, to which Envoy maps its 503. https://grpc.io/docs/guides/status-codes/ */
const unavailable = "14";

/**
 * The error with which the client's own sidecar answers; undefined where the answer comes from upstream. An answer from
 * upstream has the time that it took there in a header. An error of a gRPC call is a status 200 with the error in
 * gRPC's own headers.
 */
export function sidecarErrorOf(answer: Answer | undefined): string | undefined {
  if (!answer || answer.headers["x-envoy-upstream-service-time"] !== undefined) return undefined;
  if (answer.status === 503) return answer.body;
  if (answer.status === 200 && answer.headers["grpc-status"] === unavailable)
    return decoded(answer.headers["grpc-message"] ?? "");
  return undefined;
}

/** Whether an answer comes from behind the client's sidecar: there was a connection, whatever the answer. */
export function isFromUpstream(answer: Answer | undefined): boolean {
  return (
    answer !== undefined && (answer.passed || (answer.status !== undefined && sidecarErrorOf(answer) === undefined))
  );
}

/** A gRPC message without its percent-encoding. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
