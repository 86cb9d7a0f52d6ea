import fc from "fast-check";
import type { SiblingMesh } from "../../../federation/config/declaredMesh.ts";
import { importsFrom } from "../../../federation/checks/brokenImports.ts";
import { parseContract, type FederationContract } from "../../../federation/contract/contract.ts";
import { exportGateway, exportServiceEntry } from "../../../federation/exports/exportObjects.ts";
import { publishedExport } from "../../../federation/exports/exportPlan.ts";
import { importServiceEntry } from "../../../federation/imports/importObjects.ts";
import { planFederation, type FederationPlan } from "../../../federation/planFederation.ts";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import type { Peer } from "../../../federation/imports/resolveImports.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { peersOf } from "./fixtures.ts";

/** A mesh of a random federation: which services it has, and for whom. */
interface Mesh {
  name: string;
  trustDomain: string;
  /** By service: the meshes that it is exported to, and those among them that import it. */
  services: { name: string; neutral: boolean; restricted: boolean; to: string[]; importers: string[] }[];
}

/** Federations of 2 to 20 meshes with any graph of exports and imports, cycles included. */
const federations = fc.integer({ min: 2, max: 20 }).chain((size) => {
  const names = Array.from({ length: size }, (_, i) => `m${i}`);
  const service = (own: string) => {
    const others = fc.subarray(names.filter((n) => n !== own));
    return fc.record({
      neutral: fc.boolean(),
      restricted: fc.boolean(),
      to: others,
      importing: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
    });
  };
  return fc.tuple(
    ...names.map((name) =>
      fc
        .record({ ownDomain: fc.boolean(), services: fc.array(service(name), { maxLength: 3 }) })
        .map(({ ownDomain, services }): Mesh => ({
          name,
          trustDomain: ownDomain ? `${name}.local` : "shared.local",
          services: services.map(({ neutral, restricted, to, importing }, i) => ({
            name: `${name}-s${i}`,
            neutral,
            restricted,
            to,
            importers: to.filter((_, j) => importing[j]),
          })),
        })),
    ),
  );
});

function configOf(mesh: Mesh, all: Mesh[], without: { imports?: boolean; exports?: boolean } = {}) {
  const raw = {
    mesh: { name: mesh.name, slot: 1, trustDomain: mesh.trustDomain },
    cluster: { provider: "existing", kubeconfigPath: "x" },
    gateway: { provider: "existing", addresses: ["192.0.2.1"] },
    peers: Object.fromEntries(all.filter((m) => m !== mesh).map(({ name }) => [name, { hosts: ["mesh.global"] }])),
    exports: without.exports
      ? []
      : mesh.services.map((s) => ({
          name: s.name,
          namespace: "apps",
          service: s.name,
          host: s.neutral ? `${s.name}.mesh.global` : undefined,
          ports: [{ name: "http", number: 80, protocol: "HTTP" }],
          selector: { app: s.name },
          serviceAccounts: [s.name],
          to: s.to,
          callers: s.restricted ? ["client/client"] : [],
          callersApplyTo: s.neutral ? "peers" : "everyone",
        })),
    imports: without.imports
      ? []
      : all.flatMap((from) =>
          from.services
            .filter((s) => s.importers.includes(mesh.name))
            .map((s) => ({ name: s.name, from: from.name, visibleTo: ["client"] })),
        ),
  };
  return readMeshConfig(raw, mesh.name, releaseSources, siblingsOf(mesh, all));
}

const siblingsOf = (mesh: Mesh, all: Mesh[]): SiblingMesh[] =>
  all.filter((m) => m !== mesh).map(({ name, trustDomain }) => ({ stack: name, name, trustDomain }));

function plan(
  mesh: Mesh,
  all: Mesh[],
  peers: ReadonlyMap<string, Peer>,
  without: { imports?: boolean; exports?: boolean } = {},
): FederationPlan {
  return planFederation(configOf(mesh, all, without), {}, siblingsOf(mesh, all), peers);
}

function contractOf(made: FederationPlan): FederationContract {
  const imports = made.imports.map(({ id: _id, blend: _blend, ...published }) => published);
  return parseContract(
    {
      version: 1,
      mesh: made.identity,
      gateways: [{ address: "192.0.2.1", port: 15443 }],
      exports: made.exports.map(({ spec }) => publishedExport(spec)),
      imports,
      pendingImports: made.pending,
    },
    made.identity.name,
  );
}

/** Brings a federation up: every mesh twice, so that whoever was pending finds its peers. */
function up(all: Mesh[]): Map<string, FederationPlan> {
  const first = all.map((mesh) => contractOf(plan(mesh, all, new Map())));
  return new Map(
    all.map((mesh) => [mesh.name, plan(mesh, all, peersOf(...first.filter((c) => c.mesh.name !== mesh.name)))]),
  );
}

describe("the plan of any federation", () => {
  test("has no pending import, an export for each import, and no duplicate or wildcard host", () => {
    fc.assert(
      fc.property(federations, (all) => {
        const plans = up(all);
        for (const [name, made] of plans) {
          expect(made.pending).toEqual([]);
          const hosts = made.imports.map((i) => i.host);
          expect(new Set(hosts).size).toBe(hosts.length);
          for (const spec of made.imports) {
            const exporter = plans.get(spec.from)!.exports.find((e) => e.spec.name === spec.name)!.spec;
            expect(exporter.to).toContain(name);
            expect(importServiceEntry(spec)!.spec).toMatchObject({
              hosts: [exporter.host],
              subjectAltNames: exporter.subjectAltNames,
            });
          }
          const gateway = { name: "g", namespace: "istio-system", network: "n", labels: { istio: "g" } };
          const opened = made.exports.flatMap(({ spec }) =>
            exportGateway(gateway, spec).spec.servers.flatMap((s) => s.hosts),
          );
          expect(opened.every((host) => !host.includes("*"))).toBe(true);
          expect(new Set(opened).size).toBe(opened.length);
          for (const { spec } of made.exports)
            expect(exportServiceEntry(gateway, spec)?.spec.exportTo ?? ["istio-system"]).not.toContain("*");
        }
      }),
      { numRuns: 60 },
    );
  });

  test("has an order of removal, also with cycles", () => {
    fc.assert(
      fc.property(federations, (all) => {
        const contracts = new Map([...up(all)].map(([name, made]) => [name, contractOf(made)]));
        const others = (mesh: Mesh) => peersOf(...[...contracts.values()].filter((c) => c.mesh.name !== mesh.name));
        for (const mesh of all) {
          const imported = importsFrom(mesh.name, [...contracts.values()]).length > 0;
          const remove = () => plan(mesh, all, others(mesh), { exports: true, imports: true });
          if (imported) expect(remove).toThrow(/\[export-breaks-import\]/);
          else expect(remove).not.toThrow();
        }
        // First everybody un-imports; no order among them is needed, and nobody is refused.
        for (const mesh of all) contracts.set(mesh.name, contractOf(plan(mesh, all, others(mesh), { imports: true })));
        for (const mesh of all)
          contracts.set(mesh.name, contractOf(plan(mesh, all, others(mesh), { imports: true, exports: true })));
        expect([...contracts.values()].every((c) => c.exports.length === 0)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("changes the objects of a changed import only", () => {
    fc.assert(
      fc.property(federations, fc.nat(), (all, pick) => {
        const contracts = [...up(all).values()].map(contractOf);
        const importing = all.filter((m) => all.some((f) => f.services.some((s) => s.importers.includes(m.name))));
        fc.pre(importing.length > 0);
        const mesh = importing[pick % importing.length]!;
        const peers = peersOf(...contracts.filter((c) => c.mesh.name !== mesh.name));
        const config = configOf(mesh, all);
        const changed = {
          ...config,
          imports: config.imports.map((i, n) =>
            n === pick % config.imports.length ? { ...i, visibleTo: ["client", "another"] } : i,
          ),
        };
        const [before, after] = [config, changed].map(
          (c) =>
            new Map(
              planFederation(c, {}, siblingsOf(mesh, all), peers).imports.map((i) => [
                i.id,
                JSON.stringify(importServiceEntry(i)),
              ]),
            ),
        );
        expect([...before!].filter(([id, text]) => after!.get(id) !== text)).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });
});
