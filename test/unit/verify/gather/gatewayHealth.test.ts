import { gatewayProblems, readGatewayHealth } from "../../../../verify/gather/gatewayHealth.ts";
import { overlappingGateways } from "../../../../verify/gather/overlappingGateways.ts";
import { readPeerSide } from "../../../../verify/gather/peerSide.ts";
import { contract } from "../../federation/fixtures.ts";
import { edge, rejectedDump, gatewayPod, crossNetwork, exportOf, clusterOf } from "../fixtures.ts";

const rejected = { name: "0.0.0.0_15443", details: "multiple filter chains \\u{1b}", active: true };

describe("the health of the gateway that exports use", () => {
  test("has its Deployment, pods, rejected listeners and overlapping Gateway objects", async () => {
    const cluster = clusterOf({
      gateways: [exportOf(edge.exportedHost), crossNetwork],
      pods: [gatewayPod("gw-1"), gatewayPod("gw-2", { ready: false })],
      dumps: { "gw-1": rejectedDump(true), "gw-2": rejectedDump(false) },
    });
    const health = await readGatewayHealth(cluster);
    expect(health).toEqual([
      {
        gateway: "Deployment istio-system/eastwest",
        pods: [
          { name: "istio-system/gw-1", ready: true, created: Date.parse("2026-06-01T00:00:00Z") },
          { name: "istio-system/gw-2", ready: false, created: Date.parse("2026-06-01T00:00:00Z") },
        ],
        proxies: [
          { rejected: [{ ...rejected, active: false }], warming: [] },
          { rejected: [rejected], warming: [] },
        ],
        overlapping: ["Gateway istio-system/cross-network-gateway (*.local)"],
      },
    ]);
    const problems = gatewayProblems(health[0]!);
    expect(problems).toEqual([
      expect.stringMatching(
        /rejects .*0\.0\.0\.0_15443 .*keeps .*multiple filter chains.*cross-network-gateway \(\*\.local\)/,
      ),
      expect.stringMatching(/1 of 2 pods ready/),
    ]);
    expect(problems.join()).not.toContain("\u001b");
  });

  test.each([
    { what: "without Gateway objects and pods", gateways: [], pods: [], problems: [] },
    { what: "with Gateway objects of others only", gateways: [crossNetwork], pods: [], problems: [] },
    { what: "without Gateway objects", gateways: [], pods: [gatewayPod("gw")], problems: [[]] },
    {
      what: "whose pod is about to end",
      gateways: [exportOf("a.b")],
      pods: [gatewayPod("old", { ending: true, ready: false }), gatewayPod("gw")],
      problems: [[]],
    },
    { what: "without a pod", gateways: [exportOf("a.b")], pods: [], problems: [[expect.stringMatching(/has no pod/)]] },
    {
      what: "whose only pod does not start",
      gateways: [exportOf("a.b")],
      pods: [gatewayPod("gw", { ready: false, phase: "Pending" })],
      problems: [[expect.stringMatching(/^Deployment istio-system\/eastwest has 0 of 1 pods ready\. /)]],
    },
  ])("of a mesh $what", async ({ gateways, pods, problems }) => {
    const health = await readGatewayHealth(clusterOf({ gateways, pods, dumps: {} }));
    expect(health.map(gatewayProblems)).toEqual(problems);
  });

  test("names a listener that waits", async () => {
    const pods = [gatewayPod("gw", { ready: false })];
    const dumps = { gw: { configs: [{ name: "0.0.0.0_15443", warming_state: {} }] } };
    const [health] = await readGatewayHealth(clusterOf({ gateways: [exportOf("a.b")], pods, dumps }));
    expect(gatewayProblems(health!)).toEqual([expect.stringMatching(/0 of 1 .*0\.0\.0\.0_15443 waits/)]);
  });
});

describe("overlapping Gateway objects", () => {
  const at = (port: number) => ({
    ...crossNetwork,
    spec: { ...crossNetwork.spec, servers: [{ port: { number: port }, hosts: ["ns/*.b", "c.d"] }] },
  });
  const own = exportOf("a.b");
  test.each([
    { what: "another port", objects: [own, at(443)], found: [] },
    {
      what: "other pods",
      objects: [own, { ...at(15443), spec: { ...at(15443).spec, selector: { istio: "x" } } }],
      found: [],
    },
    { what: "another host", objects: [exportOf("a.c"), at(15443)], found: [] },
    {
      what: "a wildcard behind a namespace",
      objects: [own, at(15443)],
      found: [/cross-network-gateway \(ns\/\*\.b\)$/],
    },
    {
      what: "every host",
      objects: [own, { ...crossNetwork, spec: { servers: [{ port: { number: 15443 }, hosts: ["*"] }] } }],
      found: [/\(\*\)$/],
    },
    {
      what: "two of this project",
      objects: [own, { ...own, metadata: { ...own.metadata, name: "export-b" } }],
      found: [/export-x/, /export-b/],
    },
  ])("are found by port, pods and hosts: $what", ({ objects, found }) =>
    expect(overlappingGateways(objects, [gatewayPod("gw")])).toEqual(found.map((text) => expect.stringMatching(text))),
  );
});

describe("the exporting side of an edge", () => {
  test("has the listeners that any pod of its gateway rejects", async () => {
    const cluster = clusterOf({
      gateways: [exportOf(edge.exportedHost), crossNetwork],
      pods: [gatewayPod("gw", { ready: false })],
      dumps: { gw: rejectedDump(false) },
    });
    expect(await readPeerSide(cluster, contract("west"), edge)).toMatchObject({
      gatewayPods: { ready: 0, total: 1 },
      rejected: [{ ...rejected, active: false }],
      overlapping: ["Gateway istio-system/cross-network-gateway (*.local)"],
      chain: undefined,
    });
  });
});
