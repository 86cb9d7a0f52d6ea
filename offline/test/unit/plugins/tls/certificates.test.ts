import { X509Certificate } from "node:crypto";
import { rootOf, subject, uses } from "./root.ts";
import { made, textOf, types, withFiles } from "./support.ts";

describe.each([
  { name: "RSA", inputs: { algorithm: "RSA" }, signature: "sha256WithRSAEncryption" },
  { name: "ECDSA P224", inputs: { algorithm: "ECDSA" }, signature: "ecdsa-with-SHA256" },
  { name: "ECDSA P256", inputs: { algorithm: "ECDSA", ecdsaCurve: "P256" }, signature: "ecdsa-with-SHA256" },
  { name: "ECDSA P384", inputs: { algorithm: "ECDSA", ecdsaCurve: "P384" }, signature: "ecdsa-with-SHA384" },
  { name: "ECDSA P521", inputs: { algorithm: "ECDSA", ecdsaCurve: "P521" }, signature: "ecdsa-with-SHA512" },
  { name: "ED25519", inputs: { algorithm: "ED25519" }, signature: "ED25519" },
])("with keys for $name", ({ inputs, signature }) => {
  let root: Record<string, any>, request: Record<string, any>, cert: Record<string, any>;
  beforeAll(async () => {
    const [rootKey, key] = [await made(types.key, inputs), await made(types.key, inputs)];
    root = await rootOf(rootKey);
    request = await made(types.request, {
      privateKeyPem: key["privateKeyPem"],
      subject: { commonName: "Intermediate CA", organization: "mesh", locality: "west" },
      dnsNames: ["istiod.istio-system.svc"],
      ipAddresses: ["10.0.0.1", "fd00::1"],
      uris: ["spiffe://cluster.local/ns/a/sa/b"],
    });
    cert = await made(types.cert, {
      certRequestPem: request["certRequestPem"],
      caPrivateKeyPem: rootKey["privateKeyPem"],
      caCertPem: root["certPem"],
      validityPeriodHours: 17520,
      isCaCertificate: true,
      maxPathLength: 0,
      setSubjectKeyId: true,
      allowedUses: ["digital_signature", "content_commitment", "key_encipherment", ...uses],
    });
  });

  test("the chain verifies, also by the strict rules", () => {
    expect(
      withFiles({ root: root["certPem"], cert: cert["certPem"] }, "openssl", [
        "verify",
        "-x509_strict",
        "-CAfile",
        "root",
        "cert",
      ]),
    ).toBe("cert: OK\n");
  });

  test("the request verifies and asks for its names", () => {
    expect(() =>
      withFiles({ req: request["certRequestPem"] }, "openssl", ["req", "-in", "req", "-noout", "-verify"]),
    ).not.toThrow();
    expect(textOf(request["certRequestPem"])).toContain(
      "DNS:istiod.istio-system.svc, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1, " +
        "URI:spiffe://cluster.local/ns/a/sa/b",
    );
  });

  test("the intermediate is what Istio wants of a CA", () => {
    const text = textOf(cert["certPem"]);
    expect(text).toContain(`Signature Algorithm: ${signature}`);
    expect(text).toMatch(/Basic Constraints: critical\n\s+CA:TRUE, pathlen:0\n/);
    expect(text).toMatch(
      /Key Usage: critical\n\s+Digital Signature, Non Repudiation, Key Encipherment, Certificate Sign, CRL Sign\n/,
    );
    expect(text).toMatch(
      /Alternative Name: \n\s+DNS:istiod.istio-system.svc, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1, URI:spiffe:/,
    );
    const identifier = (of: string, pem: string) =>
      new RegExp(`${of} Key Identifier: \n\\s+([0-9A-F:]+)\n`).exec(textOf(pem))?.[1];
    expect(identifier("Authority", cert["certPem"])).toBe(identifier("Subject", root["certPem"]));
    expect(identifier("Subject", cert["certPem"])).toMatch(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/);
    expect(new X509Certificate(cert["certPem"])).toMatchObject({
      ca: true,
      issuer: "O=mesh\nCN=Root CA",
      subject: "L=west\nO=mesh\nCN=Intermediate CA",
    });
  });

  test("the outputs describe the certificate", () => {
    const { serialNumber, validFromDate, validToDate } = new X509Certificate(cert["certPem"]);
    expect(BigInt(`0x${serialNumber}`).toString()).toBe(cert["id"]);
    expect(cert).toMatchObject({ readyForRenewal: false, earlyRenewalHours: 0, caKeyAlgorithm: inputs.algorithm });
    expect(root).toMatchObject({ readyForRenewal: false, setAuthorityKeyId: false, keyAlgorithm: inputs.algorithm });
    expect(request).toMatchObject({ keyAlgorithm: inputs.algorithm });
    expect(cert["validityStartTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
    expect(cert["validityStartTime"].slice(0, 19)).toBe(validFromDate.toISOString().slice(0, 19));
    expect(cert["validityEndTime"].slice(0, 19)).toBe(validToDate.toISOString().slice(0, 19));
    expect(validToDate.getTime() - validFromDate.getTime()).toBe(17520 * 3_600_000);
  });
});

describe("self-signed", () => {
  let key: Record<string, any>;
  beforeAll(async () => void (key = await made(types.key, { algorithm: "ECDSA", ecdsaCurve: "P256" })));
  const issue = async (inputs: Record<string, any>) =>
    textOf(
      (
        await made(types.root, {
          privateKeyPem: key["privateKeyPem"],
          validityPeriodHours: 1,
          allowedUses: [],
          ...inputs,
        })
      )["certPem"],
    );

  test("every field of a subject is written, in one order, with the narrowest string type", async () => {
    const all = {
      commonName: "Zoë",
      country: "DE",
      emailAddress: "a@example.org",
      locality: "Jena",
      organization: "a&b",
      organizationalUnit: "unit",
      postalCode: "07743",
      province: "TH",
      serialNumber: "7",
      streetAddresses: ["Street 2", "Alley"],
    };
    const { certPem } = await made(types.root, {
      privateKeyPem: key["privateKeyPem"],
      validityPeriodHours: 1,
      allowedUses: [],
      subject: all,
    });
    const shown = withFiles({ certPem }, "openssl", [
      "x509",
      "-in",
      "certPem",
      "-noout",
      "-subject",
      "-nameopt",
      "sep_comma_plus,utf8,show_type,sname",
    ]).trim();
    expect(shown).toBe(
      "subject=C=PRINTABLESTRING:DE,ST=PRINTABLESTRING:TH,L=PRINTABLESTRING:Jena," +
        "street=PRINTABLESTRING:Alley+street=PRINTABLESTRING:Street 2,postalCode=PRINTABLESTRING:07743," +
        "O=UTF8STRING:a&b,OU=PRINTABLESTRING:unit,CN=UTF8STRING:Zoë,serialNumber=PRINTABLESTRING:7," +
        "emailAddress=IA5STRING:a@example.org",
    );
  });

  test.each([
    {
      name: "no CA by default",
      inputs: {},
      has: /Basic Constraints: critical\n\s+CA:FALSE\n/,
      not: /Key Identifier|Key Usage|Alternative Name/,
    },
    {
      name: "names are critical without a subject",
      inputs: { dnsNames: ["a.example"] },
      has: /Alternative Name: critical\n\s+DNS:a.example\n/,
      not: /Key Usage/,
    },
    {
      name: "names are not critical with a subject",
      inputs: { dnsNames: ["a.example"], subject },
      has: /Alternative Name: \n/,
      not: /Name: critical/,
    },
    { name: "a path length is for a CA only", inputs: { maxPathLength: 2 }, has: /CA:FALSE\n/, not: /pathlen/ },
    {
      name: "a path length",
      inputs: { maxPathLength: 2, isCaCertificate: true, subject },
      has: /CA:TRUE, pathlen:2\n/,
      not: /Alternative Name/,
    },
    {
      name: "a CA has a subject key identifier",
      inputs: { isCaCertificate: true, subject },
      has: /Subject Key Identifier/,
      not: /Authority Key Identifier/,
    },
    {
      name: "its own key as authority",
      inputs: { setSubjectKeyId: true, setAuthorityKeyId: true },
      has: /Subject Key Identifier: \n\s+(\S+)\n\s+X509v3 Authority Key Identifier: \n\s+\1\n/,
      not: /Key Usage/,
    },
    {
      name: "extended uses",
      inputs: { allowedUses: ["server_auth", "client_auth", "any_extended"] },
      has: /Extended Key Usage: \n\s+TLS Web Server Authentication, TLS Web Client Authentication, Any Extended Key Usage\n/,
      not: /Key Usage: critical/,
    },
    {
      name: "the ninth bit of usages",
      inputs: { allowedUses: ["key_agreement", "decipher_only"] },
      has: /Key Usage: critical\n\s+Key Agreement, Decipher Only\n/,
      not: /Extended/,
    },
  ])("$name", async ({ inputs, has, not }) => {
    const text = await issue(inputs);
    expect(text).toMatch(has);
    expect(text).not.toMatch(not);
  });

  test.each([
    { name: "a CA without a subject", inputs: { isCaCertificate: true }, says: /needs a subject/ },
    { name: "an authority without identifier", inputs: { setAuthorityKeyId: true }, says: /set setSubjectKeyId too/ },
    { name: "an end after the year 9999", inputs: { validityPeriodHours: 1e9 }, says: /after the year 9999/ },
  ])("refuses $name", async ({ inputs, says }) => {
    await expect(issue(inputs)).rejects.toThrow(says);
  });
});
