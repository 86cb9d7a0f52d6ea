import { createPrivateKey } from "node:crypto";
import { CertificationRequest } from "@peculiar/asn1-csr";
import { RSAPublicKey } from "@peculiar/asn1-rsa";
import { AsnConvert } from "@peculiar/asn1-schema";
import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import {
  intermediateFindings,
  nestedTrustDomains,
  requestFindings,
  trustDomainFindings,
  type SignedIntermediate,
} from "../../../../federation/trust/certificateFindings.ts";
import { findingText, type Finding } from "../../../../federation/errors/userError.ts";
import { looseCaFindings } from "../../../../federation/trust/looseCa.ts";
import { signIntermediate } from "../../../../federation/trust/constrainedCa.ts";
import { pemOf } from "../../../../federation/trust/pem.ts";
import { derOf, keyOf, makeRequest, makeRoot, makeSubCa, type SubCaOptions } from "../../../support/pki.ts";

const now = new Date();
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);
const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);

/** What a mesh checks, with the intermediate that the trust stack would sign for it. */
async function signedCase(dates = { notBefore: inHours(-1), notAfter: inHours(1000) }) {
  const root = await makeRoot("shared root");
  const { requestPem } = await makeRequest("west");
  const pem = await signIntermediate({ requestPem, issuer: root, trustDomain: "west.local", ...dates });
  const args: SignedIntermediate = {
    chainPem: pem + root.certPem,
    rootsPem: root.certPem,
    trustDomain: "west.local",
    keySha256: (await certificatesIn(pem))[0]!.keySha256,
    now,
    mesh: "west",
    requireConstraint: true,
  };
  return { root, pem, args };
}

describe("an intermediate that another party signed", () => {
  test("has no findings when the trust stack signed it for the mesh", async () => {
    const { args, root, pem } = await signedCase();
    await expect(intermediateFindings(args)).resolves.toEqual([]);
    const next = await makeRoot("next root");
    const bundle = {
      ...args,
      chainPem: pem,
      rootsPem: `text\n${next.certPem}${root.certPem}`.replaceAll("\n", "\r\n"),
    };
    await expect(intermediateFindings(bundle)).resolves.toEqual([]);
  });

  test.each<{ why: string; change: Partial<SignedIntermediate>; expected: string[] }>([
    { why: "another key", change: { keySha256: "0".repeat(64) }, expected: ["ca-certificate-key-differs"] },
    { why: "another domain", change: { trustDomain: "east.local" }, expected: ["ca-certificate-constraint-differs"] },
    { why: "a subdomain", change: { trustDomain: "x.west.local" }, expected: ["ca-certificate-constraint-differs"] },
    { why: "its end passed", change: { now: inHours(1000) }, expected: ["ca-certificate-expired"] },
    { why: "a day left", change: { now: inHours(976) }, expected: ["ca-certificate-expired"] },
    { why: "a day and a minute left", change: { now: inHours(975.98) }, expected: [] },
    { why: "no roots", change: { rootsPem: "" }, expected: ["ca-certificate-issuer-unknown"] },
    { why: "no certificate", change: { chainPem: "" }, expected: ["ca-certificate-malformed"] },
    { why: "a torn root", change: { rootsPem: "-----BEGIN CERTIFICATE-----" }, expected: ["ca-certificate-malformed"] },
  ])("is refused with $why: $expected", async ({ change, expected }) => {
    const { args } = await signedCase();
    expect(codes(await intermediateFindings({ ...args, ...change }))).toEqual(expected);
  });

  test("is refused before its first day", async () => {
    const { args } = await signedCase({ notBefore: inHours(1), notAfter: inHours(1000) });
    expect(codes(await intermediateFindings(args))).toEqual(["ca-certificate-not-yet-valid"]);
  });

  test("is refused below a root of the same name and another key", async () => {
    const { args, pem } = await signedCase();
    const impostor = await makeRoot("shared root", { keyName: "impostor" });
    const found = await intermediateFindings({ ...args, chainPem: pem, rootsPem: impostor.certPem });
    expect(codes(found)).toEqual(["ca-certificate-issuer-unknown"]);
  });

  test.each<{ why: string; options: Partial<SubCaOptions>; free: string[]; bound: string[] }>([
    {
      why: "without a constraint",
      options: { pathLength: 0 },
      free: [],
      bound: ["ca-certificate-constraint-differs"],
    },
    {
      why: "for two trust domains",
      options: { pathLength: 0, permittedUris: ["west.local", "east.local"] },
      free: [],
      bound: ["ca-certificate-constraint-differs"],
    },
    {
      why: "for another trust domain",
      options: { pathLength: 0, permittedUris: ["east.local"] },
      free: ["ca-certificate-constraint-differs"],
      bound: ["ca-certificate-constraint-differs"],
    },
    {
      why: "that may sign CAs",
      options: { permittedUris: ["west.local"] },
      free: [],
      bound: ["ca-certificate-path-length"],
    },
    {
      why: "with a DNS name",
      options: { pathLength: 0, permittedUris: ["west.local"], dnsNames: ["istiod.istio-system.svc"] },
      free: ["ca-certificate-dns-names"],
      bound: ["ca-certificate-dns-names"],
    },
  ])("$why: $free; where it must be bound: $bound", async ({ options, free, bound }) => {
    const { args, root } = await signedCase();
    const { certPem } = await makeSubCa({ ca: root, name: "west intermediate", ...options });
    const change = { ...args, chainPem: certPem, keySha256: undefined };
    expect(codes(await intermediateFindings({ ...change, requireConstraint: false }))).toEqual(free);
    expect(codes(await intermediateFindings(change))).toEqual(bound);
  });

  test("is followed through CAs between it and the root, in any order, with their path lengths and dates", async () => {
    const { args, root } = await signedCase();
    const upper = await makeSubCa({ ca: root, name: "upper" });
    const middle = await makeSubCa({
      ca: upper,
      name: "middle",
      pathLength: 0,
      notAfter: inHours(-2),
      notBefore: inHours(-9),
    });
    const lower = await makeSubCa({ ca: middle, name: "lower", pathLength: 0, permittedUris: ["west.local"] });
    const change = { ...args, keySha256: undefined, chainPem: lower.certPem + upper.certPem + middle.certPem };
    expect(codes(await intermediateFindings(change))).toEqual(["ca-certificate-path-length", "ca-certificate-expired"]);
    const without = { ...change, chainPem: lower.certPem + upper.certPem };
    expect(codes(await intermediateFindings(without))).toEqual(["ca-certificate-issuer-unknown"]);
  });

  test("is refused when it is no CA", async () => {
    const { certPem } = await makeRoot("no CA", { isCa: false, kind: "ec" });
    const { args } = await signedCase();
    const change = { ...args, keySha256: undefined, chainPem: certPem, rootsPem: certPem, requireConstraint: false };
    expect(codes(await intermediateFindings(change))).toEqual(["ca-certificate-not-ca"]);
  });
});

describe("a certificate request", () => {
  test.each(["rsa", "ec", "ec384"] as const)("of a mesh has no findings (%s)", async (kind) => {
    const { requestPem } = await makeRequest("west", { kind });
    await expect(requestFindings(requestPem, "west")).resolves.toEqual([]);
  });

  test.each([
    { why: "a DNS name", options: { dnsNames: ["istiod.istio-system.svc"] }, expected: ["ca-request-names"] },
    { why: "a URI", options: { uris: ["spiffe://east.local/x"] }, expected: ["ca-request-names"] },
    { why: "another mesh's name", options: { mesh: "east" }, expected: ["ca-request-of-other-mesh"] },
    { why: "a second locality", options: { subject: "L=west, L=east" }, expected: ["ca-request-of-other-mesh"] },
    { why: "a short key", options: { kind: "rsa1024" as const }, expected: ["ca-request-key-weak"] },
    { why: "a long subject", options: { subject: `CN=${"x".repeat(1100)}` }, expected: ["ca-request-malformed"] },
    { why: "no subject", options: { subject: "" }, expected: ["ca-request-malformed"] },
  ])("with $why is refused: $expected", async ({ options, expected }) => {
    const { requestPem } = await makeRequest("west", options);
    expect(codes(await requestFindings(requestPem, "west"))).toEqual(expected);
  });

  test.each([
    { bytes: 1024, expected: ["ca-request-unsigned"] },
    { bytes: 1990, expected: ["ca-request-unsigned"] },
    { bytes: 2100, expected: ["ca-request-malformed"] },
  ])("with a key of $bytes bytes is refused, and reading goes on: $expected", async ({ bytes, expected }) => {
    const { requestPem, keyPem } = await makeRequest("west");
    const request = AsnConvert.parse(derOf(requestPem), CertificationRequest);
    const info = request.certificationRequestInfo;
    const key = AsnConvert.parse(info.subjectPKInfo.subjectPublicKey, RSAPublicKey);
    key.modulus = new Uint8Array(bytes).fill(0x55).buffer;
    info.subjectPKInfo.subjectPublicKey = AsnConvert.serialize(key);
    request.certificationRequestInfoRaw = AsnConvert.serialize(info);
    const large = pemOf("CERTIFICATE REQUEST", new Uint8Array(AsnConvert.serialize(request)));
    expect(codes(await requestFindings(large, "west"))).toEqual(expected);
    expect(() => createPrivateKey(keyPem).export({ type: "pkcs8", format: "der" })).not.toThrow();
  });

  test("with another signature, or that is none, is refused", async () => {
    const { requestPem } = await makeRequest("west");
    const der = derOf(requestPem);
    der[der.length - 1]! ^= 1;
    const forged = pemOf("CERTIFICATE REQUEST", der);
    expect(codes(await requestFindings(forged, "west"))).toEqual(["ca-request-unsigned"]);
    expect(codes(await requestFindings(keyOf("west"), "west"))).toEqual(["ca-request-malformed"]);
  });
});

describe("what a stranger puts into a name", () => {
  const forged = "x\nwarning: all is well";
  const lines = (found: readonly Finding[]) => found.map((finding) => findingText(finding).split("\n").length);

  test("is one line of a request's findings", async () => {
    const { requestPem } = await makeRequest("west", { uris: [forged], subject: `L="${forged}"` });
    const found = await requestFindings(requestPem, "west");
    expect(codes(found)).toEqual(["ca-request-names", "ca-request-of-other-mesh"]);
    expect(lines(found)).toEqual([1, 1]);
  });

  test("is one line of a certificate's findings", async () => {
    const { args, root } = await signedCase();
    const names = { permittedUris: [forged], dnsNames: [forged], pathLength: 0 };
    const { certPem } = await makeSubCa({ ca: root, name: "west intermediate", ...names });
    const found = await intermediateFindings({ ...args, chainPem: certPem, keySha256: undefined });
    expect(codes(found)).toEqual(["ca-certificate-constraint-differs", "ca-certificate-dns-names"]);
    const loose = await looseCaFindings(certPem, { mesh: "west", trustDomain: "west.local" });
    expect(codes(loose)).toEqual(["ca-certificate-unbound"]);
    expect(lines([...found, ...loose])).toEqual([1, 1, 1]);
  });
});

describe("a trust domain", () => {
  test.each(["cluster.local", "west", "a-1.b2", "1.a", "x1"])("%s can be bound", (domain) => {
    expect(trustDomainFindings(domain)).toEqual([]);
  });

  test.each([
    "",
    ".",
    "West.local",
    "a_b",
    "a.",
    ".a",
    "a..b",
    "10.0.0.1",
    "a.1",
    "1",
    "::1",
    "a/b",
    "a:8443",
    "u@a",
    "*.a",
  ])('"%s" cannot be bound', (domain) => {
    expect(codes(trustDomainFindings(domain))).toEqual(["trust-domain-not-bindable"]);
  });

  test.each([
    ["a.b", "a.b", true],
    ["x.a.b", "a.b", true],
    ["a.b", "y.x.a.b", true],
    ["xa.b", "a.b", false],
    ["a.b", "a.c", false],
  ])("%s and %s: one within the other is %s", (a, b, nested) => {
    expect(nestedTrustDomains(a, b)).toBe(nested);
  });
});
