import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import * as library from "../../../components/index.ts";
import type { FederationObject } from "../../../federation/objects/federationObject.ts";
import { named, record } from "./graph.ts";

/** An output that is unknown in a preview, as any type. */
type Unknown = pulumi.Output<any>;

const port = (u: Unknown) => ({ name: u, number: u, protocol: u });
const gateway = (u: Unknown) => ({ mesh: u, address: u, network: u, locality: u });
const imported = (u: Unknown) => ({
  ...{ importName: u, exportedHost: u, namespace: u, ports: u, subjectAltNames: u },
});

/** Of an import that needs no rule, and is to have none where it needs none. */
const plain = (u: Unknown) => ({
  ...imported(u),
  ...{ exportedHost: "a.b", host: "a.b", subsets: [], gateways: [gateway(u)] },
  destinationRule: "whenNeeded" as const,
});

/** Each component with outputs for all arguments that may be outputs, and how many resources it registers. */
const cases: [string, number, (u: Unknown) => pulumi.Resource][] = [
  [
    "EastWestGateway",
    4,
    (u) =>
      new library.EastWestGateway("x", {
        ...{ network: u, labels: u, gatewayName: u, chart: u, port: u, profile: u, revision: u, values: u },
        createNamespace: true,
      }),
  ],
  [
    "FederatedMesh",
    4,
    (u) =>
      new library.FederatedMesh("x", {
        ...{
          meshName: u,
          istioVersion: u,
          roots: u,
          gatewayAddresses: u,
          gateways: [{ address: u, port: u }],
          peers: u,
          teams: u,
        },
        exports: {
          y: { namespace: u, service: u, ports: [port(u)], selector: u, serviceAccounts: u, to: u, callers: u },
        },
      }),
  ],
  [
    "FederatedExport",
    3,
    (u) =>
      new library.FederatedExport("x", {
        ...{ mesh: u, exportName: u, namespace: u, service: u, ports: u, selector: u, to: u, team: u },
      }),
  ],
  [
    "FederatedImport",
    3,
    (u) => new library.FederatedImport("x", { mesh: u, from: { west: u }, exportName: u, visibleTo: u, team: u }),
  ],
  ["ExistingCluster", 2, (u) => new library.ExistingCluster("x", { kubeconfig: u, context: u })],
  ["ExportGuard", 2, (u) => new library.ExportGuard("x", { mesh: u, peers: u, command: u })],
  [
    "ExportedService",
    5,
    (u) =>
      new library.ExportedService("x", {
        exportName: u,
        namespace: u,
        service: u,
        host: u,
        ports: [port(u)],
        selector: u,
        to: u,
        callers: u,
        subsets: [{ name: u, labels: u }],
        trustDomain: u,
        peerTrustDomains: u,
        acceptedTrustDomains: u,
      }),
  ],
  [
    "Quarantine",
    2,
    (u) => new library.Quarantine("x", { mesh: u, trustDomains: u, trustDomain: u, istioMinor: u, rootNamespace: u }),
  ],
  ["ImportedService", 3, (u) => new library.ImportedService("x", { ...imported(u), gateways: u })],
  ["ImportedService without a rule", 2, (u) => new library.ImportedService("x", plain(u))],
  ...(
    [
      ["two gateways", (u) => ({ gateways: [gateway(u), gateway(u)] })],
      ["gateways that are an output", (u) => ({ gateways: u })],
      ["another host", () => ({ host: "c.d" })],
      ["a host that is an output", (u) => ({ host: u })],
      ["an exporter's host that is an output", (u) => ({ exportedHost: u })],
      ["subsets", () => ({ subsets: ["v1"] })],
      ["subsets that are an output", (u) => ({ subsets: u })],
      ["a load balancer", (u) => ({ loadBalancer: u })],
      ["outlier detection", (u) => ({ outlierDetection: u })],
      ["a rule in any case", () => ({ destinationRule: "always" })],
    ] satisfies [string, (u: Unknown) => Partial<library.ImportedServiceArgs>][]
  ).map(([what, more]): [string, number, (u: Unknown) => pulumi.Resource] => [
    `ImportedService with ${what}`,
    3,
    (u) => new library.ImportedService("x", { ...plain(u), ...more(u) }),
  ]),
  [
    "ImportedService with routes",
    4,
    (u) => new library.ImportedService("x", { ...imported(u), gateways: u, connectionPool: u, timeout: u }),
  ],
  [
    "blended ImportedService",
    6,
    (u) =>
      new library.ImportedService("x", {
        ...imported(u),
        gateways: [gateway(u), gateway(u)],
        blendLabels: u,
        blendServiceAccounts: [u, u],
      }),
  ],
  [
    "ImportVerification",
    2,
    (u) =>
      new library.ImportVerification("x", {
        mesh: u,
        stack: u,
        trustDomain: u,
        imported: u,
        kubeconfig: u,
        command: u,
      }),
  ],
  [
    "IstioInstall",
    5,
    (u) => new library.IstioInstall("x", { network: u, ca: u, baseChart: u, istiodChart: u, istiodValues: u }),
  ],
  [
    "KindCluster",
    5,
    (u) =>
      new library.KindCluster("x", {
        clusterName: u,
        podSubnet: u,
        serviceSubnet: u,
        nodeImage: u,
        kubernetesVersion: u,
        region: u,
        zone: u,
      }),
  ],
  ["LoadBalancer", 5, (u) => new library.LoadBalancer("x", { pools: u, chart: u, chartRepository: u, values: u })],
  ["CaRequest", 3, (u) => new library.CaRequest("x", { mesh: u, organization: u, rsaBits: u })],
  ["MeshTrust", 3, (u) => new library.MeshTrust("x", { requests: u, commonName: u, rsaBits: u, validityHours: u })],
  ["TrustAnchors", 2, (u) => new library.TrustAnchors("x", { mesh: u, peers: u })],
  ["SampleApplication", 5, (u) => new library.SampleApplication("x", { kind: u, image: u })],
  ["StrictMtls", 2, (u) => new library.StrictMtls("x", { rootNamespace: u })],
];

describe("the component library", () => {
  test.each(cases)("previews %s with unknown arguments", async (_, count, create) => {
    const { resources } = await record(
      () => void create(new command.local.Command("unknown", { create: ":" }).stdout as Unknown),
      { preview: true },
    );
    expect(resources.filter((r) => r.name === "x" || r.name.startsWith("x-"))).toHaveLength(count);
  });

  test("loads in another directory", () => {
    const url = pathToFileURL(join(import.meta.dirname, "..", "..", "..", "components", "index.ts")).href;
    const script = `import(${JSON.stringify(url)}).then((all) => console.log(Object.keys(all).sort().join(" ")))`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", script], { cwd: tmpdir(), encoding: "utf8" });
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(stdout.trim().split(" ")).toEqual(Object.keys(library).sort());
  });
});

describe("ImportedService", () => {
  const args = {
    importName: "a",
    exportedHost: "a.mesh.global",
    namespace: "a",
    ports: [{ name: "http", number: 80, protocol: "HTTP" as const }],
    subjectAltNames: ["spiffe://b/ns/a/sa/a"],
    gateways: [{ mesh: "b", address: "192.0.2.1", weight: 3, network: "b", locality: "b/b" }],
  };

  test("writes the user's settings into its objects, and lists the VirtualService", async () => {
    const graph = await record(async () => {
      const { objects } = new library.ImportedService("x", {
        ...args,
        connectionPool: { tcp: { maxConnections: 10 } },
        outlierDetection: { consecutive5xxErrors: 7 },
        retries: { attempts: 3 },
      });
      return new Promise<FederationObject[]>((resolve) => objects.apply(resolve));
    });
    expect(named(graph, "x-rule").inputs.spec.trafficPolicy).toMatchObject({
      connectionPool: { tcp: { maxConnections: 10 } },
      outlierDetection: { consecutive5xxErrors: 7 },
    });
    expect(named(graph, "x-entry").inputs.spec.endpoints).toMatchObject([{ weight: 3 }]);
    expect(named(graph, "x-routes").inputs.spec.http).toMatchObject([{ retries: { attempts: 3 } }]);
    expect(graph.result.map(({ kind }) => kind)).toEqual(["DestinationRule", "ServiceEntry", "VirtualService"]);
  });
});

describe("ExportedService", () => {
  const args = { exportName: "a", namespace: "a", service: "a", ports: [], to: ["b"], callers: ["c/c"] };

  test("denies callers by the list of their mesh", async () => {
    const graph = await record(
      () =>
        void new library.ExportedService("x", {
          ...args,
          ports: [{ name: "http", number: 80, protocol: "HTTP" }],
          serviceAccounts: ["a"],
          selector: { app: "a" },
          to: ["b", "d"],
          callers: [],
          callersByMesh: { b: ["c/c"], d: ["e/e"] },
          peerTrustDomains: { b: "b.local", d: "d.local" },
        }),
    );
    expect(named(graph, "x-policy").inputs.spec.rules).toMatchObject([
      { from: [{ source: { notPrincipals: ["b.local/ns/c/sa/c", "d.local/ns/e/sa/e"] } }] },
    ]);
  });

  test("rejects callers without a selector", async () => {
    await expect(record(() => void new library.ExportedService("x", args))).rejects.toMatchObject({
      code: "export-callers-without-selector",
    });
  });
});
