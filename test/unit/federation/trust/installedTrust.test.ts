import type { ContractRoot } from "../../../../federation/contract/contract.ts";
import { trustAnchor } from "../../../../federation/trust/constrainedCa.ts";
import type { CertificateFacts } from "../../../../federation/trust/certificate.ts";
import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import type { IstioTrust } from "../../../../federation/trust/existingIstio.ts";
import { installedTrust } from "../../../../federation/trust/installedTrust.ts";
import { settingsFindings, settingsText } from "../../../../federation/trust/istioSettings.ts";
import { keyOf } from "../../../support/pki.ts";
import { roots } from "../../support/roots.ts";

const [active, second] = roots;
const next: ContractRoot = { ...second, use: "next" };
const domain = "west.example";
const names = { configMap: "ConfigMap i/istio", deployment: "Deployment i/istiod" };
const now = new Date();
const later = new Date("2200-01-01T00:00:00Z");

const anchorPem = (rootPem: string) =>
  trustAnchor({ rootPem, trustDomain: domain, issuerName: "anchor of east", keyPem: keyOf("anchor") });

let anchor: CertificateFacts, nextAnchor: CertificateFacts, plain: CertificateFacts;
beforeAll(async () => {
  const pems = [await anchorPem(active.pem), await anchorPem(next.pem), active.pem];
  [anchor, nextAnchor, plain] = (await certificatesIn(pems.join(""))) as [typeof anchor, typeof anchor, typeof anchor];
});

const empty: IstioTrust = { anchors: [], bundle: [], trustDomains: [], multiRoot: true, agent: true };
/** What a mesh plans that anchors roots of west, and has others in common with it. */
const planned = (anchored: ContractRoot[], common: ContractRoot[] = []) => ({
  anchored: [{ mesh: "west", trustDomain: domain, roots: anchored }],
  trusts: { west: [...common, ...anchored].map(({ sha256 }) => sha256), north: ["c".repeat(64)] },
  pending: [{ mesh: "south", reason: "another one" }],
});

interface Case {
  name: string;
  istio: () => Partial<IstioTrust>;
  at?: Date;
  trusts: boolean;
  codes: string[];
}

describe("an anchor that the mesh plans", () => {
  test.each<Case>([
    { name: "in caCertificates", istio: () => ({ anchors: [anchor] }), trusts: true, codes: [] },
    {
      name: "in the bundle, without flags",
      istio: () => ({ bundle: [anchor], multiRoot: false, agent: false }),
      trusts: true,
      codes: [],
    },
    {
      name: "without istiod's flag",
      istio: () => ({ anchors: [anchor], multiRoot: false }),
      trusts: false,
      codes: ["istio-flag-missing Deployment i/istiod"],
    },
    {
      name: "without the agents' flag",
      istio: () => ({ anchors: [anchor], agent: false }),
      trusts: false,
      codes: ["istio-flag-missing ConfigMap i/istio"],
    },
    { name: "missing", istio: () => ({}), trusts: false, codes: ["istio-anchor-missing ConfigMap i/istio"] },
    {
      name: "of another root",
      istio: () => ({ anchors: [nextAnchor] }),
      trusts: false,
      codes: ["istio-anchor-missing ConfigMap i/istio"],
    },
    {
      name: "beside the plain root",
      istio: () => ({ anchors: [anchor, plain] }),
      trusts: false,
      codes: ["istio-anchor-unbound ConfigMap i/istio"],
    },
    {
      name: "with the plain root in the bundle",
      istio: () => ({ anchors: [anchor], bundle: [plain] }),
      trusts: false,
      codes: ["istio-anchor-unbound ConfigMap i/istio"],
    },
    {
      name: "that has ended",
      istio: () => ({ anchors: [anchor] }),
      at: later,
      trusts: false,
      codes: ["istio-anchor-expired ConfigMap i/istio"],
    },
  ])("$name: trusted $trusts", ({ istio, at = now, trusts, codes }) => {
    const trust = { ...empty, ...istio() };
    const plan = planned([active]);
    const installed = installedTrust(plan, trust, { west: [active.sha256] }, at);
    expect(installed.trusts["west"]).toEqual(trusts ? [active.sha256] : undefined);
    expect(installed.trusts["north"]).toEqual(plan.trusts.north);
    expect(installed.pending.map(({ mesh }) => mesh)).toEqual(trusts ? ["south"] : ["south", "west"]);
    // The program makes the anchors all the same.
    expect(installed.anchored).toBe(plan.anchored);
    const found = settingsFindings(plan.anchored, [], { trust, names }, at);
    expect(found.map(({ code, subject }) => `${code} ${subject}`)).toEqual(codes);
  });

  test("is trusted before the next root has one, and not after the active one has lost its own", () => {
    const trustsWith = (anchors: CertificateFacts[]) =>
      installedTrust(planned([active, next]), { ...empty, anchors }, {}, now).trusts["west"];
    expect(trustsWith([anchor])).toEqual([active.sha256]);
    expect(trustsWith([anchor, nextAnchor])).toEqual([active.sha256, next.sha256]);
    expect(trustsWith([nextAnchor])).toBeUndefined();
  });

  test("takes nothing away from a root that both meshes have", () => {
    const plan = planned([next], [active]);
    expect(installedTrust(plan, empty, {}, now).trusts["west"]).toEqual([active.sha256]);
    const both = installedTrust(plan, { ...empty, anchors: [nextAnchor] }, {}, now);
    expect(both.trusts["west"]).toEqual([active.sha256, next.sha256]);
  });

  test("counts as published where Istio cannot be read", () => {
    const plan = planned([active, next]);
    expect(installedTrust(plan, undefined, { west: [active.sha256] }).trusts["west"]).toEqual([active.sha256]);
    expect(installedTrust(plan, undefined).trusts["west"]).toBeUndefined();
    expect(settingsFindings(plan.anchored, [domain], { trust: undefined, names }, now)).toEqual([]);
  });
});

test("trust domains of importers are asked for where a peer has an anchor", () => {
  const { anchored } = planned([active]);
  const trust = { ...empty, anchors: [anchor], trustDomains: ["a.example"] };
  expect(settingsFindings(anchored, ["a.example", domain], { trust, names }, now)).toEqual([
    expect.objectContaining({ code: "istio-trust-domain-missing", problem: expect.stringContaining(domain) }),
  ]);
  expect(settingsFindings([], [domain], { trust, names }, now)).toEqual([]);
});

test("the settings have no trust domains where no peer's callers are let in", () => {
  const text = settingsText("east", [{ mesh: "west", root: active.sha256, pem: anchor.pem }], []);
  expect(text).not.toContain("trustDomains");
  expect(text).toContain(`# - root ${active.sha256} of mesh west\n`);
});
