import { importWarnings } from "../../../federation/checks/importWarnings.ts";
import { anExport, anImport, contract, resolved } from "./fixtures.ts";

const west = contract("west", [anExport()]);
const selector = { app: "httpbin" };

/** What importWarnings finds when an import of httpbin meets a changed export. */
function warnings(exported: Record<string, unknown>, imported: Record<string, unknown> = {}) {
  const { id: _id, blend: _blend, ...spec } = resolved(anImport(imported), west);
  return importWarnings(
    "west",
    [anExport({ selector, callersApplyTo: "everyone", ...exported })],
    [contract("east", [], { imports: [spec] })],
  );
}

describe("a changed export warns of its importer", () => {
  test.each([
    {
      name: "an added account that the importer does not pin",
      exported: { serviceAccounts: ["httpbin", "canary"] },
      code: "export-identity-unpinned",
      says: /mesh "east".*rejects answers of spiffe:\/\/cluster\.local\/ns\/httpbin\/sa\/canary until/,
    },
    {
      name: "callers of other namespaces, where the importer names no client",
      exported: { callers: ["shop/cart"] },
      code: "export-callers-exclude",
      says: /admits callers shop\/cart only, but mesh "east" imports it for namespace sleep/,
    },
    {
      name: "callers, where every namespace sees the import",
      exported: { callers: ["sleep/sleep"] },
      imported: { visibleTo: ["*"], blend: { labels: selector } },
      code: "export-callers-exclude",
      says: /mesh "east" imports it for every namespace/,
    },
  ] as const)("$name", ({ exported, code, says, ...rest }) => {
    const [found, ...others] = warnings(exported, "imported" in rest ? rest.imported : {});
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code, subject: 'export "httpbin"' });
    expect(found!.problem).toMatch(says);
  });
});

describe("a changed export warns of nothing where it", () => {
  test.each([
    { name: "is as imported", exported: {} },
    { name: "replaces every account, which is refused", exported: { serviceAccounts: ["canary"] } },
    { name: "admits an account of each namespace of the import", exported: { callers: ["sleep/sleep"] } },
    {
      name: "admits others than the client, which is refused",
      exported: { callers: ["shop/cart"] },
      imported: { client: { namespace: "sleep", serviceAccount: "sleep" } },
    },
    {
      name: "is no longer for the importer, which is refused",
      exported: { to: ["north"], callers: ["shop/cart"], serviceAccounts: ["httpbin", "canary"] },
    },
  ])("$name", ({ exported, imported = {} }) => {
    expect(warnings(exported, imported)).toEqual([]);
  });
});
