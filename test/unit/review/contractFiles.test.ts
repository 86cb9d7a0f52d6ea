import { releaseSources } from "../../../federation/config/versions.ts";
import type { FederationContract } from "../../../federation/contract/contract.ts";
import { changesBetween, type PlannedRevision } from "../../../review/changes/changes.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import { roots } from "../support/roots.ts";
import type { Revision } from "../../../review/revision/revision.ts";
import { contractsOf, exported, imported, mesh, revisionOf } from "./federation.ts";

const file = "contracts/north.json";
const host = "metadata.google.internal";

/** The contract of north, which exports prices under a host of its choice. */
function contract(change: (contract: FederationContract) => void = () => undefined): FederationContract {
  const exports = [exported("prices", { to: ["east"] }), exported("orders", { to: ["south"] })];
  const [north] = contractsOf({ north: mesh("north", { exports, peers: { east: {}, south: {} } }) });
  const given = structuredClone(north!);
  given.exports[0]!.host = host;
  given.gateways = [{ address: "203.0.113.66", port: 15443 }];
  given.mesh.roots = [roots[0]];
  change(given);
  return given;
}

/** East, with a file for north where there is a contract. */
function east(given: FederationContract | undefined, imports = ["prices"]): PlannedRevision {
  const config = given
    ? { peers: { north: { file, hosts: [host] } }, imports: imports.map((name) => imported(name, { from: "north" })) }
    : {};
  const revision: Revision = {
    ...revisionOf({ east: mesh("east", config) }),
    contractFiles: new Map(given ? [[file, given]] : []),
  };
  return { revision, federation: planRevision(revision, new Map(), releaseSources) };
}

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
      "gateways 203.0.113.66:15443 of north in network network-north",
    ])
      expect(line).toContain(fact);
  });

  test("is compared with nothing: identity, trust and gateways of its mesh are new", () => {
    const line = shown.find((l) => l.startsWith(`+ contract of mesh north in ${file}: network`));
    for (const fact of [
      "network-north",
      "trust domain cluster.local",
      `roots active ${roots[0].sha256}`,
      "gateways 203.0.113.66:15443",
    ])
      expect(line).toContain(fact);
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
    ["the trust domain", (c) => (c.mesh.trustDomain = "evil.example"), '"cluster.local" -> "evil.example"'],
    ["roots", (c) => (c.mesh.roots = [roots[1]]), `-> "${roots[1].sha256}"`],
  ])("with a change of %s shows it", (_what, change, says) => {
    expect(lines(east(contract()), east(contract(change))).join("\n")).toContain(says);
  });

  test("that is no longer used is removed", () => {
    expect(lines(east(contract()), east(undefined))).toContain(`- contract of mesh north in ${file}`);
  });
});
