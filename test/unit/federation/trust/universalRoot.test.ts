import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificatesIn, type CertificateFacts } from "../../../../federation/trust/certificate.ts";
import { unreadableParts } from "../../../../federation/trust/universalRoot.ts";
import { makeRoot } from "../../../support/pki.ts";

const now = new Date();
const factsOf = async (pem: string): Promise<CertificateFacts> => (await certificatesIn(pem))[0]!;

/** The root of a key that OpenSSL makes. */
function rootOf(...key: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "mesh-federation-root-"));
  const file = (name: string): string => join(folder, name);
  try {
    const out = ["-nodes", "-keyout", file("key"), "-out", file("crt"), "-days", "9", "-subj", "/CN=a root"];
    execFileSync("openssl", ["req", "-x509", "-newkey", ...key, ...out], { stdio: "pipe" });
    return readFileSync(file("crt"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A name of one common name, DER in hexadecimal: a text of a tag of ASN.1. */
function nameOf(tag: number, text: string): string {
  const wrap = (outer: number, inner: Buffer): Buffer => Buffer.concat([Buffer.from([outer, inner.length]), inner]);
  const attribute = Buffer.concat([Buffer.from("0603550403", "hex"), wrap(tag, Buffer.from(text))]);
  return wrap(0x30, wrap(0x31, wrap(0x30, attribute))).toString("hex");
}

describe("a root", () => {
  test.each([
    { key: ["rsa:2048"], readable: true },
    { key: ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"], readable: true },
    { key: ["rsa:1024"], readable: false },
    { key: ["ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"], readable: false },
    { key: ["ed25519"], readable: false },
  ])("with the key $key is readable by every verifier: $readable", async ({ key, readable }) => {
    const problems = await unreadableParts(await factsOf(rootOf(...key)), new Date(Date.now() + 60_000));
    expect(problems.map((problem) => problem.slice(0, 7))).toEqual(readable ? [] : ["its key"]);
  });

  test.each([
    { what: "UTF8String", subjectDer: nameOf(0x0c, "a_root"), readable: true },
    { what: "IA5String", subjectDer: nameOf(0x16, "a_root"), readable: true },
    { what: "PrintableString", subjectDer: nameOf(0x13, "a root, (1) & *"), readable: true },
    { what: "PrintableString of other characters", subjectDer: nameOf(0x13, "a_root"), readable: false },
    { what: "VisibleString", subjectDer: nameOf(0x1a, "a root"), readable: false },
  ])("whose subject is a $what is readable by every verifier: $readable", async ({ subjectDer, readable }) => {
    const facts = await factsOf((await makeRoot("a root")).certPem);
    expect(await unreadableParts({ ...facts, subjectDer }, now)).toHaveLength(readable ? 0 : 1);
  });

  test("whose dates have not begun, or are in the wrong order, is not", async () => {
    const facts = await factsOf((await makeRoot("a root")).certPem);
    const [before, later] = [-1, 1].map((days) => new Date(now.getTime() + days * 86_400_000));
    expect(await unreadableParts({ ...facts, notBefore: later! }, now)).toEqual([expect.stringMatching(/begins on/)]);
    const reversed = { ...facts, notBefore: before!, notAfter: before! };
    expect(await unreadableParts(reversed, now)).toEqual(["its dates are in the wrong order"]);
  });
});
