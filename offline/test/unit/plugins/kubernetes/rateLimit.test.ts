import { rateLimit } from "../../../../plugins/kubernetes/rateLimit.ts";

test.each<[string, { qps?: number; burst?: number }, number[], number[]]>([
  ["nobody waits without a limit", {}, [0, 0, 0], [0, 0, 0]],
  ["a burst goes at once, the rest at the rate", { qps: 10, burst: 2 }, [0, 0, 0, 0], [0, 0, 100, 200]],
  ["who comes later waits less", { qps: 10, burst: 1 }, [0, 30, 500], [0, 70, 0]],
  ["a pause gives back no more than the burst", { qps: 10, burst: 2 }, [0, 10_000, 10_000, 10_000], [0, 0, 0, 100]],
  ["only one of both is set", { burst: 1 }, [0, 0], [0, 20]],
])("%s", (_, limits, comes, waits) => {
  const delay = rateLimit(limits);
  expect(comes.map((now) => Math.round(delay(now)))).toEqual(waits);
});
