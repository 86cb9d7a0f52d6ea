import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { quarantinePolicy } from "../../../../federation/trust/quarantinePolicy.ts";
import { ApiError } from "../../../../kube/errors.ts";
import type { KubeClient } from "../../../../kube/kubeClient.ts";
import type { QuarantineCall } from "../../../../verify/gather/quarantineCalls.ts";
import type { ClusterEvidence } from "../../../../verify/gather/quarantineEvidence.ts";
import { checkQuarantines } from "../../../../verify/negativeChecks/checkQuarantine.ts";
import { quarantineCheck } from "../../../../verify/negativeChecks/registry.ts";
import type { NegativeResult } from "../../../../verify/negativeChecks/result.ts";
import type { Mesh } from "../../../../workspace/meshes.ts";
import { contract, identity } from "../../federation/fixtures.ts";
import { pki } from "../../federation/trust/rotationFixtures.ts";
import { MeshServer } from "../../kube/meshServer.ts";

const mesh = (name: string, more: Partial<Mesh> = {}): Mesh => ({
  ...{ name, stack: name, importsFrom: [], fallbackClient: undefined, problem: undefined, cluster: undefined },
  contract: contract(name, [], {
    mesh: identity(name, { trustDomain: `${name}.local` }),
    gateways: [{ address: "192.0.2.2", port: 15443 }],
  }),
  ...more,
});
const quarantine = [{ mesh: "west", trustDomains: ["west.local"] }];
const east = (cluster: KubeClient | undefined, entries = quarantine): Mesh =>
  mesh("east", {
    cluster,
    contract: contract("east", [], {
      mesh: identity("east", { trustDomain: "east.local" }),
      gateways: [],
      quarantine: entries,
    }),
  });
const west = mesh("west");
const contracts = new Map([east(undefined), west].map(({ name, contract: published }) => [name, published!]));
const among = { contracts, callers: [west] };
const policy = quarantinePolicy("west", ["west.local"], { own: "east.local", literal: true }, "istio-system");

/** Evidence of one proxy that denies west. */
async function clean(): Promise<ClusterEvidence> {
  const { east: own } = await pki;
  const denials = new Map([["ns[istio-system]-policy[quarantine-west]-rule[0]", "spiffe://west.local/"]]);
  return {
    trust: [{ pod: "apps/a", takesBundle: true, bundle: [own.root], chain: own.chain }],
    traffic: [{ pod: "apps/a", endpoints: new Set(), denials }],
    policies: [policy],
    gateways: [],
  };
}
const check = (of: Mesh, seen: (() => Promise<ClusterEvidence>)[], calls: QuarantineCall[] = [], wait = 60_000) => {
  let read = 0;
  const results = checkQuarantines(quarantineCheck, of, among, wait, {
    cluster: () => seen[Math.min(read++, seen.length - 1)]!(),
    calls: async (from, to) => (expect([from.name, to]).toEqual(["west", "east"]), calls),
  });
  return results.then((all) => ({ results: all, read }));
};
const inCluster = {} as KubeClient;

describe("the checks of a mesh's quarantines", () => {
  test("are none without a quarantine", async () =>
    expect(await check(east(inCluster, []), [])).toEqual({ results: [], read: 0 }));

  test("are repeated until the peer is cut off", async () => {
    const late = async () => ({ ...(await clean()), policies: [] });
    expect(await check(east(inCluster), [late, clean])).toMatchObject({ results: [{ state: "passed" }], read: 2 });
    expect(await check(east(inCluster), [late], [], 0)).toMatchObject({ results: [{ state: "failed" }], read: 1 });
  });

  test("have a result for each peer", async () => {
    const both = east(inCluster, [...quarantine, { mesh: "north", trustDomains: ["north.local"] }]);
    expect((await check(both, [clean], [], 0)).results).toMatchObject([
      { name: "east: peer in quarantine west", state: "passed" },
      { name: "east: peer in quarantine north", state: "failed" },
    ]);
  });

  test("take an answer to a call from the peer for a failure", async () => {
    const calls: QuarantineCall[] = [{ call: "west <- east/x:80", outcome: "accepted", detail: "status 200" }];
    expect((await check(east(inCluster), [clean], calls, 0)).results).toMatchObject([{ state: "failed" }]);
  });

  test("are unknown without credentials, and where these may not list", async () => {
    expect(await check(east(undefined), [])).toMatchObject({
      results: [{ state: "unknown", remedy: expect.stringContaining("stack east") }],
      read: 0,
    });
    const refuses = () => Promise.reject(new ApiError(403, "may not list"));
    expect(await check(east(inCluster), [refuses])).toMatchObject({
      results: [{ state: "unknown", evidence: expect.stringContaining("may not list") }],
      read: 1,
    });
    await expect(check(east(inCluster), [() => Promise.reject(new Error("no route"))])).rejects.toThrow("no route");
  });
});

describe("the evidence of a cluster", () => {
  let server: MeshServer;
  afterEach(() => server.stop());

  const running = (name: string, more: object = {}) => ({
    metadata: { namespace: "apps", name },
    spec: { containers: [{ name: "istio-proxy" }] },
    status: { phase: "Running" },
    ...more,
  });
  const list = (...items: object[]) => ({ items });
  const listener = {
    name: "virtualInbound",
    active_state: {
      listener: {
        filter_chains: [
          {
            filters: [
              {
                typed_config: {
                  rules: {
                    action: "DENY",
                    policies: {
                      "ns[istio-system]-policy[quarantine-west]-rule[0]": { prefix: "spiffe://west.local/" },
                    },
                  },
                },
              },
            ],
          },
        ],
      },
    },
  };

  /** The result of an API server that lists these policies, and of proxies with these clusters. */
  async function result(policies: object[], clusters: string, without: string[] = []) {
    const p = await pki;
    const base64 = (pem: string) => ({ inline_bytes: Buffer.from(pem).toString("base64") });
    const secrets = [
      { name: "default", tls_certificate: { certificate_chain: base64(p.east.chain.map(({ pem }) => pem).join("")) } },
      { name: "ROOTCA", validation_context: { trusted_ca: base64(p.east.root.pem) } },
    ];
    server = await MeshServer.start(
      [running("a"), running("gateway"), running("ended", { status: { phase: "Succeeded" } })],
      {
        "/apis/security.istio.io/v1/authorizationpolicies": list(...policies),
        "/apis/networking.istio.io/v1/gateways": list(),
      },
      (pod, path) => {
        if (without.includes(pod)) return undefined;
        if (path === "clusters") return clusters;
        const secret = { configs: secrets.map((entry) => ({ secret: entry })) };
        return JSON.stringify(
          path.includes("secrets")
            ? secret
            : { configs: pod === "gateway" || !path.includes("virtualInbound") ? [] : [listener] },
        );
      },
    );
    // Kubernetes' client library for commands in pods does not load inside Jest.
    const program = join(import.meta.dirname, "printQuarantines.ts");
    const args = [program, server.kubeconfig, JSON.stringify([...contracts.values()])];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return (JSON.parse(stdout) as NegativeResult[])[0];
  }
  const at = (address: string) => `outbound|80||a::${address}::health_flags::healthy`;

  test("is that of every proxy that runs", async () => {
    expect(await result([policy], at("192.0.2.9:15443"))).toMatchObject({
      state: "passed",
      control: "2 proxies read",
    });
  });

  test("shows what is left", async () => {
    expect(await result([policy], at("192.0.2.2:15443"))).toMatchObject({
      state: "failed",
      evidence: expect.stringContaining("192.0.2.2:15443 in apps/a, 192.0.2.2:15443 in apps/gateway"),
    });
  });

  test("shows a policy that is gone, and a proxy that cannot be read", async () => {
    expect(await result([], at("192.0.2.9:15443"))).toMatchObject({ state: "failed" });
    await server.stop();
    expect(await result([policy], at("192.0.2.9:15443"), ["gateway"])).toMatchObject({
      state: "unknown",
      control: "1 proxies read",
    });
  });
});
