import { readMeshConfig } from "../../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../../federation/config/versions.ts";
import type { FederationContract } from "../../../../federation/contract/contract.ts";
import type { UserError } from "../../../../federation/errors/userError.ts";
import { resolveImports } from "../../../../federation/imports/resolveImports.ts";
import { planFederation } from "../../../../federation/planFederation.ts";
import type { InstalledTrust } from "../../../../federation/trust/meshTrustOf.ts";
import { roots } from "../../support/roots.ts";
import { anExport, anImport, contract, identity, peersOf, smallestExport } from "../fixtures.ts";

const exportTo = (name: string, ...to: string[]) => ({ ...smallestExport, name, service: name, to });

/** Configuration of mesh east, which has west in quarantine. */
const config = (more: Record<string, unknown> = {}) =>
  readMeshConfig(
    {
      mesh: { name: "east", slot: 1, trustDomain: "east.local" },
      cluster: { provider: "existing", kubeconfigPath: "x" },
      loadBalancer: { provider: "none" },
      istio: { provider: "managed", istioMinor: "1.30" },
      peers: { west: { trustDomain: "west.local", roots: [roots[1].sha256] }, north: { trustDomain: "north.local" } },
      exports: [exportTo("shared", "west", "north"), exportTo("alone", "west")],
      imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }],
      quarantine: ["west"],
      ...more,
    },
    "east",
    releaseSources,
  );

const west = (more: Record<string, unknown> = {}, ofMesh: Record<string, unknown> = {}): FederationContract => {
  const mesh = identity("west", { trustDomain: "west.local", acceptedTrustDomains: ["east.local"], ...ofMesh });
  return contract("west", [anExport({}, mesh.trustDomain)], { mesh, ...more });
};
const north = (ofMesh: Record<string, unknown> = {}): FederationContract =>
  contract("north", [], { mesh: identity("north", { trustDomain: "north.local", ...ofMesh }) });

const plan = (
  more: Record<string, unknown> = {},
  peers: FederationContract[] = [west(), north()],
  own: InstalledTrust = {},
) => planFederation(config(more), own, [], peersOf(...peers));
const codes = (made: ReturnType<typeof plan>) => made.warnings.map(({ code }) => code);

/** An import of a deployed mesh from east. */
const importOf = (name: string) => ({
  ...{ name, from: "east", host: `${name}.httpbin.svc.cluster.local`, namespace: "sleep", visibleTo: ["sleep"] },
  ports: smallestExport.ports,
});

describe("a mesh in quarantine", () => {
  test("exports nothing and is imported from no more; others stay", () => {
    const before = plan({ quarantine: [] });
    expect(before.exports.map(({ spec }) => [spec.name, spec.to])).toEqual([
      ["shared", ["west", "north"]],
      ["alone", ["west"]],
    ]);
    expect([before.imports.length, before.identity.acceptedTrustDomains]).toEqual([1, ["north.local", "west.local"]]);
    const after = plan();
    expect(after.exports.map(({ spec }) => [spec.name, spec.to])).toEqual([["shared", ["north"]]]);
    expect(after.imports).toEqual([]);
    expect(after.pending).toEqual([{ name: "httpbin", from: "west", reason: expect.any(String), cause: "quarantine" }]);
    expect(after.identity.acceptedTrustDomains).toEqual(["north.local"]);
    expect(after.acceptedTrustDomains).toEqual(["north.local"]);
    expect(after.quarantine).toEqual([{ mesh: "west", trustDomains: ["west.local"] }]);
    expect(after.warnings).toEqual([]);
  });

  test("loses its anchor, and nobody waits for its trust", () => {
    const own = { bundle: { roots: [roots[0]], active: roots[0].sha256 } };
    const peers = [west({}, { roots: [roots[1]] }), north({ roots: [roots[0]] })];
    expect(plan({ quarantine: [] }, peers, own).anchored.map(({ mesh }) => mesh)).toEqual(["west"]);
    const after = plan({}, peers, own);
    expect([after.anchored, after.pendingTrust, Object.keys(after.identity.trusts)]).toEqual([[], [], ["north"]]);
  });

  test("does not keep its imports from being broken", () => {
    const importing = west({ imports: [importOf("alone"), importOf("gone")] });
    expect(() => plan({ quarantine: [] }, [importing, north()])).toThrow(/"gone".*\[export-breaks-import\]/);
    expect(() => plan({}, [importing, north()])).not.toThrow();
    // Another trust domain of an importer is refused, but not of this one.
    const moved = west({ imports: [importOf("alone")] }, { trustDomain: "former.local" });
    const unstated = { peers: { west: { trustDomain: "west.local" }, north: {} } };
    expect(() => plan({ ...unstated, quarantine: [] }, [moved, north()])).toThrow(/\[trust-domain-change\]/);
    expect(() => plan(unstated, [moved, north()])).not.toThrow();
  });

  test.each<[string, FederationContract]>([
    ["another mesh's network", west({}, { network: "network-east" })],
    ["a release that is too old", west({}, { istioMinor: "1.20" })],
    ["the trust domain of another peer", west({}, { trustDomain: "north.local" })],
    ["this mesh's own trust domain", west({}, { trustDomain: "east.local" })],
    ["a part of another peer's trust domain", west({}, { trustDomain: "local" })],
    ["another root", west({}, { roots: [roots[0]] })],
  ])("cannot prevent it, or move it to others, by publishing %s", (_, published) => {
    const own = { bundle: { roots: [roots[1]], active: roots[1].sha256 } };
    const peers = {
      west: { trustDomain: "west.local" },
      north: { trustDomain: "north.local", roots: [roots[0].sha256] },
    };
    const made = plan({ peers }, [published, north({ roots: [roots[0]] })], own);
    expect(made.quarantine[0]!.trustDomains).toContain("west.local");
    expect(made.quarantine[0]!.trustDomains).not.toEqual(expect.arrayContaining(["north.local"]));
    expect(made.quarantine[0]!.trustDomains).not.toEqual(expect.arrayContaining(["east.local"]));
    expect(made.anchored.map(({ mesh }) => mesh)).toEqual(["north"]);
    expect(made.acceptedTrustDomains).toEqual(["north.local"]);
  });

  test("stays denied by what was known of it when it publishes something else, or nothing", () => {
    const unstated = { peers: { west: {}, north: { trustDomain: "north.local" } } };
    const contractNow = contract("east", [], { quarantine: plan(unstated).quarantine });
    const moved = west({}, { trustDomain: "moved.local" });
    expect(plan(unstated, [moved, north()], { contract: contractNow }).quarantine).toEqual([
      { mesh: "west", trustDomains: ["moved.local", "west.local"] },
    ]);
    expect(plan(unstated, [north()], { contract: contractNow }).quarantine).toEqual([
      { mesh: "west", trustDomains: ["west.local"] },
    ]);
    const many = Array.from({ length: 40 }, (_, i) => `d${i}.local`);
    const filled = contract("east", [], { quarantine: [{ mesh: "west", trustDomains: many }] });
    expect(plan({}, [moved, north()], { contract: filled }).quarantine[0]!.trustDomains).toHaveLength(16);
  });

  test("has its trust domain accepted where a peer with exports has it too, and a warning", () => {
    const shared = { peers: { west: { trustDomain: "both.local" }, north: { trustDomain: "both.local" } } };
    const peers = [west({}, { trustDomain: "both.local" }), north({ trustDomain: "both.local" })];
    const made = plan(shared, peers);
    expect(made.quarantine).toEqual([{ mesh: "west", trustDomains: [] }]);
    expect(made.acceptedTrustDomains).toEqual(["both.local"]);
    expect(made.exports.map(({ spec }) => spec.name)).toEqual(["shared"]);
    expect(made.warnings).toEqual([
      {
        code: "quarantine-not-denied",
        subject: 'quarantine of mesh "west"',
        problem: expect.stringMatching(/both\.local.*mesh "north".*shared\.httpbin\.svc\.cluster\.local/),
        remedy: expect.any(String),
      },
    ]);
    // Without an export to north, nobody else with that trust domain calls this mesh. That is not for west to say.
    expect(plan({ ...shared, exports: [exportTo("alone", "west")] }, peers).quarantine[0]!.trustDomains).toEqual([
      "both.local",
    ]);
    const claims = { peers: { west: {}, north: { trustDomain: "both.local" } }, exports: [exportTo("alone", "west")] };
    expect(plan(claims, peers).quarantine[0]!.trustDomains).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, FederationContract[], RegExp]>([
    ["is this mesh's", { peers: { west: { trustDomain: "east.local" }, north: {} } }, [north()], /this mesh/],
    ["is not known", { peers: { west: {}, north: {} } }, [north()], /its trust domain is not known/],
    [
      "cannot be named by this Istio",
      {
        istio: { provider: "managed", version: "1.29.4" },
        peers: { west: { trustDomain: "cluster.local" }, north: {} },
      },
      [north()],
      /cluster\.local, because that name means this mesh's own/,
    ],
  ])("is not denied, with a warning, where its trust domain %s", (_, more, peers, says) => {
    const made = plan(more, peers);
    expect(made.quarantine).toEqual([{ mesh: "west", trustDomains: [] }]);
    expect(made.acceptedTrustDomains).toEqual(["north.local"]);
    expect(made.warnings).toMatchObject([{ code: "quarantine-not-denied", problem: expect.stringMatching(says) }]);
  });

  test("leaves what the mesh's owner accepts elsewhere to the owner", () => {
    const values = { meshConfig: { caCertificates: [{ trustDomains: ["west.local", "other.local"] }] } };
    const managed = plan({ istio: { provider: "managed", istioMinor: "1.30", values } });
    expect(managed.identity.acceptedTrustDomains).toEqual(["north.local", "other.local"]);
    expect(managed.warnings).toMatchObject([
      { code: "quarantine-left-to-owner", remedy: expect.stringContaining("west.local") },
    ]);
    const existing = plan({
      mesh: { name: "east", trustDomain: "east.local", acceptedTrustDomains: ["west.local", "north.local"] },
      istio: { provider: "existing", version: "1.30.1" },
      gateway: { provider: "existing", addresses: ["192.0.2.1"] },
    });
    expect(existing.identity.acceptedTrustDomains).toEqual(["north.local"]);
    expect(existing.quarantine[0]!.trustDomains).toEqual(["west.local"]);
    expect(codes(existing)).toEqual(["quarantine-left-to-owner"]);
  });

  test("is one of several sources of an import", () => {
    const imports = [{ name: "httpbin", from: ["west", "north"], visibleTo: ["sleep"] }];
    const other = contract("north", [anExport({}, "north.local")], {
      mesh: identity("north", { trustDomain: "north.local", acceptedTrustDomains: ["east.local"] }),
    });
    const made = plan({ imports }, [west(), other]);
    expect(made.imports.map((i) => [i.id, i.meshes, i.subjectAltNames])).toEqual([
      [expect.any(String), ["north"], ["spiffe://north.local/ns/httpbin/sa/httpbin"]],
    ]);
    expect(made.pending.map(({ from, cause }) => [from, cause])).toEqual([["west", "quarantine"]]);
  });

  test("waits with its own imports, and says for whom", () => {
    const east = contract("east", [anExport({ to: ["north"] })], {
      quarantine: [{ mesh: "west", trustDomains: ["west.local"] }],
    });
    const importer = identity("west", { trustDomain: "west.local" });
    expect(resolveImports([anImport({ from: "east" })], peersOf(east), importer)).toEqual({
      imports: [],
      pending: [
        { name: "httpbin", from: "east", reason: 'mesh "east" has this mesh in quarantine', cause: "quarantine" },
      ],
    });
  });
});

describe("the names in quarantine", () => {
  test.each<[string, RegExp]>([
    ["wset", /unknown mesh "wset"; known meshes: west, north/],
    ["east", /this mesh itself \("east"\).*known meshes: west, north/],
  ])("cannot be %s", (name, says) => {
    const invalid = (() => {
      try {
        return config({ quarantine: [name] });
      } catch (error) {
        return error as UserError;
      }
    })();
    expect(invalid).toMatchObject({ code: "config-invalid", details: [{ code: "config-peer-unknown" }] });
    expect((invalid as UserError).message).toMatch(says);
  });
});
