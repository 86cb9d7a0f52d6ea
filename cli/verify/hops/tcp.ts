import type { Edge } from "../edge.ts";
import { failed, type Evidence, type Hello } from "../evidence.ts";
import { ownErrorOf } from "./ownError.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** What Envoy says when a connection was not even taken. */
const refused = /connection refused|connection timeout|no route to host|network is unreachable|connection_timeout/i;

/**
 * Does the gateway take connections? What this machine cannot reach, the client may: it is asked, too. A call that went
 * over a connection opened earlier says nothing about a new one; a gateway that refuses one here while the call fails
 * is down, whatever the client's sidecar has not noticed yet.
 */
export function judgeTcp(edge: Edge, { answer, hellos, far, fromClient }: Evidence): Verdict {
  const { good, broken, unknown } = verdictsOf("tcp", edge.mesh);
  if (hellos.length === 0) return unknown("no gateway is known");
  const name = (g: { address: string; port: number }) => (g.address.includes(":") ? `[${g.address}]:${g.port}` : `${g.address}:${g.port}`);
  const said = ownErrorOf(answer) ?? "";
  const isDown = (h: Hello & { outcome: "unreachable" }) => fromClient?.[name(h)] === false || (!answer?.good && (fromClient?.[name(h)] === undefined || h.detail === "ECONNREFUSED" || answer?.status === undefined));
  const unreachable = hellos.filter((h) => h.outcome === "unreachable");
  const down = /TLS|certificate/i.test(said) ? [] : unreachable.filter(isDown);
  const lost = unreachable.map((h) => `${name(h)} (${h.detail})`).join(", ");
  if (unreachable.length < hellos.length) return good(`connections to ${hellos.filter((h) => h.outcome !== "unreachable").map(name).join(", ")}${lost ? `, but not to ${lost}` : ""}`);
  if (down.length < unreachable.length) return unknown(`${lost} cannot be reached from this machine; ${answer?.good ? "the client's call went through" : "the client gets a connection"}`);
  const pods = far.flatMap((f) => (failed(f) || f.gatewayPods.ready > 0 ? [] : [`mesh "${f.mesh}" has no ready gateway pod (${f.gatewayPods.total} that are not)`]));
  return broken(
    `no connection to ${lost}${refused.test(said) ? `; the client's sidecar says "${refused.exec(said)![0].toLowerCase()}"` : ""}${answer?.good ? "; the call went over a connection opened earlier" : ""}`,
    pods.length > 0
      ? `${pods.join("; ")}; bring it up: \`pulumi up --refresh --stack ${edge.meshes[0]}\``
      : `the owner of ${edge.meshes.join(" and ")} must look at the gateway's Service (address, port ${edge.gateways[0]?.port ?? 15443}) and pods, and both at firewalls between the clusters; a gateway through which nothing is exported takes no connections either`,
  );
}
