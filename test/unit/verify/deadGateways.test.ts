import { judgeEdge } from "../../../verify/judgeEdge.ts";
import type { Evidence, Hello } from "../../../verify/evidence.ts";
import { table } from "../../../verify/report/table.ts";
import { edge, goodEvidence, reset, shows, unreachable } from "./fixtures.ts";

const north = { mesh: "north", address: "192.0.2.2", port: 15443 };
const twoOf = { ...edge, meshes: ["west", "north"], gateways: [...edge.gateways, north] };
const endpoint = (address: string, more: object = {}) => ({
  address,
  health: "HEALTHY",
  requests: 5,
  connections: 1,
  ...more,
});
const judged = (second: Hello, more: Partial<Evidence> = {}) =>
  judgeEdge(
    twoOf,
    {
      ...goodEvidence,
      published: undefined,
      endpoints: [endpoint("192.0.2.1:15443"), endpoint("192.0.2.2:15443", { connections: 0 })],
      hellos: [shows(), { ...second, ...north } as Hello],
      ...more,
    },
    [],
  );
const client = (connects: boolean) => ({ fromClient: { "192.0.2.2:15443": connects } });

test.each<{ what: string; hello: Hello; more?: Partial<Evidence>; says: RegExp }>([
  {
    what: "that neither side reaches",
    hello: unreachable,
    more: client(false),
    says: /neither this machine \(ECONNREFUSED\) nor the client/,
  },
  { what: "that breaks off the name", hello: reset, says: /breaks off a ClientHello/ },
  {
    what: "that outlier detection has ejected",
    hello: unreachable,
    more: {
      ...client(true),
      endpoints: [endpoint("192.0.2.1:15443"), endpoint("192.0.2.2:15443", { health: "failed_outlier_check" })],
    },
    says: /failed_outlier_check/,
  },
  {
    what: "to which every connection failed",
    hello: unreachable,
    more: {
      ...client(true),
      endpoints: [endpoint("192.0.2.1:15443"), endpoint("192.0.2.2:15443", { failures: 3, connections: 0 })],
    },
    says: /3 failed connections/,
  },
])("one of two gateways $what leaves the import degraded", ({ hello, more, says }) => {
  const result = judged(hello, more);
  expect([result.good, result.degraded, result.broken]).toEqual([false, true, undefined]);
  expect(result.problems).toEqual([expect.stringMatching(says)]);
  expect(result.problems[0]).toContain("192.0.2.2:15443 of north");
  expect(table([result], [], [], false)).toMatch(/ DEGRADED /);
});

test.each<{ what: string; hello: Hello; more?: Partial<Evidence> }>([
  { what: "shows its certificate", hello: shows() },
  { what: "is out of this machine's reach alone", hello: unreachable, more: client(true) },
  {
    what: "cannot be asked by a client whose sidecar blocks the unknown",
    hello: unreachable,
    more: { ...client(false), blocksUnknown: true },
  },
])("no alarm while the other gateway $what", ({ hello, more }) => {
  expect(judged(hello, more)).toMatchObject({ good: true, degraded: false });
});
