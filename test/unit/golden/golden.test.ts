import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLiveCluster } from "../../../kube/liveCluster.ts";
import type { FederationContract } from "../../../federation/contract/contract.ts";
import { core, edge, shop } from "./federation.ts";
import { committed, keys, meshGraph, trustGraph } from "./graph.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({ readLiveCluster: jest.fn() }));

const folder = join(import.meta.dirname, "..", "..", "golden");
/** The Services that the blended import and the exports need. */
const service = (namespace: string, name: string, port: [string, number, number][]) => ({
  namespace,
  name,
  selector: { app: name },
  ports: port.map(([portName, number, targetPort]) => ({ name: portName, number, targetPort })),
});
const live = {
  services: [
    service("httpbin", "httpbin", [["http", 8000, 8080]]),
    service("shop", "orders", [
      ["http", 8080, 8000],
      ["grpc", 9090, 9000],
    ]),
    service("shop", "stock", [["tcp", 6379, 6379]]),
  ],
  rules: [],
  entries: [],
  accounts: new Map(),
  unread: [],
};

beforeEach(() => {
  jest.spyOn(console, "warn").mockImplementation(() => undefined);
  jest
    .mocked(readLiveCluster)
    .mockReset()
    .mockResolvedValue({ ...live, services: [] });
});

/** Compares with the recorded file; `GOLDEN=write` records it. */
function expectGolden(name: string, value: unknown): void {
  const file = join(folder, `${name}.json`);
  const text = `${JSON.stringify(withoutCertificates(value), undefined, 2)}\n`;
  if (process.env["GOLDEN"] === "write" || !existsSync(file)) writeFileSync(file, text);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(file, "utf8")));
}

/** The value with the kind of each PEM text, and no fingerprints of certificates: keys are new in each process. */
function withoutCertificates(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replace(/-----BEGIN ([A-Z ]+)-----[^-]+-----END [A-Z ]+-----(\\n)?/g, "<$1>")
    .replace(/"[0-9a-f]{64}"/g, '"<sha256>"');
  return JSON.parse(text);
}

const contractOf = async (stack: string, raw: Record<string, unknown>, peers: Record<string, FederationContract>) =>
  (await meshGraph({ stack, config: keys(raw), peers })).contract!;

describe("the committed stacks", () => {
  test("trust", async () => expectGolden("trust", await trustGraph(committed("trust"))));

  test("west, before its CA is signed, created and in a preview", async () => {
    expectGolden("west-uncertified", await meshGraph({ stack: "west", config: committed("west"), certified: false }));
    expectGolden("west", await meshGraph({ stack: "west", config: committed("west") }));
    expectGolden("west-preview", await meshGraph({ stack: "west", config: committed("west"), preview: true }));
  });

  test("east, pending, created and in a preview", async () => {
    const peers = { west: (await meshGraph({ stack: "west", config: committed("west") })).contract! };
    expectGolden("east-pending", await meshGraph({ stack: "east", config: committed("east") }));
    expectGolden("east", await meshGraph({ stack: "east", config: committed("east"), peers }));
    expectGolden("east-preview", await meshGraph({ stack: "east", config: committed("east"), peers, preview: true }));
  });
});

describe("a federation with every kind of export and import", () => {
  test("three meshes", async () => {
    const inEdge = { ...live, services: live.services.filter((s) => s.name !== "stock") };
    jest
      .mocked(readLiveCluster)
      .mockImplementation(async (_text, _context, plan) =>
        plan.exports.some(({ spec }) => spec.to.includes("shop") && spec.to.length === 1) ? inEdge : live,
      );
    const ofCore = await contractOf("core", core, {});
    const ofEdge = await contractOf("edge", edge, { core: ofCore });
    const peers = { core: ofCore, edge: ofEdge };
    expectGolden("fixture-core", await meshGraph({ stack: "core", config: keys(core), peers: { edge: ofEdge } }));
    expectGolden("fixture-edge", await meshGraph({ stack: "edge", config: keys(edge), peers: { core: ofCore } }));
    expectGolden("fixture-shop", await meshGraph({ stack: "shop", config: keys(shop), peers }));
  });
});
