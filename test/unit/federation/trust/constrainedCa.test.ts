import { X509Certificate, createPrivateKey } from "node:crypto";
import { certificatesIn, requestIn } from "../../../../federation/trust/certificate.ts";
import { SigningError, signIntermediate, trustAnchor } from "../../../../federation/trust/constrainedCa.ts";
import { pemOf } from "../../../../federation/trust/pem.ts";
import { derOf, keyOf, makeLeaf, makeRequest, makeRoot, makeSubCa, type Authority } from "../../../support/pki.ts";
import { opensslText, opensslVerify } from "./openssl.ts";

const east = "spiffe://east.local/ns/apps/sa/orders";
const west = "spiffe://west.local/ns/apps/sa/orders";
const [notBefore, notAfter] = [new Date("2026-01-01T00:00:00Z"), new Date("2099-01-01T00:00:00Z")];
const past = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2021-01-01T00:00:00Z") };

interface Case {
  leaf: string;
  uris?: string[];
  dnsNames?: string[];
  dates?: { notBefore: Date; notAfter: Date };
  viaSubCa?: boolean;
  /** What OpenSSL says under the constraint, and under the plain root. */
  bound: string;
  plain: string;
}

const notPermitted = "permitted subtree violation";
const cases: Case[] = [
  { leaf: "of its own trust domain", uris: [west], bound: "ok", plain: "ok" },
  { leaf: "of another trust domain", uris: [east], bound: notPermitted, plain: "ok" },
  { leaf: "of both, its own first", uris: [west, east], bound: notPermitted, plain: "ok" },
  { leaf: "of a subdomain", uris: ["spiffe://x.west.local/ns/a/sa/b"], bound: notPermitted, plain: "ok" },
  {
    leaf: "that has expired",
    uris: [west],
    dates: past,
    bound: "certificate has expired",
    plain: "certificate has expired",
  },
];

const signShared = async (trustDomain = "west.local") => {
  const root = await makeRoot("shared root");
  const { requestPem, keyPem } = await makeRequest("west");
  const issuer = { certPem: root.certPem, keyPem: root.keyPem };
  const certPem = await signIntermediate({ requestPem, issuer, trustDomain, notBefore, notAfter });
  return { root, requestPem, intermediate: { certPem, keyPem } };
};

describe("the intermediate of a mesh under a shared root", () => {
  test("has the subject and key of the request and is bound to its trust domain", async () => {
    const { root, requestPem, intermediate } = await signShared();
    const [[facts], [rootFacts], request] = await Promise.all([
      certificatesIn(intermediate.certPem),
      certificatesIn(root.certPem),
      requestIn(requestPem),
    ]);
    expect(facts).toMatchObject({
      subjectDer: request.subjectDer,
      keySha256: request.keySha256,
      issuerDer: rootFacts!.subjectDer,
      authorityKeyId: rootFacts!.subjectKeyId,
      authoritySerial: false,
      isCa: true,
      pathLength: 0,
      permittedUris: ["west.local"],
      excludesDns: false,
      dnsNames: [],
      uris: [],
      notBefore,
      notAfter,
    });
    expect(new X509Certificate(intermediate.certPem).checkPrivateKey(createPrivateKey(intermediate.keyPem))).toBe(true);
    const text = await opensslText(intermediate.certPem);
    expect(text).toContain("X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0\n");
    expect(text).toContain(
      "X509v3 Key Usage: critical\n                Digital Signature, Certificate Sign, CRL Sign\n",
    );
    expect(text).toContain(
      "X509v3 Name Constraints: critical\n                Permitted:\n                  URI:west.local\n",
    );
  });

  test.each<Case>([
    ...cases,
    { leaf: "of a CA below it", uris: [west], viaSubCa: true, bound: "path length constraint exceeded", plain: "ok" },
    { leaf: "with istiod's name", dnsNames: ["istiod.istio-system.svc"], bound: "ok", plain: "ok" },
  ])("signs a leaf $leaf: $bound; with the plain root: $plain", async ({ bound, plain, ...leaf }) => {
    const { root, intermediate } = await signShared();
    const free = await makeSubCa({ ca: root, name: "free", kind: "rsa" });
    await expect(verified(root.certPem, intermediate, leaf)).resolves.toBe(bound);
    await expect(verified(root.certPem, free, leaf)).resolves.toBe(plain);
  });

  test("has the same bytes at every run, and others for any other argument", async () => {
    const [first, again, other] = await Promise.all([signShared(), signShared(), signShared("other.local")]);
    expect(again.intermediate.certPem).toBe(first.intermediate.certPem);
    const serials = await Promise.all([first, other].map(({ intermediate }) => certificatesIn(intermediate.certPem)));
    expect(serials[0]![0]!.serial).not.toBe(serials[1]![0]!.serial);
  });
});

describe("a trust anchor over a peer's root", () => {
  const anchorOf = (root: Authority, keyName = "anchor") =>
    trustAnchor({
      rootPem: root.certPem,
      trustDomain: "west.local",
      issuerName: "anchor of east",
      keyPem: keyOf(keyName),
    });

  test.each(["rsa", "ec"] as const)("takes over subject, key, identifier and dates of a root (%s)", async (kind) => {
    const root = await makeRoot("west root", { kind, subject: "C=DE, O=Zürich GmbH, CN=west root" });
    const [[anchor], [facts]] = await Promise.all([certificatesIn(await anchorOf(root)), certificatesIn(root.certPem)]);
    const { subjectDer, keySha256, publicKeyDer, subjectKeyId, notBefore, notAfter } = facts!;
    expect(anchor).toMatchObject({
      ...{ subjectDer, keySha256, publicKeyDer, subjectKeyId, notBefore, notAfter },
      issuer: "CN=anchor of east",
      isCa: true,
      pathLength: undefined,
      permittedUris: ["west.local"],
      excludesDns: true,
      excludesIps: true,
      excludesEmails: true,
      selfIssued: false,
    });
  });

  describe.each(["rsa", "ec"] as const)("of kind %s", (kind) => {
    test.each<Case>([
      ...cases,
      { leaf: "of a CA below, another domain", uris: [east], viaSubCa: true, bound: notPermitted, plain: "ok" },
      { leaf: "of a CA below, its own domain", uris: [west], viaSubCa: true, bound: "ok", plain: "ok" },
      {
        leaf: "with the name of an istiod",
        uris: [west],
        dnsNames: ["istiod.istio-system.svc"],
        bound: "excluded subtree violation",
        plain: "ok",
      },
    ])("accepts below it a leaf $leaf: $bound; with the plain root: $plain", async ({ bound, plain, ...leaf }) => {
      const root = await makeRoot(`west root ${kind}`, { kind });
      const intermediate = await makeSubCa({ ca: root, name: "west intermediate" });
      await expect(verified(await anchorOf(root), intermediate, leaf, root.certPem)).resolves.toBe(bound);
      await expect(verified(root.certPem, intermediate, leaf)).resolves.toBe(plain);
    });
  });

  test("does not hold for another key under the root's name", async () => {
    const root = await makeRoot("west root");
    const impostor = await makeRoot("west root", { keyName: "impostor" });
    await expect(verified(await anchorOf(root), impostor, { uris: [west] })).resolves.not.toBe("ok");
  });

  test("has the same bytes at every run", async () => {
    const root = await makeRoot("west root");
    expect(await anchorOf(root)).toBe(await anchorOf(root));
    expect(await anchorOf(root, "other")).not.toBe(await anchorOf(root));
  });
});

describe("signing is refused", () => {
  test.each([
    { why: "a trust domain that cannot be bound", change: { trustDomain: "" } },
    { why: "dates in the wrong order", change: { notAfter: notBefore } },
    { why: "the key of another", change: { keyName: "another" } },
    { why: "an EC key", change: { kind: "ec" as const } },
  ])("with $why", async ({ change: { keyName = "shared root", kind, ...change } }) => {
    const { certPem } = await makeRoot("shared root", { kind });
    const { requestPem } = await makeRequest("west");
    const issuer = { certPem, keyPem: keyOf(keyName, kind) };
    const args = { requestPem, issuer, trustDomain: "west.local", notBefore, notAfter };
    await expect(signIntermediate({ ...args, ...change })).rejects.toThrow(SigningError);
  });

  test("for a request that another key signed", async () => {
    const { root, requestPem } = await signShared();
    const der = derOf(requestPem);
    der[der.length - 1]! ^= 1;
    const forged = pemOf("CERTIFICATE REQUEST", der);
    const args = { requestPem: forged, issuer: root, trustDomain: "west.local", notBefore, notAfter };
    await expect(signIntermediate(args)).rejects.toThrow("not signed by its own key");
  });
});

/** What OpenSSL says of a leaf of an intermediate, which sends its chain and, as Istio does, its root. */
async function verified(trusted: string, ca: Authority, leaf: Partial<Case>, sentRoot = ""): Promise<string> {
  const issuer = leaf.viaSubCa ? await makeSubCa({ ca, name: "sub" }) : ca;
  const { certPem } = await makeLeaf({ ca: issuer, ...leaf, ...leaf.dates });
  return opensslVerify(trusted, { leaf: certPem, chain: issuer.certPem + ca.certPem + sentRoot });
}
