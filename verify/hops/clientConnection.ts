import { socketAddress } from "../../federation/objects/socketAddress.ts";
import type { EnvoyEndpoint } from "../../kube/envoy.ts";
import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { isFromUpstream, sidecarErrorOf } from "./sidecarError.ts";
import { checkTls } from "./tls.ts";

/** Envoy's words for a connection that was not accepted; older versions print Linux' error numbers. */
export const connectionRefused =
  /connection refused|connection timeout|no route to host|network is unreachable|connection_timeout|connect error: 1(?:01|10|11|13)\b/i;

/**
 * Evidence that the client gets no connection to gateways that this machine reaches: the error of its sidecar, or,
 * where there is none, its counters. Undefined where nothing shows it. Envoy counts a failed TLS handshake as a failed
 * connection, too, so the counters are used only while the certificate is accepted.
 */
export function clientConnectionFailure(edge: Edge, evidence: Evidence): string | undefined {
  const { answer, clientHellos } = evidence;
  if (!answer || answer.unresolved || isFromUpstream(answer)) return undefined;
  const gateways = countersOf(edge, evidence);
  const failing = gateways
    .filter(({ now, before }) => (now.failures ?? 0) > (before.failures ?? 0))
    .map((g) => g.now.address);
  const to = (failing.length > 0 ? failing : gateways.map((g) => g.now.address)).join(", ") || "the gateway";
  const error = sidecarErrorOf(answer);
  // The error may be about an endpoint in the client's own mesh.
  if (edge.blended && failing.length === 0) return undefined;
  if (error !== undefined)
    return connectionRefused.test(error) && !/TLS|certificate/i.test(error)
      ? `the client's sidecar gets no connection to ${to} ("${connectionRefused.exec(error)![0].toLowerCase()}")`
      : undefined;
  const reached = clientHellos.filter((h) => h.outcome !== "unreachable");
  if (!reached.every((h) => h.outcome === "certificate") || checkTls(edge, evidence).state === "failed")
    return undefined;
  if (failing.length > 0) return `connections of the client's sidecar to ${to} fail`;
  // Envoy counts a request once a connection is ready for it.
  const waits =
    edge.probe.kind !== "tcp" &&
    answer.status === undefined &&
    gateways.length > 0 &&
    gateways.every(({ now, before }) => now.requests === before.requests) &&
    gateways.some(({ now }) => now.connections > 0);
  return waits ? `no connection of the client's sidecar to ${to} was ready in time` : undefined;
}

/** Counters of the gateways' endpoints before and after the call. */
function countersOf(edge: Edge, { endpoints, before }: Evidence): { now: EnvoyEndpoint; before: EnvoyEndpoint }[] {
  if (!endpoints || failed(endpoints)) return [];
  const gateways = new Set(edge.gateways.map(socketAddress));
  return endpoints.flatMap((now) => {
    const earlier = before?.find((b) => b.address === now.address);
    return earlier && (!edge.blended || gateways.has(now.address)) ? [{ now, before: earlier }] : [];
  });
}
