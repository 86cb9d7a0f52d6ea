import type { Answer } from "../evidence.ts";

/** gRPC's UNAVAILABLE, to which Envoy maps its 503. https://grpc.io/docs/guides/status-codes/ */
const unavailable = "14";

/**
 * What the client's own sidecar says where it answers itself; undefined where the answer came from beyond, which has the
 * time it took there among its headers. Of a gRPC call it is a status 200 with the error in gRPC's own headers.
 */
export function ownErrorOf(answer: Answer | undefined): string | undefined {
  if (!answer || answer.headers["x-envoy-upstream-service-time"] !== undefined) return undefined;
  if (answer.status === 503) return answer.body;
  if (answer.status === 200 && answer.headers["grpc-status"] === unavailable)
    return decoded(answer.headers["grpc-message"] ?? "");
  return undefined;
}

/** Whether an answer came from beyond the client's sidecar: the connection was there, whatever was answered. */
export function isFromBeyond(answer: Answer | undefined): boolean {
  return answer !== undefined && (answer.good || (answer.status !== undefined && ownErrorOf(answer) === undefined));
}

/** A gRPC message as it was before its percent-encoding. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
