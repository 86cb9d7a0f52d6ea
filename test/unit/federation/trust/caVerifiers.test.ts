import { createPrivateKey } from "node:crypto";
import { parseCaMaterial } from "../../../../federation/trust/caMaterial.ts";
import { makeRoot, makeSubCa, type Authority } from "../../../support/pki.ts";
import { opensslVerify } from "./openssl.ts";
import { opensslCa, type OtherCa } from "./opensslCa.ts";

/** OpenSSL dates certificates from the second in which it makes them. */
const now = new Date(Date.now() + 600_000);
const parse = (ca: Authority, rootCert: string, above = "", trustDomain = "a.local") => {
  const certChain = ca.certPem + above;
  const given = { caCert: ca.certPem, caKey: ca.keyPem, certChain, rootCert };
  return parseCaMaterial(JSON.stringify(given), now, trustDomain).then((read) => ({ given, read }));
};
const curve = (name: string, ...more: string[]) => [
  "-algorithm",
  "EC",
  "-pkeyopt",
  `ec_paramgen_curve:${name}`,
  ...more,
];
const rsa = (bits: number) => ["-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${bits}`];

type Limits = Omit<OtherCa, "name" | "ca">;
const unsupported = (problem: string) => ({
  code: "ca-material-invalid",
  details: [{ code: "ca-certificate-unsupported", problem: expect.stringContaining(problem) }],
});

/* What istiod's own loader and Envoy say of each was found by running them. */
describe("CA material that istiod or a proxy refuses", () => {
  const root = opensslCa({ name: "root" });

  test.each<[string, Limits, string]>([
    ["usages of clients only", { extensions: ["extendedKeyUsage=clientAuth"] }, "without serverAuth,"],
    ["usages of servers only", { extensions: ["extendedKeyUsage=serverAuth"] }, "without clientAuth,"],
    ["any usage, by that name", { extensions: ["extendedKeyUsage=anyExtendedKeyUsage"] }, "serverAuth and clientAuth"],
    ["an unknown critical extension", { extensions: ["1.2.3.4=critical,ASN1:UTF8String:x"] }, "(1.2.3.4)"],
    [
      "a constraint of directory names",
      {
        extensions: ["nameConstraints=critical,excluded;dirName:other", "[other]", "O=other"],
      },
      "(2.5.29.30)",
    ],
    ["policies that it demands", { extensions: ["policyConstraints=critical,requireExplicitPolicy:0"] }, "policies"],
    ["a negative serial number", { serial: "-5" }, "negative serial number"],
    ["SHA-1", { digest: "sha1" }, "signed with SHA-1"],
    ["an RSA-PSS key", { key: ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"] }, "(rsa-pss)"],
    ["an Ed448 key", { key: ["-algorithm", "ED448"] }, "(ed448)"],
    ["a short RSA key", { key: rsa(512) }, "(RSA of 512 bits)"],
    ["a key on another curve", { key: curve("secp256k1") }, "secp256k1"],
    ["a curve without its name", { key: curve("P-256", "-pkeyopt", "ec_param_enc:explicit") }, "parameters of its own"],
  ])("is refused here, too: %s", async (_, limits, problem) => {
    await expect(parse(opensslCa({ name: "ca", ca: root, ...limits }), root.certPem)).rejects.toMatchObject(
      unsupported(problem),
    );
  });

  test.each<[string, Limits, string]>([
    [
      "usages",
      { extensions: ["extendedKeyUsage=clientAuth"] },
      "CN=root has an extended key usage without serverAuth,",
    ],
    ["serial number", { serial: "-5" }, "CN=root has a negative serial number"],
  ])("is refused for the root's %s", async (_, limits, problem) => {
    const odd = opensslCa({ name: "root", keyPem: root.keyPem, ...limits });
    await expect(parse(opensslCa({ name: "ca", ca: odd }), odd.certPem)).rejects.toMatchObject(unsupported(problem));
  });

  test.each<[string, Limits]>([
    ["usages of servers", { extensions: ["extendedKeyUsage=serverAuth"] }],
    ["any usage", { extensions: ["extendedKeyUsage=anyExtendedKeyUsage"] }],
    ["SHA-1, as nobody verifies its signature", { digest: "sha1" }],
  ])("is not one whose root has %s", async (_, limits) => {
    const odd = opensslCa({ name: "root", keyPem: root.keyPem, ...limits });
    const { given, read } = await parse(opensslCa({ name: "ca", ca: odd }), odd.certPem);
    expect(read).toEqual(given);
  });

  test.each<[string, Limits]>([
    ["usages of both", { extensions: ["extendedKeyUsage=serverAuth,clientAuth"] }],
    ["Ed25519", { key: ["-algorithm", "ED25519"] }],
    ["P-521", { key: curve("P-521") }],
    ["policies of its own", { extensions: ["certificatePolicies=1.2.3.4", "inhibitAnyPolicy=critical,0"] }],
  ])("is not one with %s", async (_, limits) => {
    const { given, read } = await parse(opensslCa({ name: "ca", ca: root, ...limits }), root.certPem);
    expect(read).toEqual(given);
  });
});

describe("the CAs above the one in CA material", () => {
  const past = { notBefore: new Date(now.getTime() - 9e6), notAfter: new Date(now.getTime() - 1e6) };

  test("are refused when the first that a proxy finds has ended, wherever its successor is", async () => {
    const root = await makeRoot("root", { kind: "ec" });
    const [ended, upper] = [
      await makeSubCa({ ca: root, name: "u", ...past }),
      await makeSubCa({ ca: root, name: "u" }),
    ];
    const ca = await makeSubCa({ ca: upper, name: "lower" });
    const expired = { details: [{ code: "ca-certificate-expired", problem: expect.stringContaining("CN=u ended") }] };
    for (const above of [ended.certPem, ended.certPem + upper.certPem])
      await expect(parse(ca, root.certPem, above)).rejects.toMatchObject(expired);
    await expect(parse(ca, root.certPem, upper.certPem)).resolves.toBeDefined();
  });

  test("are not taken by names: another key of the same name is no issuer, and does not hide the issuer", async () => {
    const root = await makeRoot("root", { kind: "ec" });
    const impostor = await makeRoot("root", { kind: "ec", keyName: "impostor" });
    const ca = await makeSubCa({ ca: root, name: "ca" });
    await expect(parse(ca, impostor.certPem)).rejects.toMatchObject({
      details: [{ code: "ca-certificate-issuer-unknown" }],
    });
    for (const rootCert of [impostor.certPem + root.certPem, root.certPem + impostor.certPem]) {
      const { given, read } = await parse(ca, rootCert);
      expect(read).toEqual(given);
      expect(await opensslVerify(rootCert, { leaf: ca.certPem })).toBe("ok");
    }
  });

  test.each([
    ["the CA", "b.local", undefined],
    ["its root", undefined, "b.local"],
  ])("must permit identities of the mesh, as must the CA itself: %s", async (_, ofCa, ofRoot) => {
    const root = await makeRoot("root", { kind: "ec", ...(ofRoot ? { permittedUris: [ofRoot] } : {}) });
    const ca = await makeSubCa({ ca: root, name: "ca", ...(ofCa ? { permittedUris: [ofCa] } : {}) });
    await expect(parse(ca, root.certPem)).rejects.toMatchObject({
      details: [{ code: "ca-certificate-constraint-differs", problem: expect.stringContaining("bound to b.local") }],
    });
    await expect(parse(ca, root.certPem, "", "b.local")).resolves.toBeDefined();
  });
});

describe("CA material in the forms that istiod takes", () => {
  test("may have the chain behind the CA's certificate; the secret has the certificate alone", async () => {
    const root = await makeRoot("root", { kind: "ec" });
    const ca = await makeSubCa({ ca: root, name: "ca" });
    const given = { caCert: ca.certPem, caKey: ca.keyPem, certChain: ca.certPem, rootCert: root.certPem };
    const read = (value: object) => parseCaMaterial(JSON.stringify({ ...given, ...value }), now, "a.local");
    await expect(read({ caCert: ca.certPem + root.certPem })).resolves.toEqual(given);
    const other = await makeRoot("other", { kind: "ec" });
    await expect(read({ caCert: ca.certPem + other.certPem })).rejects.toThrow("caCert has 2 certificates");
  });

  test("may have a key in another form than its label says, which OpenSSL reads and istiod does not", async () => {
    const root = opensslCa({ name: "root", key: rsa(2048) });
    const keyPem = root.keyPem.replaceAll("PRIVATE KEY", "RSA PRIVATE KEY");
    const { caKey } = (await parse({ ...root, keyPem }, root.certPem)).read;
    const pkcs1 = createPrivateKey(root.keyPem).export({ format: "pem", type: "pkcs1" });
    expect([caKey === pkcs1, caKey === keyPem]).toEqual([true, false]);
  });

  test("may leave out the chain of a root that signs workloads itself", async () => {
    const { certPem, keyPem } = await makeRoot("root", { kind: "ec" });
    const given = { caCert: certPem, caKey: keyPem, certChain: "", rootCert: certPem };
    const read = await parseCaMaterial(JSON.stringify(given), now, "a.local");
    expect(read).toEqual({ ...given, certChain: certPem });
  });

  test("are refused by name when a block begins within a line, which istiod skips in silence", async () => {
    const root = await makeRoot("root", { kind: "ec" });
    const next = await makeRoot("next", { kind: "ec" });
    const ca = await makeSubCa({ ca: root, name: "ca" });
    await expect(parse(ca, next.certPem.trim() + root.certPem)).rejects.toMatchObject({
      problem: expect.stringContaining("rootCert: block 2 (CERTIFICATE) does not begin on a line of its own"),
    });
  });
});
