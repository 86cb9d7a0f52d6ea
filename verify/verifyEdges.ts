import { setTimeout as sleep } from "node:timers/promises";
import { retryInterval } from "../kube/retry.ts";
import { inParallel } from "../kube/inParallel.ts";
import { checkEdge, type EdgeResult } from "./checkEdge.ts";
import type { Client, Edge } from "./edge.ts";
import type { Failure } from "./evidence.ts";
import { findClientPod, type ClientPod } from "./gather/clientPod.ts";
import { gatherEvidence, type Access } from "./gather/edgeEvidence.ts";

/** Number of edges that are verified in parallel. */
const concurrency = 8;

/**
 * Milliseconds that a run retries failing edges: each for `wait`, all together for twice that, however many fail. Edges
 * that start later are tried at least once; they had the time of the earlier ones to become ready.
 */
export function longestWait(edges: number, wait: number): number {
  return Math.min(Math.ceil(edges / concurrency), 2) * wait;
}

/** Finds the pod to call from. */
export type FindPod = (access: Access, client: Client) => Promise<ClientPod | Failure>;

/** Calls an edge and gathers the evidence. */
export type GatherEvidence = typeof gatherEvidence;

/** An edge with the clusters and contracts to verify it with. */
export interface Task {
  edge: Edge;
  access: Access;
}

/**
 * Verifies edges in parallel. It retries an edge that fails until it passes or time is up: new configuration takes a
 * few seconds to reach every proxy.
 * @param wait milliseconds that a failing edge may take to pass, counted from its first attempt; all edges together
 * {@link longestWait}. The time until there is a pod to call from does not count.
 * @param find finds the pod to call from; default a running one
 * @param gather calls and gathers the evidence
 */
export async function verifyEdges(
  tasks: Task[],
  wait: number,
  find: FindPod = (access, client) => findClientPod(access.own, client),
  gather: GatherEvidence = gatherEvidence,
): Promise<EdgeResult[]> {
  const known = [
    ...new Set(tasks.flatMap(({ edge, access }) => [edge.mesh, ...edge.meshes, ...access.contracts.keys()])),
  ];
  let end: number | undefined;
  return inParallel(tasks, concurrency, async ({ edge, access }) => {
    let until: number | undefined;
    for (;;) {
      const pod = await find(access, edge.client);
      end ??= Date.now() + longestWait(tasks.length, wait);
      until ??= Math.min(Date.now() + wait, end);
      const result = checkEdge(edge, await gather(edge, access, pod), known);
      if (result.passed || Date.now() + retryInterval > until) return result;
      await sleep(retryInterval);
    }
  });
}
