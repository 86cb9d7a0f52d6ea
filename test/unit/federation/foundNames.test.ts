import fc from "fast-check";
import { defaultLocality, defaultNames } from "../../../federation/config/defaults.ts";
import type { SiblingMesh } from "../../../federation/config/declaredMesh.ts";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { contractOfPeer } from "../../../federation/contract/contract.ts";
import type { MeshIdentity } from "../../../federation/checks/peerMismatches.ts";
import { importServiceEntry, importWorkloadEntries } from "../../../federation/imports/importObjects.ts";
import { importId } from "../../../federation/imports/importConfig.ts";
import { resolveImports } from "../../../federation/imports/resolveImports.ts";
import { labelValue } from "../../../federation/objects/names.ts";
import { anExport, kind } from "./readMeshConfigCases.ts";
import { anExport as exported, anImport, contract, identity, peersOf } from "./fixtures.ts";

const existing = {
  cluster: { provider: "existing", kubeconfigPath: "x" },
  istio: { provider: "existing", version: "1.31.0" },
  gateway: { provider: "none" },
};
const read = (mesh: object, more: object = {}, stack = "east", siblings: SiblingMesh[] = []) =>
  readMeshConfig({ ...existing, mesh: { name: "east", ...mesh }, ...more }, stack, releaseSources, siblings);

describe("names that meshes are found with", () => {
  test.each([
    { cluster: "Kubernetes" },
    { cluster: "cn-project-europe-west1-a-cluster_1" },
    { meshId: "cluster.local" },
    { meshId: "proj-1234567" },
    { network: "" },
    { network: "gke_proj_zone_c1" },
    { network: "VPC_prod" },
    { locality: { region: "RegionOne", zone: "1" } },
  ])("%j are accepted, and published", (names) => {
    const { mesh } = read(names);
    expect(mesh).toMatchObject(names);
    const { locality, ...more } = { locality: undefined, ...names };
    const published = identity("east", { ...more, ...(locality ? { locality: "RegionOne/1" } : {}) });
    expect(contractOfPeer({ ...contract("east"), mesh: published }, "east").mesh).toEqual(published);
  });

  test("service accounts with dots are accepted", () => {
    const gateway = { provider: "existing", labels: { istio: "ew" }, namespace: "gw", addresses: ["192.0.2.1"] };
    const peers = { west: { stack: "organization/p/west" } };
    const { exports } = read({}, { gateway, peers, exports: [{ ...anExport, serviceAccounts: ["shop.v1"] }] });
    expect(exports[0]!.subjectAltNames).toEqual(["spiffe://cluster.local/ns/httpbin/sa/shop.v1"]);
  });

  test("clusters, networks and mesh IDs of two existing meshes may be equal", () => {
    const other: SiblingMesh = { stack: "west", name: "west", cluster: "Kubernetes" };
    expect(() => read({ cluster: "Kubernetes", network: "network1" }, {}, "east", [other])).not.toThrow();
  });

  test.each<{ what: string; mesh: object; more?: object; stack?: string; siblings?: SiblingMesh[]; says: RegExp }>([
    {
      what: "a space",
      mesh: { cluster: "my cluster" },
      says: /mesh\.cluster: must be the value of a Kubernetes label/,
    },
    { what: "a long network", mesh: { network: "n".repeat(64) }, says: /mesh\.network: .*label.*or empty/ },
    {
      what: "the name of another KinD cluster",
      mesh: { cluster: "one", slot: 1 },
      more: { cluster: kind, istio: { provider: "managed" } },
      siblings: [{ stack: "west", name: "west", cluster: "one", onKind: true }],
      says: /mesh\.cluster: "one" is also the KinD cluster of the mesh in stack "west".*\[config-name-duplicate\]/,
    },
    {
      what: "no name for a KinD cluster",
      mesh: { cluster: "Kubernetes", slot: 1 },
      more: { cluster: kind, istio: { provider: "managed" } },
      says: /mesh\.cluster: must be a name for a KinD cluster.*given: "Kubernetes"/,
    },
    {
      what: "no network for a managed Istio",
      mesh: { network: "" },
      more: { istio: { provider: "managed" } },
      says: /mesh\.network: must not be empty where istio\.provider is managed/,
    },
    {
      what: "no network for a blended import",
      mesh: { network: "" },
      more: {
        peers: { west: { stack: "organization/p/west" } },
        imports: [{ name: "shop", from: "west", visibleTo: ["*"], blend: { labels: { app: "shop" } } }],
      },
      says: /mesh\.network: must not be empty where import "shop" is blended/,
    },
    {
      what: "the name of a stack that is none of a mesh",
      mesh: { name: undefined },
      stack: "Prod_East",
      says: /mesh\.name: is missing, and the stack's name \("Prod_East"\) is no name that peers accept/,
    },
  ])("$what is refused", ({ mesh, more, stack, siblings, says }) => {
    expect(() => read(mesh, more, stack, siblings)).toThrow(says);
  });
});

describe("names made of others", () => {
  const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

  test("fit into a label", () => {
    fc.assert(
      fc.property(label, label, (from, name) => {
        const { region, zone } = defaultLocality(from);
        for (const made of [importId({ from, name }), ...Object.values(defaultNames(from)), region, zone])
          expect(made).toMatch(labelValue);
      }),
    );
  });

  test("tell every import from every other", () => {
    const parts = fc.stringMatching(/^[a-c](-?[a-c]){0,3}$/);
    fc.assert(
      fc.property(parts, parts, parts, parts, (from, name, otherFrom, otherName) => {
        const same = from === otherFrom && name === otherName;
        expect(importId({ from, name }) === importId({ from: otherFrom, name: otherName })).toBe(same);
      }),
    );
    expect(importId({ from: "west", name: "httpbin" })).toBe("west-httpbin");
  });
});

describe("a peer's network", () => {
  test.each([
    { what: "one of which this mesh may know a gateway", own: "network-east", peer: "VPC_prod", expected: "peer-west" },
    { what: "this mesh's own", own: "network1", peer: "network1", expected: "peer-west" },
    { what: "none", own: "network-east", peer: "", expected: "peer-west" },
    { what: "none, like this mesh's", own: "", peer: "", expected: "peer-west" },
    { what: "what this mesh calls it", own: "network-east", peer: "peer-west", expected: "peer-west" },
    { what: "what this mesh calls its own", own: "peer-west", peer: "network-west", expected: "other-west" },
  ])("that is $what has this mesh's name for the peer", ({ own, peer, expected }) => {
    const names = { network: peer, cluster: "Kubernetes", meshId: "cluster.local" };
    expect(networksIn({ ...names, network: own }, { west: names })).toEqual([expected, expected]);
  });

  test("has another name than that of another peer", () => {
    expect(networksIn({}, { west: { network: "default" }, north: { network: "default" } })).toEqual(
      Array(2).fill(["peer-west", "peer-north"]).flat(),
    );
  });

  test("has a name that fits into a label", () => {
    const [name = ""] = networksIn({}, { ["w".repeat(59)]: { network: "default", meshId: "mesh1" } });
    expect(name).toMatch(labelValue);
  });
});

/** Networks in which a mesh has its peers' gateways: of an import's ServiceEntry, then of a blended one's entries. */
function networksIn(own: Partial<MeshIdentity>, peers: Record<string, Partial<MeshIdentity>>): string[] {
  const contracts = Object.entries(peers).map(([name, names]) =>
    contract(name, [exported()], { mesh: identity(name, names) }),
  );
  const spec = anImport({ from: Object.keys(peers) });
  const blended = anImport({ from: Object.keys(peers), visibleTo: ["*"], blend: { labels: { app: "httpbin" } } });
  const [first, second] = [spec, blended].map(
    (wanted) => resolveImports([wanted], peersOf(...contracts), identity("east", own)).imports[0]!,
  );
  return [
    ...importServiceEntry(first!)!.spec.endpoints.map(({ network }) => network),
    ...importWorkloadEntries(second!).map(({ spec }) => spec.network),
  ];
}
