import type { Edge } from "../edge.ts";
import { failed, type Answer, type Evidence } from "../evidence.ts";
import { listed } from "../listed.ts";
import { resultsOf, type HopCheck } from "./result.ts";
import { isFromUpstream } from "./sidecarError.ts";

/** gRPC's PERMISSION_DENIED. https://grpc.io/docs/guides/status-codes/ */
const permissionDenied = 7;

/** Body of Envoy's denials. https://istio.io/latest/docs/tasks/security/authorization/authz-http/ */
const denial = "RBAC: access denied";

/** Checks that the serving workload allows the client. */
export function checkAuthorization(edge: Edge, { answer, peerSides, clientHellos }: Evidence): HopCheck {
  const sides = peerSides.flatMap((side) => (failed(side) ? [] : [side]));
  const policies = sides.flatMap(({ mesh, policies: names }) => names.map((policy) => `${policy} in ${mesh}`));
  const direct = sides.length > 0;
  const result = resultsOf(direct ? edge.meshes[0]! : edge.mesh, !direct);
  if (!answer || answer.unresolved) return result.unknown("no call arrived");
  const client = `${edge.client.namespace}/${edge.client.serviceAccount}`;
  const correction = policies.length > 0 ? `, or correct ${listed(policies)}` : "";
  const owner = edge.meshes.join(" and ");
  const remedy =
    `The owner of ${owner} must add ${client} to the export's callers${correction}; or call from a client that ` +
    "is allowed";
  if (isDenied(edge, answer, policies.length > 0)) {
    const status = answer.grpc ? "PERMISSION_DENIED" : answer.status;
    return result.failed(`the serving workload denies ${client} (${status}, "${denial}")`, remedy);
  }
  if (answer.passed)
    return edge.declared && answer.status !== undefined
      ? result.passed(`${client} is allowed`)
      : result.unknown("a connection alone does not show it");
  // TCP has no status: a policy that denies resets the connection once the caller is known.
  const certificateShown = clientHellos.some((h) => h.outcome === "certificate");
  if (edge.probe.kind === "tcp" && policies.length > 0 && certificateShown)
    return result.failed(`the serving workload resets the connection of ${client}`, remedy);
  if (isFromUpstream(answer)) return result.passed(`${client} is allowed`);
  return result.unknown("no answer of the serving workload arrived");
}

/**
 * Whether Envoy's authorization answered, and not the application. An answer to HEAD has only the length of its body.
 */
function isDenied({ probe }: Edge, answer: Answer, hasPolicies: boolean): boolean {
  if (answer.grpc?.status === permissionDenied) return /RBAC/i.test(answer.headers["grpc-message"] ?? "RBAC");
  if (answer.status !== 403) return false;
  if (probe.method !== "HEAD") return answer.body.includes(denial);
  const length = answer.headers["content-length"];
  return length === undefined ? hasPolicies : Number(length) === denial.length;
}
