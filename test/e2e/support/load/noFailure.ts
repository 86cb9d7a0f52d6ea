import type { World } from "../world.ts";
import { startLoad } from "./load.ts";
import { failureLine, type EdgeCounts, type LoadEdge } from "./plan.ts";

/**
 * Takes steps while every edge is called 20 times a second, over fresh and kept connections. Fails when a request
 * fails. Prints the counts, which docs/trust.md has.
 */
export async function noFailure(world: World, edges: LoadEdge[], steps: () => Promise<void>): Promise<void> {
  const load = await startLoad(world, edges);
  const began = Date.now();
  try {
    await steps();
  } catch (error) {
    await load.stop().then(
      (counts) => print(counts, began),
      () => undefined,
    );
    throw error;
  }
  const counts = await load.stop();
  print(counts, began);
  const summary = counts.map(({ mesh, host, failed, kinds }) => ({
    ...{ edge: `${mesh} -> ${host}`, failed },
    failures: kinds.flatMap(({ kind, failures }) => failures.map((failure) => `${kind} at ${failureLine(failure)}`)),
  }));
  expect(summary).toHaveLength(edges.length);
  expect(summary).toEqual(summary.map(({ edge }) => ({ edge, failed: 0, failures: [] })));
}

/** The failed requests of all edges. */
export function failedOf(counts: readonly EdgeCounts[]): number {
  return counts.reduce((total, { failed }) => total + failed, 0);
}

function print(counts: EdgeCounts[], began: number): void {
  const seconds = Math.round((Date.now() - began) / 1000);
  for (const { mesh, host, kinds } of counts) {
    const of = kinds.map((kind) => `${kind.kind} ${kind.sent} sent, ${kind.failed} failed`);
    process.stderr.write(`load: ${mesh} -> ${host} in ${seconds} s: ${of.join("; ")}\n`);
  }
}
