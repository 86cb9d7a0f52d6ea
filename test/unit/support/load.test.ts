import {
  countsLines,
  countsProblems,
  ratesOf,
  sumCounts,
  type GeneratorCounts,
  type KindCounts,
  type LoadEdge,
} from "../../e2e/support/load/plan.ts";

const edge: LoadEdge = { mesh: "east", host: "echo.apps.svc.cluster.local", ports: { http: 8000, tcp: 9001 } };

/** Counts of a generator that answered everything for 60 s, except for what `change` says. */
function counted(change: (kinds: KindCounts[]) => void = () => undefined): GeneratorCounts {
  const kinds = ratesOf(edge, 20).map((rate): KindCounts => {
    const sent = rate.rate * 60;
    const ends = { failures: [], last: null, lastAnswer: null };
    return { ...rate, sent, answered: sent, failed: 0, connections: 1, slowest: 0.1, ...ends };
  });
  change(kinds);
  return { run: "this", state: "ended", seconds: 60, cpuSeconds: 2, edges: [{ host: edge.host, waitsFor: [], kinds }] };
}

const problems = (counts: GeneratorCounts, seconds = 60) => countsProblems("this", [edge], 20, counts, seconds);

describe("the plan of a load", () => {
  test("half of the requests go over fresh connections, where there is a TCP port", () => {
    const rates = (ports: LoadEdge["ports"]) =>
      Object.fromEntries(ratesOf({ ...edge, ports }, 20).map((r) => [`${r.kind} ${r.port}`, r.rate]));
    expect(rates({ http: 8000, tcp: 9001 })).toEqual({ "tcp fresh 9001": 10, "tcp kept 9001": 5, "http kept 8000": 5 });
    expect(rates({ tcp: 9001 })).toEqual({ "tcp fresh 9001": 10, "tcp kept 9001": 10 });
    expect(rates({ http: 8000 })).toEqual({ "http kept 8000": 20 });
    expect(() => rates({})).toThrow("no port");
  });
});

describe("the counts of a load", () => {
  test("a complete run has no problem, with or without failures", () => {
    expect(problems(counted())).toEqual([]);
    const failing = counted(([fresh]) => Object.assign(fresh!, { answered: 0, failed: fresh!.sent }));
    expect(problems(failing)).toEqual([]);
    expect(sumCounts([edge], failing)).toMatchObject([{ mesh: "east", sent: 1200, answered: 600, failed: 600 }]);
  });

  test.each<[string, number, GeneratorCounts]>([
    ["another run", 60, { ...counted(), run: "other" }],
    ["a run that has not ended", 60, { ...counted(), state: "running" }],
    ["an edge that is missing", 60, { ...counted(), edges: [] }],
    ["another host", 60, { ...counted(), edges: counted().edges.map((e) => ({ ...e, host: "other" })) }],
    ["a kind that is missing", 60, counted((kinds) => kinds.pop())],
    ["nothing sent", 60, counted(([fresh]) => Object.assign(fresh!, { sent: 0, answered: 0 }))],
    ["nothing sent in no time", 0, counted(([fresh]) => Object.assign(fresh!, { sent: 0, answered: 0 }))],
    ["less than 80 % sent", 60, counted(([fresh]) => Object.assign(fresh!, { sent: 479, answered: 479 }))],
    ["a generator that stood still after a minute", 120, counted()],
    ["a request without an end", 60, counted(([fresh]) => (fresh!.answered -= 1))],
    ["no numbers", 60, counted(([fresh]) => Object.assign(fresh!, { sent: undefined }))],
  ])("never count as zero failures: %s", (_, seconds, counts) => {
    expect(problems(counts, seconds)).not.toEqual([]);
  });

  test("the lines have the sums, each kind, and the first failures with the last", () => {
    const failure = (second: number) => ({
      at: `2026-01-01T00:00:0${second}Z`,
      what: `reset ${second}`,
      seconds: second,
    });
    const counts = counted(([fresh]) =>
      Object.assign(fresh!, { answered: 595, failed: 5, failures: [1, 2, 3].map(failure), last: failure(5) }),
    );
    expect(countsLines(sumCounts([edge], counts))).toEqual([
      "load: east -> echo.apps.svc.cluster.local: 1200 sent, 1195 answered, 5 failed",
      "  tcp fresh :9001: 600 sent, 595 answered, 5 failed; 1 connections; slowest 0.1 s",
      "    2026-01-01T00:00:01Z reset 1 after 1 s",
      "    2026-01-01T00:00:02Z reset 2 after 2 s",
      "    2026-01-01T00:00:03Z reset 3 after 3 s",
      "    2026-01-01T00:00:05Z reset 5 after 5 s (the last)",
      "  tcp kept :9001: 300 sent, 300 answered, 0 failed; 1 connections; slowest 0.1 s",
      "  http kept :8000: 300 sent, 300 answered, 0 failed; 1 connections; slowest 0.1 s",
    ]);
  });
});
