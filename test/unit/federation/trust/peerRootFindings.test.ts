import { peerRootFindings, type PeerRoots } from "../../../../federation/trust/certificateFindings.ts";
import { certificatesIn, type CertificateFacts } from "../../../../federation/trust/certificate.ts";
import { trustAnchor } from "../../../../federation/trust/constrainedCa.ts";
import { pemOf } from "../../../../federation/trust/pem.ts";
import { derOf, keyOf, makeRoot, makeSubCa, type Authority, type RootOptions } from "../../../support/pki.ts";

const now = new Date();
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);
type Use = "active" | "next" | "retiring";

async function factsOf({ certPem }: Authority): Promise<CertificateFacts> {
  return (await certificatesIn(certPem))[0]!;
}

async function published(root: Authority, use: Use = "active") {
  return { sha256: (await factsOf(root)).sha256, pem: root.certPem, use };
}

/** Codes of what is wrong with roots of west for east. */
async function codesOf(roots: Awaited<ReturnType<typeof published>>[], change: Partial<PeerRoots> = {}) {
  const own = { trustDomain: "east.local", roots: [await makeRoot("east root", { kind: "ec" })], anchors: [] };
  const found = await peerRootFindings({
    mesh: "west",
    roots,
    trustDomain: "west.local",
    own: { ...own, roots: own.roots.map(({ certPem }) => ({ pem: certPem })) },
    earlyRenewalHours: 100,
    now,
    ...change,
  });
  return found.map(({ code }) => code);
}

const westRoot = (options: RootOptions = {}): Promise<Authority> => makeRoot("west root", { kind: "ec", ...options });

describe("the roots of a peer", () => {
  test("have no findings, also while they change, and for RSA beside EC", async () => {
    const next = await makeRoot("west root", { keyName: "west next" });
    const intermediate = await makeSubCa({ ca: await westRoot(), name: "west intermediate" });
    const roots = [await published(await westRoot()), await published(next, "next")];
    await expect(codesOf(roots, { intermediatePem: intermediate.certPem })).resolves.toEqual([]);
  });

  test.each<{ why: string; options: RootOptions; expected: string[] }>([
    { why: "without a key identifier", options: { subjectKeyId: false }, expected: ["peer-root-without-key-id"] },
    { why: "with an empty key identifier", options: { keyId: "" }, expected: ["peer-root-without-key-id"] },
    { why: "that has not begun", options: { notBefore: inHours(1) }, expected: ["peer-root-unreadable"] },
    { why: "that is no CA", options: { isCa: false }, expected: ["peer-root-not-ca"] },
    {
      why: "that has expired",
      options: { notBefore: inHours(-9), notAfter: inHours(-1) },
      expected: ["peer-root-expired"],
    },
    { why: "with the key of east's own", options: { keyName: "east root" }, expected: ["peer-root-is-own"] },
  ])("are refused with one $why: $expected", async ({ options, expected }) => {
    await expect(codesOf([await published(await westRoot(options))])).resolves.toEqual(expected);
  });

  test("are refused with the name and key identifier of a CA of workloads, whose place they would take", async () => {
    const ca = await makeSubCa({ ca: await makeRoot("east root", { kind: "ec" }), name: "east intermediate" });
    const { subjectKeyId: keyId } = await factsOf(ca);
    const alike = await published(await westRoot({ subject: "CN=east intermediate", keyId: keyId! }));
    const own = { trustDomain: "east.local", roots: [], anchors: [] };
    const withCa = (mesh: string) => codesOf([alike], { own: { ...own, cas: [{ mesh, pem: ca.certPem }] } });
    await expect(codesOf([alike], { own })).resolves.toEqual([]);
    await expect(withCa("east")).resolves.toEqual(["peer-root-indistinct"]);
    // What it is to the peer itself is the peer's affair.
    await expect(withCa("west")).resolves.toEqual([]);
  });

  test("are refused with an intermediate among them, and with a fingerprint of another", async () => {
    const root = await westRoot();
    const ca = await makeSubCa({ ca: root, name: "west intermediate" });
    await expect(codesOf([await published(ca)])).resolves.toEqual(["peer-root-not-self-signed"]);
    const swapped = { ...(await published(root)), pem: ca.certPem };
    await expect(codesOf([swapped])).resolves.toEqual(["peer-root-malformed"]);
  });

  test("are refused with the name and key of another party that did not sign", async () => {
    const root = await westRoot();
    const other = await westRoot({ keyName: "another" });
    const der = derOf(root.certPem);
    const [own, foreign] = await Promise.all([root, other].map(factsOf));
    Buffer.from(foreign!.publicKeyDer, "hex").copy(der, der.indexOf(Buffer.from(own!.publicKeyDer, "hex")));
    const certPem = pemOf("CERTIFICATE", der);
    await expect(codesOf([await published({ ...root, certPem })])).resolves.toEqual(["peer-root-not-self-signed"]);
  });

  test("are refused with two of one key, and with two of one name without key identifiers", async () => {
    const again = await westRoot({ notAfter: inHours(5000) });
    await expect(codesOf(await Promise.all([await westRoot(), again].map((root) => published(root))))).resolves.toEqual(
      ["peer-root-repeated"],
    );
    const bare = { subjectKeyId: false, subject: "CN=WEST  Root" };
    const others = [await westRoot(), await westRoot({ ...bare, keyName: "west next" })];
    await expect(codesOf(await Promise.all(others.map((root) => published(root))))).resolves.toEqual([
      "peer-root-without-key-id",
      "peer-root-indistinct",
    ]);
  });

  test("are refused with the key identifier of another's root, whose place they would take", async () => {
    const own = await makeRoot("east root", { kind: "ec" });
    const { subjectKeyId } = await factsOf(own);
    const thief = await makeRoot("east root", { kind: "ec", keyName: "thief", keyId: subjectKeyId });
    await expect(codesOf([await published(thief)])).resolves.toEqual(["peer-root-indistinct"]);
  });

  test.each<{ left: number; use: Use; expected: string[] }>([
    { left: 99, use: "retiring", expected: ["peer-root-ends"] },
    { left: 101, use: "retiring", expected: [] },
    // The peer has to publish both to change from one to the other.
    { left: 99, use: "active", expected: [] },
  ])("with $left hours left and use $use beside a successor: $expected", async ({ left, use, expected }) => {
    const roots = [
      await published(await westRoot({ notAfter: inHours(left) }), use),
      await published(await westRoot({ keyName: "west next" }), use === "active" ? "next" : "active"),
    ];
    await expect(codesOf(roots)).resolves.toEqual(expected);
    await expect(codesOf(roots.slice(0, 1))).resolves.toEqual([]);
  });

  test("are refused with the key of another peer's, whose anchor exists; its own anchors do not count", async () => {
    const root = await westRoot();
    const anchor = { rootPem: root.certPem, trustDomain: "north.local", issuerName: "x", keyPem: keyOf("anchor") };
    const pem = await trustAnchor(anchor);
    const own = { trustDomain: "east.local", roots: [] };
    const roots = [await published(root)];
    await expect(codesOf(roots, { own: { ...own, anchors: [{ mesh: "north", pem }] } })).resolves.toEqual([
      "peer-root-of-other-peer",
    ]);
    await expect(codesOf(roots, { own: { ...own, anchors: [{ mesh: "west", pem }] } })).resolves.toEqual([]);
  });

  test.each([
    { trustDomain: "east.local", expected: ["trust-domain-nested"] },
    { trustDomain: "x.east.local", expected: ["trust-domain-nested"] },
    { trustDomain: "west_1", expected: ["trust-domain-not-bindable"] },
  ])("are refused for trust domain $trustDomain: $expected", async ({ trustDomain, expected }) => {
    await expect(codesOf([await published(await westRoot())], { trustDomain })).resolves.toEqual(expected);
  });

  test.each([
    { why: "a DNS name", options: { dnsNames: ["a.example"] }, expected: ["ca-certificate-dns-names"] },
    { why: "its issuer's serial", options: { authoritySerial: true }, expected: ["ca-certificate-issuer-serial"] },
  ])("are refused with an intermediate that has $why: $expected", async ({ options, expected }) => {
    const root = await westRoot();
    const { certPem } = await makeSubCa({ ca: root, name: "west intermediate", ...options });
    await expect(codesOf([await published(root)], { intermediatePem: certPem })).resolves.toEqual(expected);
  });
});
