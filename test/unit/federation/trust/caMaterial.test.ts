import { execFileSync } from "node:child_process";
import { parseCaMaterial, type CaMaterial } from "../../../../federation/trust/caMaterial.ts";
import { keyOf, makeRoot, makeSubCa, type KeyKind } from "../../../support/pki.ts";

const now = new Date();
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

/** The material of an intermediate, as Istio's documentation makes it: the root is in the chain, too. */
async function usual(kind: KeyKind = "ec"): Promise<CaMaterial> {
  const root = await makeRoot("root", { kind: "ec" });
  const ca = await makeSubCa({ ca: root, name: "intermediate", kind });
  return { caCert: ca.certPem, caKey: ca.keyPem, certChain: ca.certPem + root.certPem, rootCert: root.certPem };
}

const parse = (value: unknown) => parseCaMaterial(JSON.stringify(value), now, "a.local");

describe("CA material", () => {
  test.each(["rsa", "ec", "ec384"] as const)("is read as it is (%s)", async (kind) => {
    const given = await usual(kind);
    await expect(parse(given)).resolves.toEqual(given);
    await expect(parse({ ...given, certChain: given.caCert })).resolves.toMatchObject({ certChain: given.caCert });
  });

  test("of a root that signs workloads itself is read", async () => {
    const root = await makeRoot("root", { kind: "ec" });
    const given = { caCert: root.certPem, caKey: root.keyPem, certChain: root.certPem, rootCert: root.certPem };
    await expect(parse(given)).resolves.toEqual(given);
  });

  test("of two roots is read in any order, and keeps it", async () => {
    const given = await usual();
    const next = await makeRoot("next root", { kind: "ec" });
    for (const rootCert of [given.rootCert + next.certPem, next.certPem + given.rootCert])
      await expect(parse({ ...given, rootCert })).resolves.toEqual({ ...given, rootCert });
  });

  test("is read through CAs between the intermediate and the root", async () => {
    const root = await makeRoot("root", { kind: "ec" });
    const upper = await makeSubCa({ ca: root, name: "upper" });
    const ca = await makeSubCa({ ca: upper, name: "lower" });
    const given = {
      caCert: ca.certPem,
      caKey: ca.keyPem,
      certChain: ca.certPem + upper.certPem,
      rootCert: root.certPem,
    };
    await expect(parse(given)).resolves.toEqual(given);
    await expect(parse({ ...given, certChain: ca.certPem })).rejects.toMatchObject({
      details: [{ code: "ca-certificate-issuer-unknown" }],
    });
  });

  test("is read without what tools write around PEM", async () => {
    const given = await usual();
    const decorated = Object.entries(given).map(([key, pem]) => [
      key,
      `\ufeffsubject=x\n${pem}end`.replaceAll("\n", "\r\n"),
    ]);
    await expect(parse(Object.fromEntries(decorated))).resolves.toEqual(given);
  });

  test("with a key of `openssl ecparam` is read without the parameters, which istiod takes for the key", async () => {
    const caKey = execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey"], { encoding: "utf8" });
    expect(caKey).toContain("EC PARAMETERS");
    const root = await makeRoot("root", { kind: "ec", keyPem: caKey });
    const read = await parse({ caCert: root.certPem, caKey, certChain: root.certPem, rootCert: root.certPem });
    expect(read.caKey).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n[^-]*-----END EC PRIVATE KEY-----\n$/);
  });
});

describe("CA material is refused", () => {
  type Change = (given: CaMaterial) => Promise<Partial<CaMaterial>> | Partial<CaMaterial>;
  const ca = async (rootName: string, options = {}) => {
    const root = await makeRoot("root", { kind: "ec", keyName: rootName });
    const { certPem } = await makeSubCa({ ca: root, name: "intermediate", ...options });
    return { caCert: certPem, certChain: certPem };
  };

  test.each<{ why: string; change: Change; detail: string; problem?: string }>([
    {
      why: "an expired CA",
      change: () => ca("root", { notBefore: inHours(-9), notAfter: inHours(-1) }),
      detail: "ca-certificate-expired",
    },
    {
      why: "an issuer of the root's name and another key",
      change: () => ca("impostor"),
      detail: "ca-certificate-issuer-unknown",
    },
    {
      why: "a CA of later",
      change: () => ca("root", { notBefore: inHours(1) }),
      detail: "ca-certificate-not-yet-valid",
    },
    {
      why: "the key of another",
      change: () => ({ caKey: keyOf("other", "ec") }),
      detail: "ca-certificate-key-differs",
    },
    {
      why: "a chain without it",
      change: ({ rootCert }) => ({ certChain: rootCert }),
      detail: "ca-certificate-issuer-unknown",
    },
    {
      why: "an expired root",
      change: async () => {
        const root = await makeRoot("root", { kind: "ec", notBefore: inHours(-9), notAfter: inHours(-1) });
        return { rootCert: root.certPem };
      },
      detail: "ca-certificate-expired",
    },
  ])("with $why: $detail", async ({ change, detail }) => {
    const given = await usual();
    await expect(parse({ ...given, ...(await change(given)) })).rejects.toMatchObject({
      code: "ca-material-invalid",
      details: [{ code: detail }],
    });
  });

  test("of a certificate that is no CA", async () => {
    const { certPem, keyPem } = await makeRoot("no CA", { kind: "ec", isCa: false });
    const given = { caCert: certPem, caKey: keyPem, certChain: certPem, rootCert: certPem };
    await expect(parse(given)).rejects.toMatchObject({ details: [{ code: "ca-certificate-not-ca" }] });
  });

  test.each<{ why: string; change: Change; problem: string }>([
    { why: "two CAs", change: ({ caCert }) => ({ caCert: caCert.repeat(2) }), problem: "caCert has 2 certificates" },
    { why: "no root", change: () => ({ rootCert: "x" }), problem: "rootCert has no certificate" },
    {
      why: "a torn chain",
      change: ({ caCert }) => ({ certChain: caCert.slice(0, 99) }),
      problem: "certChain: block 1",
    },
    { why: "two keys", change: ({ caKey }) => ({ caKey: caKey + keyOf("x") }), problem: "caKey has 2 private keys" },
    { why: "no key", change: ({ caCert }) => ({ caKey: caCert }), problem: "caKey has 0 private keys" },
    {
      why: "a torn key",
      change: ({ caKey }) => ({ caKey: caKey.replace(/\n.{64}/, "") }),
      problem: "caKey cannot be read",
    },
    { why: "a number", change: () => ({ caKey: 1 as never }), problem: "caKey: Invalid input" },
  ])("with $why, and nothing of it is repeated", async ({ change, problem }) => {
    const given = await usual();
    const value = { ...given, ...(await change(given)) };
    const error: unknown = await parse(value).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "ca-material-invalid", problem: expect.stringContaining(problem) });
    for (const line of Object.values(value).flatMap((text) => String(text).split("\n")))
      if (line.length > 20 && !line.startsWith("-")) expect(String(error)).not.toContain(line);
  });

  test("with a revocation list, and the reason is given", async () => {
    const given = await usual();
    const crl = "-----BEGIN X509 CRL-----";
    for (const change of [{ crl: "" }, { rootCert: given.rootCert + crl }, { certChain: crl + given.certChain }])
      await expect(parse({ ...given, ...change })).rejects.toMatchObject({
        code: "ca-material-crl",
        problem: expect.stringContaining("every CA of every chain"),
      });
  });

  test("when it is not JSON", async () => {
    await expect(parseCaMaterial("SECRET", now, "a.local")).rejects.toThrow("it is not JSON");
  });
});
