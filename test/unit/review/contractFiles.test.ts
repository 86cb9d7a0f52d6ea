import type { FederationContract } from "../../../federation/contract/contract.ts";
import { changesBetween, type PlannedRevision } from "../../../review/changes/changes.ts";
import { contract, east, file, host } from "./contractFile.ts";

const lines = (before: PlannedRevision, after: PlannedRevision): string[] =>
  changesBetween(before, after).map((c) => `${c.sign} ${c.text}`);

describe("a new contract file", () => {
  const shown = lines(east(undefined), east(contract()));

  test("shows host, ports, identities, gateways and callers of an import from it", () => {
    const line = shown.find((l) => l.startsWith("+ east imports httpbin/prices:8000 from north"));
    for (const fact of [
      "callers sleep/sleep",
      `host ${host}`,
      "ports 8000 (http, HTTP)",
      "identities spiffe://cluster.local/ns/httpbin/sa/prices",
      "gateways 203.0.113.66:15443 of north in network peer-north",
    ])
      expect(line).toContain(fact);
  });

  test("is compared with nothing: identity and gateways of its mesh are new", () => {
    expect(shown).toContain(
      `+ contract of mesh north in ${file}: network network-north, Istio 1.30.1, gateways 203.0.113.66:15443`,
    );
  });

  test("shows each export to the meshes here, also without an import, and counts the others", () => {
    const alone = lines(east(undefined), east(contract(), []));
    expect(alone.filter((l) => l.includes(`in ${file}: exports`))).toEqual([
      expect.stringContaining(`exports httpbin/prices:8000 as prices to east, callers sleep/sleep; host ${host};`),
      expect.stringContaining("exports 1 more to other meshes"),
    ]);
  });
});

describe("a contract file", () => {
  test.each<[string, (given: FederationContract) => void, string]>([
    ["identities", (c) => c.exports[0]!.subjectAltNames.push("spiffe://x/y"), "subjectAltNames + spiffe://x/y"],
    ["a gateway", (c) => c.gateways.push({ address: "203.0.113.9", port: 443 }), '"203.0.113.9" (new)'],
    ["a field that is nobody's trust", (c) => (c.mesh.meshId = "other"), 'meshId "north-mesh" -> "other"'],
  ])("with a change of %s shows it", (_what, change, says) => {
    expect(lines(east(contract()), east(contract(change))).join("\n")).toContain(says);
  });

  test("that is no longer used is removed", () => {
    expect(lines(east(contract()), east(undefined))).toContain(`- contract of mesh north in ${file}`);
  });
});
