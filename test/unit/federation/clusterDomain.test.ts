import { parse } from "yaml";
import { planKnown } from "../../../components/planExportedService.ts";
import { liveFindings, servicesInvolved } from "../../../federation/checks/liveChecks.ts";
import type { LiveDomains } from "../../../federation/checks/liveCluster.ts";
import { domainInKubelet, domainInValues } from "../../../federation/checks/liveDomains.ts";
import { istiodValues } from "../../../federation/cluster/istioValues.ts";
import { clusterIdentifier, kindConfig } from "../../../federation/cluster/kindConfig.ts";
import { declaredMesh } from "../../../federation/config/declaredMesh.ts";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { parseContract } from "../../../federation/contract/contract.ts";
import { importDestinationRule, importServiceEntry } from "../../../federation/imports/importObjects.ts";
import { noPeerRules, peerRules } from "../../../federation/imports/peerRules.ts";
import { resolveImports, type ResolvedImport } from "../../../federation/imports/resolveImports.ts";
import { identityOf } from "../../../federation/planFederation.ts";
import { anExport, anImport, contract, identity, peersOf, smallestExport } from "./fixtures.ts";
import { kind } from "./readMeshConfigCases.ts";

const corp = "corp.example";
const host = `httpbin.httpbin.svc.${corp}`;
const existing = {
  cluster: { provider: "existing", kubeconfigPath: "x" },
  istio: { provider: "existing", version: "1.31.0" },
};
const read = (raw: object, stack = "west", siblings: object[] = []) =>
  readMeshConfig({ ...existing, ...raw }, stack, releaseSources, siblings as never);

/** What a mesh of another cluster domain publishes. */
const west = (more: Record<string, unknown> = {}, published = corp) =>
  contract("west", [anExport(more, "cluster.local", corp)], { mesh: identity("west", { clusterDomain: published }) });

const code = (error: unknown): string[] => (error as { details: { code: string }[] }).details.map((d) => d.code);

describe("a mesh of another cluster domain", () => {
  const exporting = { mesh: { clusterDomain: corp }, gateway: { provider: "managed" }, peers: { east: {} } };
  const withHost = (name?: string, more: object = {}) => ({
    ...exporting,
    exports: [{ ...smallestExport, host: name, ...more }],
  });

  test("exports its Services by their own hosts, and publishes the domain", () => {
    const config = read(withHost());
    expect(config.exports).toMatchObject([{ host, meshNeutral: false }]);
    expect(identityOf(config, [], [], new Map()).clusterDomain).toBe(corp);
    expect(read(withHost(host)).exports).toMatchObject([{ host, meshNeutral: false }]);
  });

  test("has mesh-neutral hosts below the default domain, which need a selector", () => {
    const neutral = "httpbin.httpbin.svc.cluster.local";
    const selector = { app: "httpbin" };
    expect(read(withHost(neutral, { selector })).exports).toMatchObject([{ host: neutral, meshNeutral: true }]);
    expect(() => read(withHost(neutral))).toThrow(/exports\.0\.selector: must name .*mesh-neutral/);
  });

  test.each([
    { domain: corp, name: `other.httpbin.svc.${corp}` },
    { domain: "cluster.local", name: "other.httpbin.svc.cluster.local" },
  ])("does not export $name, the host of another Service", ({ domain, name }) => {
    const raw = { ...withHost(name, { selector: { app: "httpbin" } }), mesh: { clusterDomain: domain } };
    expect(() => read(raw)).toThrow(/exports\.0\.host: is the host of another Service/);
    const { name: exportName, ...args } = smallestExport;
    const known = { exportName, ...args, host: name, selector: { app: "httpbin" }, clusterDomain: domain } as never;
    const objects = { policy: true, serviceEntry: true, destinationRule: false };
    expect(() => planKnown(known, objects)).toThrow(/host of another Service.*\[export-invalid\]/);
  });

  test.each(["-", "corp_example", "a b", "CORP.example"])("refuses %p as a domain", (clusterDomain) => {
    expect(() => read({ mesh: { clusterDomain } })).toThrow(/mesh\.clusterDomain/);
    expect(() => west({}, clusterDomain)).toThrow(/mesh\.clusterDomain/);
  });

  test("tells a managed Istio and a KinD cluster, and changes no others", () => {
    const managed = (mesh: object, values: object = {}) =>
      read({ cluster: kind, istio: { provider: "managed", values }, mesh: { slot: 1, ...mesh } });
    const proxy = (mesh: object): unknown =>
      (istiodValues(managed(mesh), releaseSources)["global"] as Record<string, unknown>)["proxy"];
    expect(proxy({ clusterDomain: corp })).toMatchObject({ clusterDomain: corp });
    expect(proxy({ clusterDomain: "cluster.local" })).toEqual(proxy({}));
    expect(() => managed({}, { global: { proxy: { clusterDomain: corp } } })).toThrow(/Set mesh\.clusterDomain/);

    const spec = { ...kind, name: "west", nodeImage: "n", kubernetesVersion: "1.34.0", region: "r", zone: "z" };
    const { kubeadmConfigPatches: patches } = parse(kindConfig({ ...spec, clusterDomain: corp })) as {
      kubeadmConfigPatches: string[];
    };
    expect(patches.map((patch) => parse(patch) as object)).toEqual([
      { kind: "ClusterConfiguration", networking: { dnsDomain: corp } },
    ]);
    expect(clusterIdentifier({ ...spec, clusterDomain: corp })).not.toBe(clusterIdentifier(spec));
    expect(clusterIdentifier({ ...spec, clusterDomain: "cluster.local" })).toBe(clusterIdentifier(spec));
    expect(kindConfig({ ...spec, clusterDomain: "cluster.local" })).toBe(kindConfig(spec));
  });
});

describe("a contract", () => {
  test("without a cluster domain has the default one", () => {
    const { mesh, ...published } = contract("west", [anExport()]);
    const { clusterDomain: _domain, ...older } = mesh;
    expect(parseContract({ ...published, mesh: older }, "west").mesh.clusterDomain).toBe("cluster.local");
  });
});

describe("an import from a mesh of another cluster domain", () => {
  /** The import that east makes with these keys, or the codes of what is wrong. */
  function imported(
    published: ReturnType<typeof west>,
    { peer = {}, mesh = {}, spec = {}, siblings = [] as object[] },
  ): ResolvedImport | string[] {
    const config = read({ peers: { west: peer }, mesh }, "east", siblings);
    const rules = peerRules(config, siblings as never);
    try {
      const own = identityOf(config, [], [], new Map());
      return resolveImports([anImport(spec)], peersOf(published), own, rules).imports[0]!;
    } catch (error) {
      return code(error);
    }
  }

  test.each([
    { what: "this mesh states", options: { peer: { clusterDomain: corp } } },
    { what: "this mesh has, too", options: { mesh: { clusterDomain: corp } } },
    {
      what: "the peer's stack file declares",
      options: { siblings: [declaredMesh("west", { mesh: { clusterDomain: corp } })] },
    },
  ])("has the Service's own host where $what the domain", ({ options }) => {
    const found = imported(west(), options) as ResolvedImport;
    expect(importServiceEntry(found)!.spec.hosts).toEqual([host]);
    // The host is the exporter's, so that Istio's default SNI fits.
    expect(importDestinationRule(found)).toBeUndefined();
  });

  test("can have the host that users of this mesh expect, with the exporter's in the SNI", () => {
    const as = "httpbin.httpbin.svc.cluster.local";
    const found = imported(west(), { spec: { as } }) as ResolvedImport;
    expect(importServiceEntry(found)!.spec.hosts).toEqual([as]);
    expect(importDestinationRule(found)!.spec.trafficPolicy.portLevelSettings).toMatchObject([
      { tls: { sni: `outbound_.8000_._.${host}` } },
    ]);
  });

  test.each([
    { what: "that only the peer states", published: west(), options: {} },
    { what: "other than the stated one", published: west(), options: { peer: { clusterDomain: "other.example" } } },
    { what: "that the peer does not publish", published: west({}, "cluster.local"), options: {} },
    {
      what: "of this mesh, where the peer has another",
      published: west({}, "cluster.local"),
      options: { mesh: { clusterDomain: corp } },
    },
    {
      what: "of this mesh, in a namespace of this cluster",
      published: west({ namespace: "kube-system" }),
      options: { mesh: { clusterDomain: corp } },
    },
  ])("is refused with a host of a domain $what", ({ published, options }) => {
    expect(imported(published, options)).toEqual(["import-host-refused"]);
  });

  test("takes a system namespace of a domain that is the peer's alone", () => {
    const published = west({ namespace: "kube-system" });
    expect(imported(published, { peer: { clusterDomain: corp } })).toMatchObject({ namespace: "sleep" });
  });

  test("joins the local Service only by that Service's own host", () => {
    const blend = { visibleTo: ["*"], blend: { labels: { app: "httpbin" } } };
    expect(imported(west(), { spec: blend, peer: { clusterDomain: corp } })).toEqual(["blended-import-host"]);
    const local = { host: "httpbin.httpbin.svc.cluster.local", selector: { app: "httpbin" } };
    expect(imported(west(local), { spec: blend })).toMatchObject({ host: local.host, blended: true });
    expect(imported(west(), { spec: blend, mesh: { clusterDomain: corp } })).toMatchObject({ host, blended: true });
  });
});

describe("the cluster's own domain", () => {
  const own = identity("east", { clusterDomain: corp });
  const places = { rootNamespace: "istio-system", gatewayNamespace: "istio-system" };
  const found = (domain: string, object: string) => ({ domain, object });

  /** Codes of problems and warnings in a cluster with these domains. */
  function findings(domains: LiveDomains, exports: ReturnType<typeof anExport>[]): [string[], string[]] {
    const live = { services: [], rules: [], entries: [], accounts: new Map(), unread: [], domains };
    const plan = { imports: [], exports: exports.map((spec) => ({ spec })), identity: own };
    const { problems, warnings } = liveFindings(plan, live, places);
    const codes = (all: { code: string }[]) => all.map((f) => f.code).filter((c) => c === "live-cluster-domain");
    return [codes(problems), codes(warnings)];
  }
  const ofService = anExport({}, "cluster.local", corp);
  const neutral = anExport({ host: "x.mesh.global", selector: { app: "x" } }, "cluster.local", corp);
  const differs = ["live-cluster-domain"];

  test.each([
    { what: "nothing is read", domains: {}, exports: [ofService], expected: [[], []] },
    { what: "Istio agrees", domains: { istio: found(corp, "I") }, exports: [ofService], expected: [[], []] },
    { what: "Istio differs", domains: { istio: found("a.b", "I") }, exports: [ofService], expected: [differs, []] },
    {
      what: "Istio differs, and no export has a Service's host",
      domains: { istio: found("a.b", "I") },
      exports: [neutral],
      expected: [[], differs],
    },
    { what: "the nodes differ", domains: { nodes: found("a.b", "K") }, exports: [ofService], expected: [[], differs] },
    {
      what: "Istio agrees, and the nodes differ",
      domains: { istio: found(corp, "I"), nodes: found("a.b", "K") },
      exports: [ofService],
      expected: [[], []],
    },
  ])("is compared where $what", ({ domains, exports, expected }) => {
    expect(findings(domains, exports)).toEqual(expected);
  });

  test("tells which Service of this cluster an import's host is", () => {
    const { imports } = resolveImports([anImport()], peersOf(west()), own, { ...noPeerRules, ownDomain: corp });
    expect(servicesInvolved({ imports, exports: [], identity: own })).toEqual([
      { namespace: "httpbin", name: "httpbin" },
    ]);
    expect(servicesInvolved({ imports, exports: [], identity: identity("east") })).toEqual([]);
  });

  test.each([
    [{ global: { proxy: { clusterDomain: corp } } }, corp],
    [{ global: { proxy: { clusterDomain: "a b" } } }, undefined],
    [{ global: { proxy: 3 } }, undefined],
    [undefined, undefined],
  ])("is read from Istio's values %j", (values, expected) => {
    expect(domainInValues(values && JSON.stringify(values))).toBe(expected);
  });

  test.each([
    ["clusterDomain: corp.example", corp],
    ["clusterDomain: [x]", undefined],
    ["{{", undefined],
    [undefined, undefined],
  ])("is read from the kubelets' configuration %j", (kubelet, expected) => {
    expect(domainInKubelet(kubelet)).toBe(expected);
  });
});
