import { brokenImports } from "../../../federation/checks/brokenImports.ts";
import { exportSpec } from "../../../federation/exports/exportConfig.ts";
import { publishedExport } from "../../../federation/exports/exportPlan.ts";
import { callerFindings, exportPolicy } from "../../../federation/exports/exportPolicy.ts";
import type { TrustDomains } from "../../../federation/trust/trustDomains.ts";
import { anExport, anImport, contract, resolved, smallestExport } from "./fixtures.ts";

const selector = { app: "httpbin" };
const domains: TrustDomains = {
  own: "west.local",
  ofMeshes: new Map([
    ["east", "east.local"],
    ["north", "cluster.local"],
  ]),
  literal: true,
};
const id = "spiffe://east.local/workload/cart";
const exported = (callers: string[], more = {}) => anExport({ callers, selector, ...more }, "west.local");

describe("callers that are named by SPIFFE ids", () => {
  test("are admitted by their whole principal, of their own trust domain only", () => {
    const spec = exported(["sleep/sleep", id], { to: ["east", "south"] });
    const south = { ...domains, ofMeshes: new Map([...domains.ofMeshes, ["south", "south.local"]]) };
    expect(exportPolicy(spec, south, ["east.local", "south.local"])!.spec.rules).toEqual([
      {
        from: [
          {
            source: {
              principals: ["east.local/*", "south.local/*"],
              notPrincipals: [
                "east.local/ns/sleep/sa/sleep",
                "east.local/workload/cart",
                "south.local/ns/sleep/sa/sleep",
              ],
            },
          },
        ],
      },
    ]);
    expect(callerFindings(spec, south)).toEqual([]);
    expect(publishedExport(spec)).toMatchObject({ callers: ["sleep/sleep"], callerIds: [id] });
  });

  test("restrict an export that names nothing else", () => {
    const [rule] = exportPolicy(exported([id]), domains, ["east.local"])!.spec.rules;
    expect(rule!.from[0].source).toEqual({ principals: ["east.local/*"], notPrincipals: ["east.local/workload/cart"] });
    const both = exportPolicy(exported([id], { to: ["east", "north"] }), domains, [])!.spec.rules;
    expect(both.map(({ from }) => from[0].source)).toContainEqual({ trustDomains: ["cluster.local"] });
  });

  test.each([
    [
      "a peer's cluster.local",
      ["north"],
      "spiffe://cluster.local/workload/cart",
      /cluster\.local, which means this mesh's/,
    ],
    [
      "a mesh that is not in `to`",
      ["east"],
      "spiffe://south.local/a",
      /south\.local, which is that of no mesh in `to`/,
    ],
    ["its own mesh, whose callers are not restricted", ["east"], "spiffe://west.local/a", /that of no mesh in `to`/],
  ])("are refused by name where they cannot be enforced: %s", (_, to, caller, says) => {
    expect(callerFindings(exported([caller], { to }), domains)).toMatchObject([
      { code: "export-callers-not-enforceable", problem: expect.stringMatching(says) },
    ]);
  });

  test("cannot stand beside accounts of single meshes, which are in place of them", () => {
    const given = { ...smallestExport, selector, callers: [id], callersByMesh: { [smallestExport.to[0]!]: ["a/b"] } };
    expect(exportSpec.safeParse(given).error?.issues).toMatchObject([{ path: ["callers"] }]);
    expect(exportSpec.safeParse({ ...given, callers: ["c/d"] }).success).toBe(true);
  });

  test("may be of its own mesh where everyone is restricted", () => {
    const spec = exported([id, "spiffe://west.local/a"], { callersApplyTo: "everyone" });
    expect(callerFindings(spec, domains)).toEqual([]);
    expect(exportPolicy(spec, domains, [])!.spec.rules[0]!.from[0].source.notPrincipals).toEqual([
      "east.local/workload/cart",
      "west.local/a",
    ]);
  });

  test.each([
    "spiffe://east.local/*",
    "spiffe://east.local",
    "spiffe://east.local/../a",
    "spiffe://East.local/a",
    "*/a",
    id + " ",
  ])("are exact: %j is none", (caller) => {
    expect(exportSpec.safeParse({ ...smallestExport, selector, callers: [caller] }).success).toBe(false);
  });

  test.each([
    ["its id", { spiffeId: id }, [id], []],
    ["its account's id", {}, ["spiffe://east.local/ns/sleep/sa/sleep"], []],
    ["another id", { spiffeId: id }, ["spiffe://east.local/other"], [id]],
    ["its account, when it has another id", { spiffeId: id }, ["sleep/sleep"], [id]],
    ["another id, when it has none", {}, [id], ["sleep/sleep"]],
  ])("admit the client of an import by %s or not", (_, client, callers, refused) => {
    const before = anExport();
    const own = { namespace: "sleep", serviceAccount: "sleep", ...client };
    const { id: _id, blend: _blend, ...spec } = resolved(anImport({ client: own }), contract("west", [before]));
    const now = anExport({ callers, selector, callersApplyTo: "everyone" });
    const broken = brokenImports("west", [now], [contract("east", [], { imports: [spec] })]);
    expect(broken.map(({ finding }) => finding.problem)).toEqual(
      refused.map((caller) => expect.stringContaining(`no longer admits caller ${caller}`)),
    );
  });
});
