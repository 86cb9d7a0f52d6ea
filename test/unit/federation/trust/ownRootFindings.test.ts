import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import { ownRootFindings } from "../../../../federation/trust/ownRootFindings.ts";
import { makeRoot, makeSubCa, type Authority } from "../../../support/pki.ts";

const now = new Date();
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);
const make = (name: string, options: Parameters<typeof makeRoot>[1] = {}) => makeRoot(name, { kind: "ec", ...options });

async function rootIn({ certPem }: Pick<Authority, "certPem">) {
  const [first] = await certificatesIn(certPem).catch(() => []);
  return { sha256: first?.sha256 ?? "none", pem: certPem };
}

/** Codes of the findings about a bundle, the first of whose roots is active. */
async function codesOf(...all: Pick<Authority, "certPem">[]): Promise<string[]> {
  const roots = await Promise.all(all.map(rootIn));
  return (await ownRootFindings({ roots, active: roots[0]!.sha256 }, now)).map(({ code }) => code);
}

describe("the roots of a mesh", () => {
  test("have no findings while they change, of one name with key identifiers", async () => {
    expect(await codesOf(await make("a"))).toEqual([]);
    expect(
      await codesOf(await make("a", { subject: "CN=Root CA" }), await make("b", { subject: "CN=Root CA" })),
    ).toEqual([]);
    // Nothing can be done but to change it, for which it has to be there.
    expect(await codesOf(await make("a", { notAfter: inHours(9) }), await make("b"))).toEqual([]);
  });

  test("are each one CA certificate, which is what a contract can say", async () => {
    const [a, b] = [await make("a"), await make("b")];
    const code = "own-root-malformed";
    expect(await codesOf(a, { certPem: "none" })).toEqual([code]);
    expect(await codesOf(a, { certPem: "-----BEGIN CERTIFICATE-----\nAAAA" })).toEqual([code]);
    // A second root that nobody has compared.
    expect(await codesOf(a, { certPem: b.certPem + a.certPem })).toEqual([code]);
    expect(await codesOf(a, { certPem: `${b.certPem}${"#".repeat(16_384)}` })).toEqual([code]);
    expect(await codesOf(a, await make("b", { isCa: false }))).toEqual([code]);
    const many = await Promise.all(Array.from({ length: 17 }, (_, i) => make(`root ${i}`)));
    expect(await codesOf(...many)).toEqual(["own-roots-many"]);
    expect(await codesOf(...many.slice(1))).toEqual([]);
  });

  test("can be told apart by verifiers", async () => {
    const a = await make("a");
    const code = "own-root-repeated";
    expect(await codesOf(a, a)).toEqual([code]);
    expect(await codesOf(a, await make("a", { notAfter: inHours(5000) }))).toEqual([code]);
    const [x, y] = ["x", "y"].map((keyName) => ({ keyName, subject: "CN=Root CA", subjectKeyId: false }));
    expect(await codesOf(await make("x", x), await make("y", y))).toEqual([code]);
  });

  test("that have expired do not stand beside their successors", async () => {
    const [old, fresh] = [await make("a", { notBefore: inHours(-9), notAfter: inHours(-1) }), await make("b")];
    expect(await codesOf(fresh, old)).toEqual(["own-root-expired"]);
    // Of an active one, the CA below it says so.
    expect(await codesOf(old)).toEqual([]);
  });

  test("may be CAs that something above has signed", async () => {
    const { certPem } = await makeSubCa({ ca: await make("above"), name: "root below" });
    expect(await codesOf({ certPem })).toEqual([]);
  });
});
