import { X509Certificate, createHash } from "node:crypto";
import fc from "fast-check";
import { PemError, certificatesIn, requestIn } from "../../../../federation/trust/certificate.ts";
import { derOf, keyOf, makeLeaf, makeRequest, makeRoot, makeSubCa } from "../../../support/pki.ts";

const withPem = async () => {
  const root = await makeRoot("root", { kind: "ec" });
  return { root, pem: root.certPem };
};

describe("the facts of a certificate", () => {
  test("are those that Node finds", async () => {
    const root = await makeRoot("root", { kind: "ec384", subject: "C=DE, O=Zürich GmbH+OU=a, CN=root" });
    const ca = await makeSubCa({
      ca: root,
      name: "west",
      pathLength: 3,
      dnsNames: ["a.example"],
      permittedUris: ["x.y"],
    });
    const leaf = await makeLeaf({ ca, uris: ["spiffe://a.b/c,URI:d"], dnsNames: ["b.example"] });
    for (const { certPem } of [root, ca, leaf]) {
      const node = new X509Certificate(certPem);
      const [facts, ...more] = await certificatesIn(certPem);
      expect(more).toEqual([]);
      expect(facts!.sha256).toBe(node.fingerprint256.replaceAll(":", "").toLowerCase());
      expect(facts!.serial).toBe(node.serialNumber.toLowerCase());
      expect([facts!.notBefore, facts!.notAfter]).toEqual([new Date(node.validFrom), new Date(node.validTo)]);
      expect(facts!.isCa).toBe(node.ca);
      const spki = node.publicKey.export({ type: "spki", format: "der" });
      expect(facts!.publicKeyDer).toBe(spki.toString("hex"));
      expect(facts!.keySha256).toBe(createHash("sha256").update(spki).digest("hex"));
      expect(new X509Certificate(facts!.pem).fingerprint256).toBe(node.fingerprint256);
    }
    const [rootFacts, caFacts, leafFacts] = await certificatesIn(root.certPem + ca.certPem + leaf.certPem);
    expect(rootFacts).toMatchObject({ subject: "C=DE, O=Zürich GmbH, OU=a, CN=root", selfIssued: true });
    expect(caFacts).toMatchObject({
      subject: "CN=west",
      issuerDer: rootFacts!.subjectDer,
      selfIssued: false,
      pathLength: 3,
      authorityKeyId: rootFacts!.subjectKeyId,
      authoritySerial: false,
      permittedUris: ["x.y"],
      dnsNames: ["a.example"],
    });
    expect(leafFacts).toMatchObject({ subject: "(empty)", uris: ["spiffe://a.b/c,URI:d"], dnsNames: ["b.example"] });
  });

  test("show an authority that is named by issuer and serial number", async () => {
    const root = await makeRoot("root", { kind: "ec" });
    const { certPem } = await makeSubCa({ ca: root, name: "west", authoritySerial: true });
    await expect(certificatesIn(certPem)).resolves.toMatchObject([
      { authoritySerial: true, authorityKeyId: undefined },
    ]);
  });
});

describe("a text of certificates", () => {
  test.each([
    { text: "with CRLF", edit: (pem: string) => pem.replaceAll("\n", "\r\n"), count: 1 },
    { text: "with a byte order mark", edit: (pem: string) => `\ufeff${pem}`, count: 1 },
    { text: "with text around", edit: (pem: string) => `subject=CN=x\n${pem}\n-- end`, count: 1 },
    { text: "with several", edit: (pem: string) => `${pem}\n\n${pem}`, count: 2 },
    { text: "with a key beside", edit: (pem: string) => `${keyOf("root", "ec")}${pem}`, count: 1 },
    { text: "without a line feed at the end", edit: (pem: string) => pem.trimEnd(), count: 1 },
    { text: "with none", edit: () => "nothing", count: 0 },
  ])("is read $text", async ({ edit, count }) => {
    const { pem } = await withPem();
    const found = await certificatesIn(edit(pem));
    expect(found.map((facts) => facts.pem)).toEqual(Array(count).fill((await certificatesIn(pem))[0]!.pem));
  });

  test.each([
    { text: "cut off", edit: (pem: string) => pem.slice(0, -40), fault: "malformed" },
    {
      text: "of letters that are not base64",
      edit: (pem: string) => pem.replace("\nMII", "\n!II"),
      fault: "malformed",
    },
    { text: "of other bytes", edit: (pem: string) => pem.replace("\nMII", "\nAAA"), fault: "malformed" },
    { text: "with another in one line", edit: (pem: string) => pem.trimEnd() + pem, fault: "malformed" },
    { text: "with bytes behind", edit: (pem: string) => appended(pem), fault: "malformed" },
    { text: "65 times", edit: (pem: string) => pem.repeat(65), fault: "too-many" },
    { text: "of a mebibyte", edit: (pem: string) => pem + " ".repeat(1024 * 1024), fault: "too-large" },
  ])("is refused $text, and not repeated", async ({ edit, fault }) => {
    const { pem } = await withPem();
    const error: unknown = await certificatesIn(edit(pem)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PemError);
    expect(error).toMatchObject({ fault });
    for (const line of edit(pem)
      .split("\n")
      .filter((text) => text.length > 20 && !text.startsWith("-")))
      expect(String(error)).not.toContain(line);
  });

  test("with any one byte changed is read or refused, in no other way", async () => {
    const { pem } = await withPem();
    const der = derOf(pem);
    await fc.assert(
      fc.asyncProperty(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const changed = Buffer.from(der);
        changed[at]! ^= bits;
        const dates = certificatesIn(wrapped(changed)).then(([facts]) => [facts!.notBefore, facts!.notAfter]);
        await dates.then(
          (read) => expect(read.map((date) => date.getTime())).not.toContain(NaN),
          (error: unknown) => expect(error).toBeInstanceOf(PemError),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("a certificate request", () => {
  test.each(["rsa", "ec", "ec384"] as const)("is read with the names that it asks for (%s)", async (kind) => {
    const { requestPem } = await makeRequest("west", { kind, dnsNames: ["a.example"], uris: ["spiffe://x/y"] });
    await expect(requestIn(`${requestPem.replaceAll("\n", "\r\n")}text`)).resolves.toMatchObject({
      subject: "L=west, O=mesh-federation, CN=Intermediate CA",
      localities: ["west"],
      dnsNames: ["a.example"],
      uris: ["spiffe://x/y"],
      signatureValid: true,
    });
  });

  test("of two, or none, is refused", async () => {
    const { requestPem } = await makeRequest("west", { kind: "ec" });
    await expect(requestIn(requestPem.repeat(2))).rejects.toThrow(PemError);
    await expect(requestIn("")).rejects.toThrow(PemError);
  });
});

function appended(pem: string): string {
  return wrapped(Buffer.concat([derOf(pem), Buffer.from([5, 0])]));
}

function wrapped(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
}
