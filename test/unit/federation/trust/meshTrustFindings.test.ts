import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import { meshTrustFindings } from "../../../../federation/trust/meshTrustFindings.ts";
import type { TrustContract, TrustEvidence } from "../../../../federation/trust/trustEvidence.ts";
import { trustInspection } from "../../../../verify/negativeChecks/inconsistentTrust.ts";
import { makeRoot } from "../../../support/pki.ts";
import { byName, cluster, contract, now, pki, proxy, type Pki } from "./rotationFixtures.ts";

const day = 86_400_000;
const expiredRoot = makeRoot("west 1", {
  kind: "ec",
  notBefore: new Date(now - 3 * day),
  notAfter: new Date(now - day),
});

interface Case {
  what: string;
  west: (p: Pki) => TrustContract;
  evidence: (p: Pki) => TrustEvidence;
  /** Default: none. */
  found?: [code: string, says: RegExp][];
}

const atRest = ({ old, east }: Pki) =>
  contract("west", [["active", old.root]], { trusts: { east: [east.root.sha256] } });
const fresh = ({ fresh: { root } }: Pki) => contract("west", [["active", root]]);

const cases: Case[] = [
  {
    what: "everything as published",
    west: atRest,
    evidence: (p) => cluster("west", [p.old.root], [proxy("a", [p.old.root, p.east.anchor], p.old.chain)]),
  },
  {
    what: "a switch on its way",
    west: (p) =>
      contract("west", [
        ["retiring", p.old.root],
        ["active", p.fresh.root],
      ]),
    evidence: (p) => cluster("west", [p.old.root, p.fresh.root], [proxy("a", [p.fresh.root, p.old.root], p.old.chain)]),
  },
  {
    what: "a contract without roots",
    west: () => contract("west", []),
    evidence: (p) => cluster("west", [p.old.root], [proxy("a", [p.old.root, p.east.root], p.old.chain)]),
  },
  {
    what: "a bundle that istiod ignores",
    west: fresh,
    evidence: (p) => ({
      ...cluster("west", [p.old.root], [proxy("a", [p.fresh.root], p.fresh.chain)]),
      multiRoot: false,
    }),
    found: [["trust-bundle-not-taken", /west 2.*ISTIO_MULTIROOT_MESH is off/]],
  },
  {
    what: "a root that was replaced",
    west: fresh,
    evidence: (p) =>
      cluster(
        "west",
        [p.fresh.root],
        [proxy("a", [p.old.root], p.old.chain), proxy("b", [p.fresh.root], p.fresh.chain)],
      ),
    found: [
      ["trust-root-replaced", /1 of 2 proxies lack root .*west 2.*: apps\/a/],
      ["trust-leaf-old", /1 of 2 proxies .*: apps\/a/],
    ],
  },
  {
    what: "a proxy without an anchor",
    west: atRest,
    evidence: (p) => cluster("west", [p.old.root], [proxy("a", [p.old.root], p.old.chain)]),
    found: [["trust-anchor-missing", /no anchor over root .*east 1.* of mesh "east": apps\/a/]],
  },
  {
    what: "a plain root of the peer",
    west: atRest,
    evidence: (p) => cluster("west", [p.old.root], [proxy("a", [p.old.root, p.east.root], p.old.chain)]),
    found: [["trust-anchor-unbound", /east 1.*without a constraint: apps\/a/]],
  },
];

describe("the trust of a mesh", () => {
  test.each(cases)("with $what", async ({ west, evidence, found = [] }) => {
    const p = await pki;
    const contracts = byName([west(p), contract("east", [["active", p.east.root]])]);
    const findings = meshTrustFindings(west(p), evidence(p), contracts);
    expect(findings.map(({ code, subject, problem }) => [code, subject, problem])).toEqual(
      found.map(([code, says]) => [code, 'mesh "west"', expect.stringMatching(says)]),
    );
    expect(trustInspection(evidence(p), contracts)).toMatchObject({
      control: `${evidence(p).proxies.length} of ${evidence(p).proxies.length} proxies read`,
      problem: found.length > 0 ? expect.stringContaining(`[${found[0]![0]}]`) : undefined,
      findings,
    });
  });

  test("with an expired root that hides its successor", async () => {
    const p = await pki;
    const [expired] = await certificatesIn((await expiredRoot).certPem);
    const evidence = cluster("west", [p.old.root], [proxy("a", [p.old.root, expired!], p.old.chain)]);
    const own = contract("west", [["active", p.old.root]]);
    expect(meshTrustFindings(own, evidence, byName([own]))).toMatchObject([
      { code: "trust-anchor-expired", problem: expect.stringMatching(/hides another of the same name/) },
    ]);
  });

  test("is unknown where no proxy can be read", async () => {
    const p = await pki;
    const silent = { pod: "apps/a", takesBundle: true, failure: "403: forbidden" };
    const contracts = byName([contract("west", [["active", p.old.root]])]);
    expect(trustInspection(cluster("west", [p.old.root], [silent]), contracts)).toMatchObject({
      control: "0 of 1 proxies read",
      problem: undefined,
      inconclusive: expect.stringMatching(/apps\/a: 403/),
    });
  });
});
