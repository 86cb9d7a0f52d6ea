import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** What Envoy says when a connection was not even taken. */
const refused = /connection refused|connection timeout|no route to host|network is unreachable|connection_timeout/i;

/**
 * Does the gateway take connections? What this machine cannot reach, the client may: it is asked, too. A call that went
 * over a connection opened earlier says nothing about a new one.
 */
export function judgeTcp(edge: Edge, { answer, hellos, far, fromClient, endpoints, before }: Evidence): Verdict {
  const { good, broken, unknown } = verdictsOf("tcp", edge.mesh);
  if (hellos.length === 0) return unknown("no gateway is known");
  const name = (g: { address: string; port: number }) => (g.address.includes(":") ? `[${g.address}]:${g.port}` : `${g.address}:${g.port}`);
  const lost = hellos.flatMap((h) => (h.outcome === "unreachable" && fromClient?.[name(h)] !== true ? [`${name(h)} (${h.detail})`] : []));
  const reached = hellos.filter((h) => h.outcome !== "unreachable" || fromClient?.[name(h)] === true).map(name);
  if (reached.length > 0) return good(`${reached.join(", ")} ${reached.length === 1 ? "takes" : "take"} connections${lost.length > 0 ? `, ${lost.join(", ")} not` : ""}`);
  const connected = endpoints && !failed(endpoints) && endpoints.some((e) => e.connections > (before?.find((b) => b.address === e.address)?.connections ?? 0));
  if (answer?.good && (connected || fromClient === undefined)) return unknown(`${lost.join(", ")} cannot be reached from this machine; the client's call went through`);
  const said = answer && isOwnError(answer.headers, answer.status) ? answer.body : "";
  if (/TLS|certificate/i.test(said)) return unknown(`${lost.join(", ")} cannot be reached from this machine, but from the client it can`);
  const pods = far.flatMap((f) => (failed(f) || f.gatewayPods.ready > 0 ? [] : [`mesh "${f.mesh}" has no ready gateway pod (${f.gatewayPods.total} that are not)`]));
  return broken(
    `no connection to ${lost.join(", ")}${refused.test(said) ? `; the client's sidecar says "${refused.exec(said)![0].toLowerCase()}"` : ""}${answer?.good ? "; the call went over a connection opened earlier" : ""}`,
    pods.length > 0
      ? `${pods.join("; ")}; bring it up: \`pulumi up --refresh --stack ${edge.meshes[0]}\``
      : `the owner of ${edge.meshes.join(" and ")} must look at the gateway's Service (address, port ${edge.gateways[0]?.port ?? 15443}) and pods, and both at firewalls between the clusters`,
  );
}

/** Whether an answer is the client's own sidecar's: one that came from beyond has the time it took among its headers. */
export function isOwnError(headers: Record<string, string>, status: number | undefined): boolean {
  return status === 503 && headers["x-envoy-upstream-service-time"] === undefined;
}
