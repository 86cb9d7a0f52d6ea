import type { Mesh } from "../../../../workspace/meshes.ts";
import type { GatewayAddress } from "../../../../verify/edge.ts";
import type { ClientHelloResult } from "../../../../verify/evidence.ts";
import { exportersOf, type Exporter } from "../../../../verify/negativeChecks/exporters.ts";
import { undeclaredPortCheck } from "../../../../verify/negativeChecks/registry.ts";
import { runNegativeChecks } from "../../../../verify/negativeChecks/run.ts";
import { chainsOf, checkUndeclaredPorts } from "../../../../verify/negativeChecks/undeclaredPort.ts";
import { anExport, contract } from "../../federation/fixtures.ts";
import { clusterOf, edge, exportOf, gatewayPod, reset, shows, unreachable } from "../fixtures.ts";

const host = edge.exportedHost;
const sniOf = (port: number, subset = "") => `outbound_.${port}_.${subset}_.${host}`;
const exporter: Exporter = {
  mesh: "west",
  gateways: edge.gateways,
  hosts: [{ host, service: { namespace: "httpbin", name: "httpbin" }, ports: [8000], subsets: ["v1"] }],
  cluster: undefined,
  seenFrom: "east",
};
const service = (...ports: { port: number; protocol?: string }[]) => ({
  metadata: { namespace: "httpbin", name: "httpbin" },
  spec: { ports },
});

/** West's cluster, with these ports of the Service, and these names of the gateway's filter chains. */
const cluster = (ports: { port: number; protocol?: string }[], names: string[]) => {
  const listener = { filter_chains: names.map((name) => ({ filter_chain_match: { server_names: [name] } })) };
  return clusterOf({
    gateways: [exportOf(host)],
    pods: [gatewayPod("gw")],
    services: [service(...ports)],
    dumps: { gw: { configs: [{ name: "l", active_state: { listener } }] } },
  });
};

/** Runs the check at a gateway that gives these results, by SNI; any other name is reset. */
async function check(of: Exporter, results: Record<string, ClientHelloResult>) {
  const tried: string[] = [];
  const send = async (_: GatewayAddress, sni: string) => (tried.push(sni), results[sni] ?? reset);
  return { ...(await checkUndeclaredPorts(undeclaredPortCheck, of, send)), tried };
}

const exported = { [sniOf(8000)]: shows() };
const ports = [{ port: 8000 }, { port: 9090, protocol: "TCP" }, { port: 53, protocol: "UDP" }];

describe("other ports and subsets of exported hosts", () => {
  test.each([
    {
      what: "passes where the gateway refuses each other TCP port of the Service",
      of: { ...exporter, cluster: cluster(ports, [sniOf(8000), sniOf(8000, "v1")]) },
      results: exported,
      wanted: { state: "passed", control: "1 exported names accepted", tried: [8000, 9090].map((p) => sniOf(p)) },
    },
    {
      what: "fails where the gateway accepts one",
      of: { ...exporter, cluster: cluster(ports, [sniOf(8000)]) },
      results: { ...exported, [sniOf(9090)]: shows() },
      wanted: { state: "failed", evidence: expect.stringContaining(`accepts ${host}:9090, which`) },
    },
    {
      what: "fails for a filter chain, whatever answers behind it",
      of: { ...exporter, cluster: cluster([{ port: 8000 }], [sniOf(8000), sniOf(9999), sniOf(8000, "v2")]) },
      results: exported,
      wanted: {
        state: "failed",
        evidence: expect.stringContaining(`${host}:9999, ${host}:8000 subset v2, which`),
        seenFrom: "west",
      },
    },
    {
      what: "tries usual ports where the cluster cannot be read",
      of: exporter,
      results: exported,
      wanted: {
        state: "passed",
        seenFrom: "east",
        tried: [8000, 80, 443, 8080, 9090, 9901, 15020].map((p) => sniOf(p)),
      },
    },
    {
      what: "fails for a usual port that is accepted, and never for an exported one",
      of: { ...exporter, hosts: [{ ...exporter.hosts[0]!, ports: [8000, 8080] }] },
      results: { ...exported, [sniOf(8080)]: shows(), [sniOf(15020)]: shows() },
      wanted: { state: "failed", evidence: expect.stringContaining(`accepts ${host}:15020, which`) },
    },
    {
      what: "is unknown where the exported name is refused, too",
      of: exporter,
      results: {},
      wanted: { state: "unknown", control: "none: no exported name is accepted", tried: [sniOf(8000)] },
    },
    {
      what: "is unknown where there is no connection for another port",
      of: exporter,
      results: { ...exported, [sniOf(443)]: unreachable },
      wanted: { state: "unknown", evidence: expect.stringContaining("no connection for port 443") },
    },
    {
      what: "passes by the filter chains alone where this machine has no connection",
      of: { ...exporter, cluster: cluster(ports, [sniOf(8000)]) },
      results: { [sniOf(8000)]: unreachable },
      wanted: { state: "passed", control: "1 gateway pods read" },
    },
    {
      what: "is unknown where the gateway's chains lack the exported name as well",
      of: { ...exporter, cluster: cluster(ports, []) },
      results: {},
      wanted: { state: "unknown" },
    },
  ])("$what", async ({ of, results, wanted }) => {
    expect(await check(of, results)).toMatchObject({ code: "negative-undeclared-port", mesh: "west", ...wanted });
  });

  test("are read from SNI names of exported hosts only", () => {
    const hosts = [{ ...exporter.hosts[0]!, ports: [8000, 9000] }];
    const names = [sniOf(9000), sniOf(9000, "v1"), "outbound_.1_._.other.host", "tcp.example", sniOf(1, "v1")];
    expect(chainsOf(names, hosts)).toEqual({ exported: new Set([host]), undeclared: [`${host}:1 subset v1`] });
  });
});

describe("the exporters to check", () => {
  test("are checked in a run, without any edge", async () => {
    const published = contract("west", exports, { gateways: [{ address: "127.0.0.1", port: 1 }] });
    const meshes = [mesh("west", { contract: published, cluster: cluster(ports, [sniOf(8000), sniOf(1)]) })];
    const { results, unreachable: lost } = await runNegativeChecks([], meshes, 0);
    expect(lost).toEqual([]);
    expect(results.find((r) => r.check === "undeclared-port")).toMatchObject({
      state: "failed",
      evidence: expect.stringContaining(`${host}:1, which`),
    });
  });

  const exports = [
    anExport(),
    anExport({ name: "metrics", ports: [{ name: "m", number: 9090, protocol: "HTTP" }], subsets: [{ name: "v1" }] }),
  ];
  const west = contract("west", exports);
  const mesh = (name: string, more: Partial<Mesh>): Mesh => ({
    name,
    stack: name,
    importsFrom: [],
    contract: undefined,
    cluster: undefined,
    fallbackClient: undefined,
    problem: undefined,
    ...more,
  });
  const access = { own: {} as never, peers: new Map(), contracts: new Map(), issuers: {} };

  test("have each host once, with the ports and subsets of all its exports", () => {
    const tasks = [{ edge, access: { ...access, contracts: new Map([["west", west]]) } }];
    expect(exportersOf(tasks, [])).toEqual([
      {
        mesh: "west",
        gateways: [{ mesh: "west", ...west.gateways[0]! }],
        hosts: [{ host, service: { namespace: "httpbin", name: "httpbin" }, ports: [8000, 9090], subsets: ["v1"] }],
        cluster: undefined,
        seenFrom: "east",
      },
    ]);
  });

  test("are known by their edges where there is no contract", () => {
    const other = { ...edge, port: { ...edge.port, number: 9090 }, subsets: ["v1"] };
    expect(
      exportersOf(
        [
          { edge, access },
          { edge: other, access },
        ],
        [],
      ),
    ).toMatchObject([
      {
        mesh: "west",
        gateways: edge.gateways,
        hosts: [{ host, service: undefined, ports: [8000, 9090], subsets: ["v1"] }],
      },
    ]);
  });

  test("are meshes that no edge imports from only where their cluster can be read", () => {
    const readable = {} as never;
    const meshes = [
      mesh("west", { contract: west, cluster: readable }),
      mesh("north", { contract: contract("north", exports) }),
      mesh("south", { contract: contract("south"), cluster: readable }),
      mesh("down", { cluster: readable }),
    ];
    expect(exportersOf([], meshes).map((e) => [e.mesh, e.cluster, e.seenFrom])).toEqual([["west", readable, "west"]]);
  });
});
