import { setTimeout as sleep } from "node:timers/promises";
import { inParallel } from "../workspace/inParallel.ts";
import type { Client, Edge } from "./edge.ts";
import type { Failure } from "./evidence.ts";
import { findClient, gather, type Access, type ClientPod } from "./gather/edgeEvidence.ts";
import { judgeEdge, type EdgeResult } from "./judgeEdge.ts";
import { pause } from "./retry.ts";

/** Edges looked at side by side. */
const atOnce = 8;

/**
 * Milliseconds that the edges may be waited for altogether: each for `wait`, all for twice that, however many are broken.
 * Those that come later are tried once at least, and had the time of those before them to become good.
 */
export function longestWait(edges: number, wait: number): number {
  return Math.min(Math.ceil(edges / atOnce), 2) * wait;
}

/** Finds the pod to call from. */
export type Find = (access: Access, client: Client) => Promise<ClientPod | Failure>;

/** Calls and gathers the evidence. */
export type Look = typeof gather;

/** An edge with what there is to look at it. */
export interface Task {
  edge: Edge;
  access: Access;
}

/**
 * Verifies edges side by side. One that fails is tried again until it is good or time is up: new configuration takes a
 * few seconds to reach every proxy, so a first failure is not yet an answer.
 * @param wait milliseconds that a failing edge may take to become good, each its own from its first try on, all together
 * {@link longestWait}; the time until there is a pod to call from does not count
 * @param find finds the pod to call from; default a running one
 * @param look calls and gathers the evidence
 */
export async function verifyEdges(
  tasks: Task[],
  wait: number,
  find: Find = (access, client) => findClient(access.own, client),
  look: Look = gather,
): Promise<EdgeResult[]> {
  const known = [
    ...new Set(tasks.flatMap(({ edge, access }) => [edge.mesh, ...edge.meshes, ...access.contracts.keys()])),
  ];
  let end: number | undefined;
  return inParallel(tasks, atOnce, async ({ edge, access }) => {
    let until: number | undefined;
    for (;;) {
      const pod = await find(access, edge.client);
      end ??= Date.now() + longestWait(tasks.length, wait);
      until ??= Math.min(Date.now() + wait, end);
      const result = judgeEdge(edge, await look(edge, access, pod), known);
      if (result.good || Date.now() + pause > until) return result;
      await sleep(pause);
    }
  });
}
