import { setTimeout as sleep } from "node:timers/promises";
import { failed } from "./evidence.ts";
import { judgeForeignCaller, type ForeignCall, type GuardResult } from "./negativeChecks.ts";
import { isFromBeyond } from "./hops/ownError.ts";
import type { EdgeResult } from "./judgeEdge.ts";
import { pause } from "./retry.ts";
import { verifyEdges, type Find, type Look, type Task } from "./verifyEdges.ts";

/** Service account that every namespace has, and that hardly an export names. */
export const outsider = "default";

/**
 * Calls as somebody who is not named, beside the call of one who is, until it is refused or time is up: a policy takes a
 * few seconds to reach every proxy, as any new configuration does. What a connection cannot tell is not waited for.
 */
export async function tryOutsider(task: Task, wait: number, find: Find, look?: Look): Promise<GuardResult> {
  const client = { ...task.edge.client, serviceAccount: outsider, app: outsider };
  let until: number | undefined;
  for (;;) {
    const [result, control] = await verifyEdges([{ ...task, edge: { ...task.edge, client } }, task], 0, find, look);
    const { answer, client: caller } = result!.evidence;
    const got = answer
      ? answer.status !== undefined
        ? `status ${answer.status}`
        : answer.problem || "nothing"
      : failed(caller)
        ? caller.failure
        : "nothing";
    const judged = judgeForeignCaller(
      task.edge.meshes[0]!,
      task.edge.mesh,
      `${client.namespace}/${outsider}`,
      foreignCallOf(result!),
      got,
      control!.evidence.answer?.good ?? false,
    );
    until ??= Date.now() + wait;
    if (judged.state === "good" || (task.edge.probe.kind === "tcp" && answer?.good) || Date.now() + pause > until)
      return judged;
    await sleep(pause);
  }
}

/** What a call came to: only what arrived was let in or refused. */
function foreignCallOf({ edge, verdicts, broken, evidence: { answer } }: EdgeResult): ForeignCall {
  const authorization = verdicts.find(({ hop, state }) => hop === "authorization" && state === "broken");
  // An answer says so by itself, whatever else is broken.
  if (authorization && (authorization === broken || isFromBeyond(answer))) return "refused";
  // https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/rbac/v3/rbac.proto (enforcement_type)
  if (edge.probe.kind === "tcp" && answer?.good)
    return { untold: "a policy looks at a TCP connection when something is sent on it" };
  return isFromBeyond(answer) ? "let in" : { untold: "the call did not come as far as the serving workload" };
}
