import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import type { UserError, Finding } from "../../../federation/errors/userError.ts";
import { planFederation } from "../../../federation/planFederation.ts";
import { anExport, anImport, contract, identity, peersOf, resolved, smallestExport as httpbin } from "./fixtures.ts";

/** East as it is deployed: it imports httpbin from west, which had trust domain west.old. */
function east(trustDomain = "east.old", more: { meshes?: string[]; subjectAltNames?: string[] } = {}) {
  const mesh = { ...identity("west"), trustDomain: "west.old", acceptedTrustDomains: ["cluster.local"] };
  const west = contract("west", [anExport({}, "west.old")], { mesh });
  const { id: _id, blend: _blend, ...spec } = resolved(anImport(), west);
  return contract("east", [], { mesh: { ...identity("east"), trustDomain }, imports: [{ ...spec, ...more }] });
}

/** What west's plan finds of its exports, and what it warns of. */
function plan(
  { trustDomain = "west.old", accepted = [] as string[], eastDomain = "east.old" },
  more: Record<string, unknown> = {},
  deployed = east(),
): { refused: readonly Finding[]; warnings: Finding[] } {
  const siblings = [
    { stack: "east", name: "east", trustDomain: eastDomain },
    { stack: "north", name: "north", trustDomain: "north.local" },
  ];
  const raw = {
    mesh: { name: "west", trustDomain, acceptedTrustDomains: accepted },
    cluster: { provider: "existing", kubeconfigPath: "x" },
    exports: [httpbin],
    ...more,
  };
  const config = readMeshConfig(raw, "west", releaseSources, siblings);
  try {
    return { refused: [], warnings: planFederation(config, {}, siblings, peersOf(deployed)).warnings };
  } catch (error) {
    return { refused: (error as UserError).details, warnings: [] };
  }
}
const breaks = (problem: RegExp, remedy: RegExp) => ({
  code: "trust-domain-change",
  subject: 'export "httpbin"',
  problem: expect.stringMatching(problem),
  remedy: expect.stringMatching(remedy),
});

describe("another trust domain of an exporter", () => {
  test("is refused with the importers that pin the former one, which is to stay accepted", () => {
    expect(plan({ trustDomain: "west.new" }).refused).toEqual([
      breaks(/west\.new, but mesh "east".*pins identities of west\.old.*certificates of west\.old/, /Add west\.old to/),
    ]);
    const [found] = plan({ trustDomain: "west.new", accepted: ["west.old"] }).refused;
    expect(found).toEqual(breaks(/pins identities of west\.old/, /^List "httpbin" in allowBreaking/));
    expect(found!.problem).not.toMatch(/certificates/);
  });

  test("is a warning where allowBreaking lists the export", () => {
    const { refused, warnings } = plan({ trustDomain: "west.new" }, { allowBreaking: ["httpbin"] });
    expect(refused).toEqual([]);
    expect(warnings).toEqual([breaks(/mesh "east"/, /allowBreaking lists it/)]);
  });

  test("is refused without the trust domains of the import's other meshes", () => {
    const both = east("east.old", {
      meshes: ["west", "north"],
      subjectAltNames: ["spiffe://north.local/ns/httpbin/sa/httpbin", "spiffe://west.old/ns/httpbin/sa/httpbin"],
    });
    expect(plan({ trustDomain: "west.new" }, {}, both).refused).toEqual([
      breaks(/pins identities of west\.old, so/, /Add west\.old to/),
    ]);
  });

  test("is not what an account of the same trust domain is", () => {
    const { refused } = plan({}, { exports: [{ ...httpbin, serviceAccounts: ["other"] }] });
    expect(refused).toMatchObject([{ code: "export-breaks-import" }]);
  });
});

describe("another trust domain of an importer", () => {
  test("is refused while the importer has the former one, unless that stays accepted", () => {
    expect(plan({ eastDomain: "east.new" }).refused).toEqual([
      breaks(/mesh "east".*east\.old until.*east\.new.*rejected/, /Add east\.old to mesh\.acceptedTrustDomains/),
    ]);
    expect(plan({ eastDomain: "east.new", accepted: ["east.old"] }).refused).toEqual([]);
    expect(plan({ eastDomain: "east.new" }, {}, east("west.old")).refused).toEqual([]);
  });

  test("is refused where a policy denies the former one although it is accepted", () => {
    const exports = [{ ...httpbin, selector: { app: "httpbin" } }];
    expect(plan({ eastDomain: "east.new", accepted: ["east.old"] }, { exports }).refused).toEqual([
      breaks(/denied by the export's policy/, /allowBreaking/),
    ]);
  });

  test("is nothing once the importer has it", () => {
    expect(plan({ eastDomain: "east.new" }, {}, east("east.new"))).toEqual({ refused: [], warnings: [] });
  });
});

describe("a change that may break an import", () => {
  test("is a warning of the plan", () => {
    const exports = [{ ...httpbin, serviceAccounts: ["httpbin", "canary"] }];
    expect(plan({}, { exports })).toMatchObject({ refused: [], warnings: [{ code: "export-identity-unpinned" }] });
  });
});
