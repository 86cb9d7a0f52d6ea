import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { isFromBeyond, ownErrorOf } from "./ownError.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** Protocols of which a sidecar takes the connection before it knows where the call goes. */
const http = new Set(["HTTP", "HTTP2", "GRPC"]);

/** Does the target itself answer as expected? */
export function judgeTarget(edge: Edge, { answer, far, hellos }: Evidence): Verdict {
  const sides = far.flatMap((f) => (failed(f) ? [] : [f]));
  const { good, broken, unknown } = verdictsOf("target", sides[0]?.mesh ?? edge.mesh, sides.length === 0);
  const owner = edge.meshes.join(" and ");
  const empty = sides.filter((s) => s.chain && !s.endpoints.some((e) => e.health === "HEALTHY"));
  if (empty.length > 0 && empty.length === sides.length) {
    const { service, mesh } = empty[0]!;
    return broken(
      `nothing ready stands behind ${edge.exportedHost}: ${service.exists ? `Service ${service.name} selects ${service.total} pods, ${service.ready} of them ready` : `there is no Service ${service.name}`}`,
      `the owner of ${mesh} must bring up pods that Service ${service.name} selects, with sidecars`,
    );
  }
  if (!answer || answer.unresolved) return unknown("no call arrived");
  if (answer.good && edge.probe.kind === "tcp" && http.has(edge.port.protocol))
    return unknown("a connection alone does not tell: the client's sidecar takes it itself on a port of HTTP or gRPC");
  if (answer.good)
    return good(
      answer.status !== undefined ? `status ${answer.status}` : answer.grpc ? "SERVING" : "takes connections",
    );
  if (answer.grpc && answer.grpc.status !== undefined && answer.status === 200 && isFromBeyond(answer))
    return broken(
      `gRPC's health check answered status ${answer.grpc.status}${answer.grpc.status === 0 ? ", not SERVING" : ` ${answer.headers["grpc-message"] ?? ""}`}`,
      `the owner of ${owner} must look at the service itself, or the probe must name a service it knows`,
    );
  if (isFromBeyond(answer)) {
    const expected = (edge.probe.expect ?? [200]).join(" or ");
    const pods = sides
      .map((s) => `; Service ${s.service.name} has ${s.service.ready} of ${s.service.total} pods ready`)
      .join("");
    const sidecars = /upstream connect error|no healthy upstream/.exec(answer.body)?.[0];
    return broken(
      `answered ${answer.status}, expected ${expected}${sidecars ? ` ("${sidecars}" from the server's sidecar: nothing takes connections on the Service's target port)` : ""}${pods}`,
      `the owner of ${owner} must look at the application and the Service's target port; or correct the import's probe (method, path, expect)`,
    );
  }
  const said = ownErrorOf(answer)?.trim().slice(0, 200) || answer.problem;
  if (hellos.some((h) => h.outcome === "certificate"))
    return broken(
      `the serving workload shows its certificate, then the call ends without an answer${said ? ` (${said})` : ""}`,
      `the owner of ${owner} must look at the application, and at policies that refuse ${edge.client.namespace}/${edge.client.serviceAccount}`,
    );
  return unknown("no answer arrived");
}
