import { rateLimit } from "../../../../plugins/kubernetes/rateLimit.ts";

describe("the rate limit", () => {
  test.each<[string, { qps?: number; burst?: number }, number[], number[]]>([
    ["has no wait without a limit", {}, [0, 0, 0], [0, 0, 0]],
    ["sends a burst at once, the rest at the rate", { qps: 10, burst: 2 }, [0, 0, 0, 0], [0, 0, 100, 200]],
    ["has a shorter wait for a later request", { qps: 10, burst: 1 }, [0, 30, 500], [0, 70, 0]],
    ["restores no more than the burst in a pause", { qps: 10, burst: 2 }, [0, 10_000, 10_000, 10_000], [0, 0, 0, 100]],
    ["works with only one of both settings", { burst: 1 }, [0, 0], [0, 20]],
  ])("%s", (_, limits, comes, waits) => {
    const delay = rateLimit(limits);
    expect(comes.map((now) => Math.round(delay(now)))).toEqual(waits);
  });
});
