import type { Edge } from "../edge.ts";
import { failed, type Answer, type Evidence, type PeerSide } from "../evidence.ts";
import { resultsOf, type HopCheck } from "./result.ts";
import { isFromUpstream, sidecarErrorOf } from "./sidecarError.ts";

/** Protocols for which a sidecar accepts the connection before it knows the destination. */
const http = new Set(["HTTP", "HTTP2", "GRPC"]);

/** Checks that the target answers as the probe expects. */
export function checkTarget(edge: Edge, { answer, peerSides, clientHellos }: Evidence): HopCheck {
  const sides = peerSides.flatMap((side) => (failed(side) ? [] : [side]));
  const result = resultsOf(sides[0]?.mesh ?? edge.mesh, sides.length === 0);
  const owner = edge.meshes.join(" and ");
  const empty = sides.filter((side) => side.chain && !side.endpoints.some((e) => e.health === "HEALTHY"));
  if (empty.length > 0 && empty.length === sides.length) {
    const { service, mesh } = empty[0]!;
    const state = service.exists
      ? `Service ${service.name} selects ${service.total} pods, ${service.ready} of them ready`
      : `there is no Service ${service.name}`;
    return result.failed(
      `no ready pod serves ${edge.exportedHost}: ${state}`,
      `The owner of ${mesh} must start pods that Service ${service.name} selects, with sidecars`,
    );
  }
  if (!answer || answer.unresolved) return result.unknown("no call arrived");
  if (answer.passed && edge.probe.kind === "tcp" && http.has(edge.port.protocol))
    return result.unknown(
      "a connection alone does not show it: the client's sidecar itself accepts it on a port of HTTP or gRPC",
    );
  if (answer.passed)
    return result.passed(
      answer.status !== undefined ? `status ${answer.status}` : answer.grpc ? "SERVING" : "accepts connections",
    );
  if (isFromUpstream(answer)) return result.failed(...unexpectedAnswer(edge, answer, sides));
  const error = sidecarErrorOf(answer)?.trim().slice(0, 200) || answer.problem;
  if (clientHellos.some((h) => h.outcome === "certificate"))
    return result.failed(
      `the serving workload shows its certificate, then the call ends without an answer${error ? ` (${error})` : ""}`,
      `The owner of ${owner} must check the application, and policies that deny ` +
        `${edge.client.namespace}/${edge.client.serviceAccount}`,
    );
  return result.unknown("no answer arrived");
}

function unexpectedAnswer(
  edge: Edge,
  { status, grpc, headers, body }: Answer,
  sides: PeerSide[],
): [evidence: string, remedy: string] {
  const owner = edge.meshes.join(" and ");
  if (grpc && grpc.status !== undefined && status === 200)
    return [
      "gRPC's health check answered status " +
        `${grpc.status}${grpc.status === 0 ? ", not SERVING" : ` ${headers["grpc-message"] ?? ""}`}`,
      `The owner of ${owner} must check the service itself, or the probe must name a service that it knows`,
    ];
  const expected = (edge.probe.expect ?? [200]).join(" or ");
  const pods = sides
    .map((side) => `; Service ${side.service.name} has ${side.service.ready} of ${side.service.total} pods ready`)
    .join("");
  const error = /upstream connect error|no healthy upstream/.exec(body)?.[0];
  const meaning = error ? ` ("${error}" from the server's sidecar: nothing listens on the Service's target port)` : "";
  return [
    `answered ${status}, expected ${expected}${meaning}${pods}`,
    `The owner of ${owner} must check the application and the Service's target port; or correct the import's ` +
      "probe (method, path, expect)",
  ];
}
