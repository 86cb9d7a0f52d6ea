import { socketAddress } from "../../federation/objects/socketAddress.ts";
import type { Edge } from "../edge.ts";
import { failed, type ClientHelloResult, type Evidence } from "../evidence.ts";
import { clientConnectionFailure, connectionRefused } from "./clientConnection.ts";
import { rejectionOf } from "./rejection.ts";
import { resultsOf, type HopCheck } from "./result.ts";
import { isFromUpstream, sidecarErrorOf } from "./sidecarError.ts";

type Unreachable = ClientHelloResult & { outcome: "unreachable" };

/**
 * Checks that the gateway accepts connections.
 *
 * The client may reach a gateway that this machine does not reach, so the client tries, too. It proves nothing where
 * its sidecar closes connections to hosts that the mesh does not know. A call over an earlier connection proves nothing
 * about a new one, if the client gets none. A gateway that refuses a connection here while the call fails is down, even
 * if the client's sidecar has not noticed yet.
 */
export function checkTcp(edge: Edge, evidence: Evidence): HopCheck {
  const { answer, clientHellos } = evidence;
  const result = resultsOf(edge.mesh);
  if (clientHellos.length === 0) return result.unknown("no gateway is known");
  const unreachable = clientHellos.filter((h) => h.outcome === "unreachable");
  if (unreachable.length < clientHellos.length) return checkReachable(edge, evidence, unreachable);
  const isTlsError = /TLS|certificate/i.test(sidecarErrorOf(answer) ?? "");
  const states = isTlsError ? [] : unreachable.map((h) => stateOf(edge, evidence, h));
  if (states.length === 0 || states.some((s) => s !== "down")) {
    const here = `${listOf(unreachable)} cannot be reached from this machine`;
    if (isFromUpstream(answer)) return result.passed(`the client's call arrived; ${here}`);
    const unknown = states.some((s) => s === "unknown");
    const client = unknown ? "whether the client gets a connection is unknown" : "the client gets a connection";
    return result.unknown(`${here}; ${client}`);
  }
  return noConnection(edge, evidence, unreachable);
}

/** The result where this machine reaches a gateway at least. */
function checkReachable(edge: Edge, evidence: Evidence, unreachable: Unreachable[]): HopCheck {
  const result = resultsOf(edge.mesh);
  const failure = clientConnectionFailure(edge, evidence);
  const via = evidence.clientHellos.find((h) => h.via)?.via;
  if (failure)
    return result.failed(
      `${failure}, although ${via ? `pod ${via.pod} gets one without its sidecar` : "this machine gets one"}`,
      `Check the network between the client and the gateway: firewalls between the nodes of ${edge.mesh} and ` +
        `the gateway of ${edge.meshes.join(" and ")}, NetworkPolicies on namespace ${edge.client.namespace}, ` +
        "routes",
    );
  const reached = evidence.clientHellos
    .filter((h) => h.outcome !== "unreachable")
    .map((h) => socketAddress(h) + (h.via ? ` (from pod ${h.via.pod})` : ""));
  const exception = unreachable.length > 0 ? `, but not to ${listOf(unreachable)}` : "";
  return result.passed(`connections to ${reached.join(", ")}${exception}`);
}

function noConnection(edge: Edge, { answer, peerSides }: Evidence, unreachable: Unreachable[]): HopCheck {
  const error = connectionRefused.exec(sidecarErrorOf(answer) ?? "")?.[0].toLowerCase();
  const down = peerSides.flatMap((side) => (failed(side) || side.gatewayPods.ready > 0 ? [] : [side]));
  const pods = down.map(
    ({ mesh, gatewayPods }) => `mesh "${mesh}" has no ready gateway pod (${gatewayPods.total} are not ready)`,
  );
  const rejection = down.map(rejectionOf).find(Boolean);
  const context = [
    ...(error ? [`the client's sidecar reports "${error}"`] : []),
    ...(isFromUpstream(answer) ? ["the call used a connection that was opened earlier"] : []),
    ...(rejection ? [...pods, `its gateway ${rejection.evidence}`] : []),
  ];
  return resultsOf(edge.mesh).failed(
    [`no connection to ${listOf(unreachable)}`, ...context].join("; "),
    rejection
      ? rejection.remedy
      : pods.length > 0
        ? `${pods.join("; ")}; run \`pulumi up --refresh --stack ${edge.meshes[0]}\``
        : `The owner of ${edge.meshes.join(" and ")} must check the gateway's Service (address, port ` +
          `${edge.gateways[0]?.port ?? 15443}) and pods, and both owners the firewalls between the clusters; a ` +
          "gateway without an export accepts no connections either",
  );
}

function listOf(unreachable: Unreachable[]): string {
  return unreachable
    .map((h) => `${socketAddress(h)} (${isUnresolved(h) ? "this machine cannot resolve it" : h.detail})`)
    .join(", ");
}

/** Whether the client gets a connection to a gateway that this machine does not reach. */
function stateOf(
  edge: Edge,
  { answer, fromClient, blocksUnknownHosts, endpoints, before }: Evidence,
  hello: Unreachable,
): "up" | "down" | "unknown" {
  const connects = blocksUnknownHosts ? undefined : fromClient?.[socketAddress(hello)];
  if (isFromUpstream(answer))
    return connects === false && !usedNewConnection(socketAddress(hello), endpoints, before) ? "down" : "up";
  if (!edge.blended && connectionRefused.test(sidecarErrorOf(answer) ?? "")) return "down";
  if (connects === false || hello.detail === "ECONNREFUSED") return "down";
  if (connects === undefined) return blocksUnknownHosts || isUnresolved(hello) ? "unknown" : "down";
  // A connection that the client's sidecar is still trying looks like one that it keeps. Without an answer to a request
  // it may hang; a TCP call never has an answer.
  return edge.probe.kind !== "tcp" && answer?.status === undefined && !isUnresolved(hello) ? "down" : "up";
}

/** Whether the call opened a connection to an endpoint, and was sent over it. */
function usedNewConnection(address: string, endpoints: Evidence["endpoints"], before: Evidence["before"]): boolean {
  const find = (list: Evidence["before"]) => list?.find((e) => e.address === address);
  const [now, earlier] = [find(endpoints && !failed(endpoints) ? endpoints : undefined), find(before)];
  return (
    now !== undefined &&
    earlier !== undefined &&
    now.connections > earlier.connections &&
    now.requests > earlier.requests
  );
}

/** Whether this machine does not know the gateway's name. */
function isUnresolved({ detail }: { detail: string }): boolean {
  return /ENOTFOUND|EAI_/.test(detail);
}
