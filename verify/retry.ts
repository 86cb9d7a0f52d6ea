import { setTimeout as sleep } from "node:timers/promises";
import { NoAnswer } from "../kube/cluster.ts";

/** Milliseconds between two looks at the same. */
export const pause = 700;

/**
 * Looks, and once more where looking failed or what was seen does not tell: a connection may break, or be late on a
 * machine that is busy, and one such failure is no finding. A cluster that gave no answer in all its time is not waited
 * for again.
 * @param tells whether what was seen will do; default: whatever was seen
 */
export async function onceMore<T>(look: () => Promise<T>, tells: (seen: T) => boolean = () => true): Promise<T> {
  try {
    const seen = await look();
    if (tells(seen)) return seen;
  } catch (error) {
    if ((error as Error).cause instanceof NoAnswer) throw error;
  }
  await sleep(pause);
  return look();
}
