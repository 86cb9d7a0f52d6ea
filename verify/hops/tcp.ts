import type { Edge } from "../edge.ts";
import { failed, type Evidence, type Hello } from "../evidence.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { cutOff, refused } from "./cutOff.ts";
import { isFromBeyond, ownErrorOf } from "./ownError.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/**
 * Does the gateway take connections? What this machine cannot reach, the client may: it is asked, too, unless its sidecar
 * closes connections to all that the mesh does not know, which says nothing about the gateway. A call that went over a
 * connection opened earlier says nothing about a new one, if the client gets none; a gateway that refuses one here while
 * the call fails is down, whatever the client's sidecar has not noticed yet.
 */
export function judgeTcp(edge: Edge, evidence: Evidence): Verdict {
  const { answer, hellos, far } = evidence;
  const { good, broken, unknown } = verdictsOf("tcp", edge.mesh);
  if (hellos.length === 0) return unknown("no gateway is known");
  const said = ownErrorOf(answer) ?? "";
  const unreachable = hellos.filter((h) => h.outcome === "unreachable");
  const states = /TLS|certificate/i.test(said) ? [] : unreachable.map((h) => stateOf(edge, evidence, h));
  const lost = unreachable
    .map((h) => `${socketAddress(h)} (${isUnresolved(h) ? "this machine cannot resolve it" : h.detail})`)
    .join(", ");
  if (unreachable.length < hellos.length) {
    const cut = cutOff(edge, evidence);
    if (cut)
      return broken(
        `${cut}, although this machine gets one`,
        `look at what stands between the client and the gateway: firewalls between the nodes of ${edge.mesh} and the gateway of ${edge.meshes.join(" and ")}, NetworkPolicies on namespace ${edge.client.namespace}, routes`,
      );
    return good(
      `connections to ${hellos
        .filter((h) => h.outcome !== "unreachable")
        .map(socketAddress)
        .join(", ")}${lost ? `, but not to ${lost}` : ""}`,
    );
  }
  if (!states.length || states.some((s) => s !== "down")) {
    const here = `${lost} cannot be reached from this machine`;
    if (isFromBeyond(answer)) return good(`the client's call went through; ${here}`);
    return unknown(
      `${here}; ${states.some((s) => s === "untold") ? "whether the client gets a connection cannot be told" : "the client gets a connection"}`,
    );
  }
  const pods = far.flatMap((f) =>
    failed(f) || f.gatewayPods.ready > 0
      ? []
      : [`mesh "${f.mesh}" has no ready gateway pod (${f.gatewayPods.total} that are not)`],
  );
  return broken(
    `no connection to ${lost}${refused.test(said) ? `; the client's sidecar says "${refused.exec(said)![0].toLowerCase()}"` : ""}${isFromBeyond(answer) ? "; the call went over a connection opened earlier" : ""}`,
    pods.length > 0
      ? `${pods.join("; ")}; bring it up: \`pulumi up --refresh --stack ${edge.meshes[0]}\``
      : `the owner of ${edge.meshes.join(" and ")} must look at the gateway's Service (address, port ${edge.gateways[0]?.port ?? 15443}) and pods, and both at firewalls between the clusters; a gateway through which nothing is exported takes no connections either`,
  );
}

/** What is known of a gateway that this machine cannot reach, from the client's side. */
function stateOf(
  edge: Edge,
  { answer, fromClient, blocksUnknown, endpoints, before }: Evidence,
  hello: Hello & { outcome: "unreachable" },
): "up" | "down" | "untold" {
  const asked = blocksUnknown ? undefined : fromClient?.[socketAddress(hello)];
  if (isFromBeyond(answer))
    return asked === false && !hasOpened(socketAddress(hello), endpoints, before) ? "down" : "up";
  if (!edge.blended && refused.test(ownErrorOf(answer) ?? "")) return "down";
  if (asked === false || hello.detail === "ECONNREFUSED") return "down";
  if (asked === undefined) return blocksUnknown || isUnresolved(hello) ? "untold" : "down";
  // A connection that the client's sidecar is still trying looks like one that it keeps. Without an answer to a request
  // it may hang; of a TCP call there never is one.
  return edge.probe.kind !== "tcp" && answer?.status === undefined && !isUnresolved(hello) ? "down" : "up";
}

/** Whether the call opened a connection to an endpoint, and was sent over one. */
function hasOpened(address: string, endpoints: Evidence["endpoints"], before: Evidence["before"]): boolean {
  const [now, then] = [endpoints && !failed(endpoints) ? endpoints : [], before ?? []].map((list) =>
    list.find((e) => e.address === address),
  );
  return now !== undefined && then !== undefined && now.connections > then.connections && now.requests > then.requests;
}

/** Whether it is this machine that does not know the gateway's name. */
function isUnresolved({ detail }: { detail: string }): boolean {
  return /ENOTFOUND|EAI_/.test(detail);
}
