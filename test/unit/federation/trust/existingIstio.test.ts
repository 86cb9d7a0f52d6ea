import { stringify } from "yaml";
import { trustAnchor } from "../../../../federation/trust/constrainedCa.ts";
import {
  anchorState,
  bundleOfIstio,
  istioTrustOf,
  type IstioObjects,
} from "../../../../federation/trust/existingIstio.ts";
import { keyOf, makeRoot as makeAnyRoot, type RootOptions } from "../../../support/pki.ts";

const makeRoot = (name: string, options: RootOptions = {}) => makeAnyRoot(name, { kind: "ec", ...options });
const flags = { ISTIO_MULTIROOT_MESH: "true" };
const agent = { defaultConfig: { proxyMetadata: { PROXY_CONFIG_XDS_AGENT: "true" } } };
const anchorOf = async (name: string, trustDomain = "west.example") =>
  trustAnchor({
    rootPem: (await makeRoot(name)).certPem,
    trustDomain,
    issuerName: "anchor of east",
    keyPem: keyOf("anchor"),
  });
const trustIn = (objects: Partial<IstioObjects>) =>
  istioTrustOf({ mesh: undefined, env: undefined, rootCert: undefined, ...objects });
const mesh = (pems: string[], more: object = agent) =>
  stringify({ caCertificates: pems.map((pem) => ({ pem })), ...more });

describe("an existing Istio", () => {
  const state = async (objects: Partial<IstioObjects>) => {
    const pem = (await makeRoot("West Root")).certPem;
    return anchorState({ pem }, "west.example", await trustIn(objects), new Date());
  };

  test("has an anchor in force with both flags, or in its own bundle without them", async () => {
    const [anchor, other] = [await anchorOf("West Root"), await anchorOf("North Root", "north.example")];
    expect(await state({ env: flags, mesh: mesh([other, anchor]) })).toBe("installed");
    expect(await state({ mesh: mesh([anchor]) })).toBe("off");
    expect(await state({ env: { ...flags, ISTIO_MULTIROOT_MESH: undefined }, mesh: mesh([anchor]) })).toBe("off");
    expect(await state({ env: flags, mesh: mesh([anchor], {}) })).toBe("off");
    expect(await state({ rootCert: `${(await makeRoot("East Root")).certPem}${anchor}` })).toBe("installed");
    expect(await state({ env: flags, mesh: mesh([other]) })).toBe("missing");
  });

  test("has none while another certificate of the key takes its place", async () => {
    const anchor = await anchorOf("West Root");
    const plain = (await makeRoot("West Root")).certPem;
    const other = await anchorOf("West Root", "other.example");
    for (const pems of [[plain], [plain, anchor], [anchor, plain], [anchor, other]])
      expect(await state({ env: flags, mesh: mesh(pems) })).toBe("unbound");
    const renamed = await makeRoot("West Root", { subject: "CN=Another Name", permittedUris: ["west.example"] });
    expect(await state({ env: flags, mesh: mesh([renamed.certPem]) })).toBe("unbound");
  });

  test("has none while one of its anchors is not valid", async () => {
    const pem = (await makeRoot("West Root")).certPem;
    const trust = await trustIn({ env: flags, mesh: mesh([await anchorOf("West Root")]) });
    const stateIn = (years: number) =>
      anchorState({ pem }, "west.example", trust, new Date(Date.now() + years * 365.25 * 24 * 3_600_000));
    expect([-1, 0, 11].map(stateIn)).toEqual(["expired", "installed", "expired"]);
    const old = await makeRoot("West Root", { notAfter: new Date(Date.now() - 1_000) });
    const oldAnchor = await trustAnchor({
      rootPem: old.certPem,
      trustDomain: "west.example",
      issuerName: "anchor of east",
      keyPem: keyOf("anchor"),
    });
    expect(await state({ env: flags, mesh: mesh([await anchorOf("West Root"), oldAnchor]) })).toBe("expired");
  });

  test("is read although its objects have another shape than expected", async () => {
    for (const text of ["", "- a list", "caCertificates: 7", "caCertificates: [7, {pem: 7}, {pem: no PEM}]", "}{"])
      expect(await trustIn({ mesh: text })).toMatchObject({ anchors: [], trustDomains: [], agent: false });
    const broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    const trust = await trustIn({ mesh: mesh([broken, await anchorOf("West Root")]), rootCert: broken });
    expect([trust.anchors.length, trust.bundle.length]).toEqual([1, 0]);
  });

  test("accepts the trust domains of its certificates and its aliases", async () => {
    const text = stringify({ caCertificates: [{ trustDomains: ["a.example", 7] }], trustDomainAliases: ["b.example"] });
    expect((await trustIn({ mesh: text })).trustDomains).toEqual(["a.example", "b.example"]);
  });

  test("publishes the roots of its bundle once, the first as active, and no anchor", async () => {
    const [first, second] = [(await makeRoot("First")).certPem, (await makeRoot("Second")).certPem];
    const text = [await anchorOf("West Root"), first, second, first].join("");
    const bundle = bundleOfIstio(await trustIn({ rootCert: text }));
    expect(bundle!.roots.map(({ pem }) => pem)).toEqual([first, second]);
    expect(bundle!.active).toBe(bundle!.roots[0]!.sha256);
    expect(bundleOfIstio(await trustIn({}))).toBeUndefined();
  });
});
