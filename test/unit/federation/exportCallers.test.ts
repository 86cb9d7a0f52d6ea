import { brokenImports } from "../../../federation/checks/brokenImports.ts";
import { importWarnings } from "../../../federation/checks/importWarnings.ts";
import { publishedExport } from "../../../federation/exports/exportPlan.ts";
import { callerFindings, exportPolicy } from "../../../federation/exports/exportPolicy.ts";
import { publishedImport } from "../../../federation/imports/resolveImports.ts";
import { callersOf } from "../../../review/changes/words.ts";
import { anExport, anImport, contract, resolved } from "./fixtures.ts";

const selector = { app: "httpbin" };
const to = ["east", "third"];
const callersByMesh = { east: ["shop/cart"], third: ["web/web"] };
const restricted = (more: Record<string, unknown> = {}) => anExport({ to, selector, callersByMesh, ...more });
const domains = (third = "third.local", own = "cluster.local") => ({
  own,
  ofMeshes: new Map([
    ["east", "east.local"],
    ["third", third],
  ]),
  literal: true,
});
const sourcesOf = (...args: Parameters<typeof exportPolicy>) =>
  exportPolicy(...args)!.spec.rules.map((rule) => rule.from[0].source);

describe("callers of single meshes", () => {
  test("are admitted with the trust domain of their mesh only", () => {
    expect(sourcesOf(restricted(), domains(), ["east.local", "third.local"])).toEqual([
      {
        principals: ["east.local/*", "third.local/*"],
        notPrincipals: ["east.local/ns/shop/sa/cart", "third.local/ns/web/sa/web"],
      },
    ]);
    const everyone = restricted({ callersApplyTo: "everyone", callers: ["ops/probe"] });
    expect(sourcesOf(everyone, domains(), [])).toEqual([
      {
        notPrincipals: ["cluster.local/ns/ops/sa/probe", "east.local/ns/shop/sa/cart", "third.local/ns/web/sa/web"],
      },
    ]);
  });

  test("replace `callers`, which are those of the other meshes", () => {
    const spec = restricted({ callers: ["web/web"], callersByMesh: { east: ["shop/cart"] } });
    expect(spec.callersByMesh).toEqual(callersByMesh);
    expect(spec.callers).toEqual(["shop/cart", "web/web"]);
  });

  test("of a mesh whose trust domain is cluster.local are named apart", () => {
    expect(sourcesOf(restricted(), domains("cluster.local", "west.local"), [])).toContainEqual({
      trustDomains: ["cluster.local"],
      notServiceAccounts: ["web/web"],
    });
  });

  test("are refused for meshes of one trust domain, unless they are the same", () => {
    const says = /mesh "east" and mesh "third" have trust domain east\.local and different callers/;
    expect(callerFindings(restricted(), domains("east.local")).map(({ problem }) => problem)).toEqual([
      expect.stringMatching(says),
    ]);
    const same = { east: ["shop/cart"], third: ["shop/cart"] };
    expect(callerFindings(restricted({ callersByMesh: same }), domains("east.local"))).toEqual([]);
    const everyone = restricted({ callersApplyTo: "everyone", callers: ["ops/probe"] });
    expect(callerFindings(everyone, domains("third.local", "east.local")).map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/mesh "east" and this mesh have trust domain east\.local/),
    ]);
  });

  test("are published, all of them in `callers`, for importers that know no other", () => {
    expect(publishedExport(restricted())).toMatchObject({ callers: ["shop/cart", "web/web"], callersByMesh });
    const plain = publishedExport(anExport({ to, selector, callers: ["shop/cart"] }));
    expect([plain.callersByMesh, "ownCallers" in plain]).toEqual([undefined, false]);
  });

  test("are compared with the import of their mesh", () => {
    const client = { namespace: "web", serviceAccount: "web" };
    const ofEast = (more: Record<string, unknown>) => [
      contract("east", [], {
        imports: [publishedImport(resolved(anImport(more), contract("west", [anExport({ to })])))],
      }),
    ];
    expect(brokenImports("west", [restricted()], ofEast({ client, visibleTo: ["web"] }))).toMatchObject([
      { finding: { problem: expect.stringContaining("no longer admits caller web/web") } },
    ]);
    expect(importWarnings("west", [restricted()], ofEast({ visibleTo: ["web"] }))).toMatchObject([
      { code: "export-callers-exclude" },
    ]);
  });

  test("are shown by mesh", () => {
    expect(callersOf(restricted(), to)).toBe("callers of east: shop/cart; of third: web/web");
    expect(callersOf(restricted(), ["third"])).toBe("callers of third: web/web");
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["a mesh that is not in `to`", { callersByMesh: { ...callersByMesh, north: ["a/b"] } }, /not in `to`/],
    ["only some meshes, without `callers`", { callersByMesh: { east: ["a/b"] } }, /every mesh in `to`/],
    ["no callers", { callersByMesh: { ...callersByMesh, east: [] } }, /at least one caller/],
    ["none of the mesh itself", { callersApplyTo: "everyone" }, /callers of this mesh/],
    ["a public export", { public: true }, /cannot be true with callers/],
    ["no selector", { selector: undefined }, /labels of the serving pods/],
  ])("cannot name %s", (_, more, says) => {
    expect(() => restricted(more)).toThrow(says);
  });
});
