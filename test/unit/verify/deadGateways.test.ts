import { checkEdge } from "../../../verify/checkEdge.ts";
import type { Evidence, ClientHelloResult } from "../../../verify/evidence.ts";
import { table } from "../../../verify/report/table.ts";
import { edge, passingEvidence, reset, shows, unreachable } from "./fixtures.ts";

const north = { mesh: "north", address: "192.0.2.2", port: 15443 };
const twoOf = { ...edge, meshes: ["west", "north"], gateways: [...edge.gateways, north] };
const endpoint = (address: string, more: object = {}) => ({
  address,
  health: "HEALTHY",
  requests: 5,
  connections: 1,
  ...more,
});
const check = (second: ClientHelloResult, more: Partial<Evidence> = {}) =>
  checkEdge(
    twoOf,
    {
      ...passingEvidence,
      published: undefined,
      endpoints: [endpoint("192.0.2.1:15443"), endpoint("192.0.2.2:15443", { connections: 0 })],
      clientHellos: [shows(), { ...second, ...north } as ClientHelloResult],
      ...more,
    },
    [],
  );
const client = (connects: boolean) => ({ fromClient: { "192.0.2.2:15443": connects } });

describe("an import with two gateways", () => {
  test.each<{ what: string; hello: ClientHelloResult; more?: Partial<Evidence>; says: RegExp }>([
    {
      what: "that neither side reaches",
      hello: unreachable,
      more: client(false),
      says: /neither this machine \(ECONNREFUSED\) nor the client gets/,
    },
    { what: "that resets the name", hello: reset, says: /resets a ClientHello/ },
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
      what: "with failed connections alone",
      hello: unreachable,
      more: {
        ...client(true),
        endpoints: [endpoint("192.0.2.1:15443"), endpoint("192.0.2.2:15443", { failures: 3, connections: 0 })],
      },
      says: /3 failed connections/,
    },
  ])("is degraded with one $what", ({ hello, more, says }) => {
    const result = check(hello, more);
    expect([result.passed, result.degraded, result.failedHop]).toEqual([false, true, undefined]);
    expect(result.problems).toEqual([
      {
        code: "edge-gateway-dead",
        subject: "gateway 192.0.2.2:15443 of north",
        problem: expect.stringMatching(says),
        remedy: expect.stringContaining("north"),
      },
    ]);
    const report = { edges: [result], negativeChecks: [], unreachable: [], notCalled: [], pending: [] };
    expect(table(report, false)).toMatch(/ DEGRADED /);
  });

  test.each<{ what: string; hello: ClientHelloResult; more?: Partial<Evidence> }>([
    { what: "shows its certificate", hello: shows() },
    { what: "is unreachable for this machine alone", hello: unreachable, more: client(true) },
    {
      what: "is tried by a client whose sidecar blocks unknown hosts",
      hello: unreachable,
      more: { ...client(false), blocksUnknownHosts: true },
    },
  ])("passes while the other $what", ({ hello, more }) => {
    expect(check(hello, more)).toMatchObject({ passed: true, degraded: false });
  });
});
