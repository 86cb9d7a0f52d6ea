import type { Edge } from "../edge.ts";
import { failed, type Endpoint, type Evidence } from "../evidence.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { isFromBeyond, ownErrorOf } from "./ownError.ts";
import { judgeTls } from "./tls.ts";

/** What Envoy says when a connection was not even taken; Linux' numbers of the same, as older ones do. */
export const refused =
  /connection refused|connection timeout|no route to host|network is unreachable|connection_timeout|connect error: 1(?:01|10|11|13)\b/i;

/**
 * What shows that the client gets no connection to gateways that this machine does reach: that its sidecar says so, or,
 * where nothing is said, its counters. Undefined where nothing does. Envoy counts a TLS handshake that fails as a failed
 * connection, too, so counters tell only while the certificate that is shown is good.
 */
export function cutOff(edge: Edge, evidence: Evidence): string | undefined {
  const { answer, hellos } = evidence;
  if (!answer || answer.unresolved || isFromBeyond(answer)) return undefined;
  const gateways = countersOf(edge, evidence);
  const failing = gateways
    .filter(({ now, then }) => (now.failures ?? 0) > (then.failures ?? 0))
    .map((g) => g.now.address);
  const to = (failing.length > 0 ? failing : gateways.map((g) => g.now.address)).join(", ") || "the gateway";
  const said = ownErrorOf(answer);
  // The sidecar may speak of an endpoint in its own mesh.
  if (edge.blended && failing.length === 0) return undefined;
  if (said !== undefined)
    return refused.test(said) && !/TLS|certificate/i.test(said)
      ? `the client's sidecar gets no connection to ${to} ("${refused.exec(said)![0].toLowerCase()}")`
      : undefined;
  const reached = hellos.filter((h) => h.outcome !== "unreachable");
  if (!reached.every((h) => h.outcome === "certificate") || judgeTls(edge, evidence).state === "broken")
    return undefined;
  if (failing.length > 0) return `connections of the client's sidecar to ${to} fail`;
  // A request is counted once a connection is ready for it.
  const waits =
    edge.probe.kind !== "tcp" &&
    answer.status === undefined &&
    gateways.length > 0 &&
    gateways.every(({ now, then }) => now.requests === then.requests) &&
    gateways.some(({ now }) => now.connections > 0);
  return waits ? `no connection of the client's sidecar to ${to} was ready in time` : undefined;
}

/** Counters of the gateways' endpoints before and after the call. */
function countersOf(edge: Edge, { endpoints, before }: Evidence): { now: Endpoint; then: Endpoint }[] {
  if (!endpoints || failed(endpoints)) return [];
  const ours = new Set(edge.gateways.map(socketAddress));
  return endpoints.flatMap((now) => {
    const then = before?.find((b) => b.address === now.address);
    return then && (!edge.blended || ours.has(now.address)) ? [{ now, then }] : [];
  });
}
