import { setTimeout as sleep } from "node:timers/promises";
import { mayAdmit } from "../../federation/exports/admitted.ts";
import { allCallers } from "../../federation/exports/exportPlan.ts";
import { retryInterval } from "../../kube/retry.ts";
import type { EdgeResult } from "../checkEdge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { isFromUpstream } from "../hops/sidecarError.ts";
import { verifyEdges, type FindPod, type GatherEvidence, type Task } from "../verifyEdges.ts";
import { negativeResult, type NegativeCheck, type NegativeResult } from "./result.ts";

/** Service account of every namespace, which exports rarely name. */
export const undeclaredAccount = "default";

/** The outcome of a call by an undeclared caller; `inconclusive`: why neither can be concluded. */
export type UndeclaredCall = "denied" | "allowed" | { inconclusive: string };

/**
 * Calls as an account that the export does not name, while the declared client calls as the control. It retries until
 * the call is denied or time is up: a policy takes a few seconds to reach every proxy.
 * @param wait milliseconds
 */
export async function checkUndeclaredCaller(
  check: NegativeCheck,
  task: Task,
  wait: number,
  find: FindPod,
  gather?: GatherEvidence,
): Promise<NegativeResult> {
  const client = { namespace: task.edge.client.namespace, serviceAccount: undeclaredAccount, app: undeclaredAccount };
  const tasks = [{ ...task, edge: { ...task.edge, client } }, task];
  let until: number | undefined;
  for (;;) {
    const [result, control] = await verifyEdges(tasks, 0, find, gather);
    const checked = undeclaredCallerResult(check, task, {
      caller: `${client.namespace}/${undeclaredAccount}`,
      call: outcomeOf(result!),
      answer: answerText(result!.evidence),
      controlPassed: control!.evidence.answer?.passed ?? false,
    });
    until ??= Date.now() + wait;
    // A TCP connection that stays open will not become conclusive.
    const isFinal = task.edge.probe.kind === "tcp" && result!.evidence.answer?.passed;
    if (checked.state === "passed" || isFinal || Date.now() + retryInterval > until) return checked;
    await sleep(retryInterval);
  }
}

/** A call by an undeclared caller, and whether the declared client's call passed. */
export interface UndeclaredAttempt {
  caller: string;
  call: UndeclaredCall;
  /** The answer, for people. */
  answer: string;
  controlPassed: boolean;
}

/** The result of a call by an undeclared caller. */
export function undeclaredCallerResult(
  check: NegativeCheck,
  { edge }: Pick<Task, "edge">,
  { caller, call, answer, controlPassed }: UndeclaredAttempt,
): NegativeResult {
  const reason = !controlPassed
    ? "the declared caller fails, too"
    : typeof call === "object"
      ? call.inconclusive
      : undefined;
  const evidence = `${caller} is not among the export's callers, and got ${answer}`;
  return negativeResult(
    check,
    edge.meshes[0]!,
    {
      state: reason ? "unknown" : call === "denied" ? "passed" : "failed",
      control: controlPassed ? "the declared caller is allowed" : "none: the declared caller fails",
      evidence: reason ? `${evidence}; ${reason}, so the check is not conclusive` : evidence,
      seenFrom: edge.mesh,
    },
    caller,
  );
}

/**
 * Whether the workloads that serve an edge must deny the undeclared caller: each exporter names callers, and not that
 * one. A blended host may be served in the client's own mesh, which does not restrict callers.
 */
export function mustDenyUndeclared({ edge, access }: Task): boolean {
  const denies = (mesh: string): boolean => {
    const found = access.contracts.get(mesh)?.exports.find((e) => e.name === edge.name);
    const client = { namespace: edge.client.namespace, serviceAccount: undeclaredAccount };
    return found !== undefined && allCallers(found).length > 0 && !mayAdmit(found, client, edge.mesh);
  };
  return edge.declared && !edge.blended && edge.meshes.every(denies);
}

/** A call was allowed or denied only if it arrived at the serving workload. */
function outcomeOf({ edge, hops, failedHop, evidence: { answer } }: EdgeResult): UndeclaredCall {
  const authorization = hops.find(({ hop, state }) => hop === "authorization" && state === "failed");
  // A denial in the answer is conclusive, whatever else failed.
  if (authorization && (authorization === failedHop || isFromUpstream(answer))) return "denied";
  // https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/rbac/v3/rbac.proto (enforcement_type)
  if (edge.probe.kind === "tcp" && answer?.passed)
    return { inconclusive: "a policy is applied to a TCP connection when data is sent on it" };
  return isFromUpstream(answer) ? "allowed" : { inconclusive: "the call did not arrive at the serving workload" };
}

function answerText({ answer, client }: Evidence): string {
  if (answer?.status !== undefined) return `status ${answer.status}`;
  if (answer) return answer.problem || "no answer";
  return failed(client) ? client.failure : "no answer";
}
