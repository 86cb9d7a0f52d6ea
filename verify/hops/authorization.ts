import type { Edge } from "../edge.ts";
import { failed, type Answer, type Evidence } from "../evidence.ts";
import { isFromBeyond } from "./ownError.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** gRPC's PERMISSION_DENIED. https://grpc.io/docs/guides/status-codes/ */
const permissionDenied = 7;

/** Body of Envoy's refusals. https://istio.io/latest/docs/tasks/security/authorization/authz-http/ */
const denial = "RBAC: access denied";

/** Does the serving workload let this caller in? */
export function judgeAuthorization(edge: Edge, { answer, far, hellos }: Evidence): Verdict {
  const policies = far.flatMap((f) => (failed(f) ? [] : f.policies.map((policy) => `${policy} in ${f.mesh}`)));
  const direct = far.some((f) => !failed(f));
  const { good, broken, unknown } = verdictsOf("authorization", direct ? edge.meshes[0]! : edge.mesh, !direct);
  if (!answer || answer.unresolved) return unknown("no call arrived");
  const caller = `${edge.client.namespace}/${edge.client.serviceAccount}`;
  const remedy = `the owner of ${edge.meshes.join(" and ")} must add ${caller} to the export's callers${policies.length > 0 ? `, or correct ${policies.join(", ")}` : ""}; or call as somebody who is allowed`;
  if (isRefused(edge, answer, policies.length > 0))
    return broken(
      `the serving workload refuses ${caller} (${answer.grpc ? "PERMISSION_DENIED" : answer.status}, "RBAC: access denied")`,
      remedy,
    );
  if (answer.good)
    return edge.declared && answer.status !== undefined
      ? good(`${caller} is let in`)
      : unknown("a connection alone does not tell");
  // TCP has no status: a policy that refuses resets the connection once the caller is known.
  if (edge.probe.kind === "tcp" && policies.length > 0 && hellos.some((h) => h.outcome === "certificate"))
    return broken(`the serving workload breaks off the connection of ${caller}`, remedy);
  if (isFromBeyond(answer)) return good(`${caller} is let in`);
  return unknown("no answer of the serving workload arrived");
}

/** Whether Envoy's authorization answered, and not the application. An answer to HEAD has only the length of what it says. */
function isRefused({ probe }: Edge, answer: Answer, mayRefuse: boolean): boolean {
  if (answer.grpc?.status === permissionDenied) return /RBAC/i.test(answer.headers["grpc-message"] ?? "RBAC");
  if (answer.status !== 403) return false;
  if (probe.method !== "HEAD") return answer.body.includes(denial);
  const length = answer.headers["content-length"];
  return length === undefined ? mayRefuse : Number(length) === denial.length;
}
