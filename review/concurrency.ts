import { inParallel } from "../workspace/inParallel.ts";

/** Does work on items side by side, two at a time: a preview keeps about one core busy, and CI machines have two. */
export function inTwos<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  return inParallel(items, 2, work);
}
