/** What the official plugin's client takes for the one of the two that is not set. */
const defaults = { qps: 50, burst: 120 };

/**
 * How long to wait, in milliseconds, before the next request that comes at `now`, so that at most `burst` go at once
 * and `qps` a second in the long run. Nobody waits where neither is set.
 */
export function rateLimit({ qps, burst }: { qps?: number; burst?: number }): (now: number) => number {
  if (qps === undefined && burst === undefined) return () => 0;
  const interval = 1000 / (qps ?? defaults.qps);
  const ahead = ((burst ?? defaults.burst) - 1) * interval;
  let due = -Infinity;
  return (now) => {
    const wait = Math.max(0, due - ahead - now);
    due = Math.max(due, now) + interval;
    return wait;
  };
}
