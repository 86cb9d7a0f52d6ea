import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** What Envoy says when a connection was not even taken. */
const refused = /connection refused|connection timeout|no route to host|network is unreachable|connection_timeout/i;

/** Does the gateway take connections? The client's sidecar is believed before this machine, which may sit elsewhere. */
export function judgeTcp(edge: Edge, { answer, hellos, far }: Evidence): Verdict {
  const { good, broken, unknown } = verdictsOf("tcp", edge.mesh);
  const remote = answer && isOwnError(answer.headers, answer.status) ? refused.exec(answer.body)?.[0] : undefined;
  const unreachable = hellos.filter((h) => h.outcome === "unreachable");
  const reachable = hellos.filter((h) => h.outcome !== "unreachable");
  const addresses = (list: { address: string; port: number }[]) => list.map((g) => `${g.address}:${g.port}`).join(", ");
  const pods = far.flatMap((f) => (failed(f) || f.gatewayPods.ready > 0 ? [] : [`mesh "${f.mesh}" has no ready gateway pod (${f.gatewayPods.total} that are not)`]));
  const remedy =
    pods.length > 0
      ? `${pods.join("; ")}; bring it up: \`pulumi up --refresh --stack ${edge.meshes[0]}\``
      : `the owner of ${edge.meshes.join(" and ")} must look at the gateway's Service (address, port ${edge.gateways[0]?.port ?? 15443}) and pods, and both at firewalls between the clusters`;
  if (remote && reachable.length === 0) return broken(`the client's sidecar gets "${remote.toLowerCase()}" from ${addresses(hellos.length > 0 ? hellos : edge.gateways)}`, remedy);
  if (hellos.length === 0) return unknown("no gateway is known");
  if (reachable.length === 0 && (pods.length > 0 || !answer || !answer.good))
    return answer && isOwnError(answer.headers, answer.status) && !remote && /TLS|certificate/i.test(answer.body)
      ? unknown(`${addresses(unreachable)} cannot be reached from this machine, but from the client it can`)
      : broken(unreachable.map((h) => `${h.address}:${h.port}: ${h.outcome === "unreachable" ? h.detail : ""}`).join("; "), remedy);
  if (reachable.length === 0) return unknown(`${addresses(unreachable)} cannot be reached from this machine; the client's call went through`);
  return good(`${addresses(reachable)} ${reachable.length === 1 ? "takes" : "take"} connections${unreachable.length > 0 ? `, ${addresses(unreachable)} not` : ""}`);
}

/** Whether an answer is the client's own sidecar's: one that came from beyond has the time it took among its headers. */
export function isOwnError(headers: Record<string, string>, status: number | undefined): boolean {
  return status === 503 && headers["x-envoy-upstream-service-time"] === undefined;
}
