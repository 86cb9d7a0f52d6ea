import { inParallel } from "../kube/inParallel.ts";

/** Stacks that a review works on at the same time. A preview keeps about one core busy, and CI machines have two. */
const concurrency = 2;

/** Maps stacks in parallel, see {@link inParallel}. */
export function forEachStack<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  return inParallel(items, concurrency, work);
}
