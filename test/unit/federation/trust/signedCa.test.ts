import { bundleText } from "../../../../federation/trust/bundle.ts";
import { parseCaMaterial } from "../../../../federation/trust/caMaterial.ts";
import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import type { CaWish } from "../../../../federation/trust/chooseCa.ts";
import { bundleInFile, chooseSigned, materialBundle } from "../../../../federation/trust/signedCa.ts";
import { makeRequest, makeRoot, makeSubCa, type Authority } from "../../../support/pki.ts";

const now = new Date();

/** A company's CAs: two roots, one of them with an EC key, a CA below, and the mesh's request and CA. */
const pki = (async () => {
  const [root, next] = [await makeRoot("company"), await makeRoot("company 2", { kind: "ec" })];
  const upper = await makeSubCa({ ca: root, name: "issuing", kind: "rsa" });
  const { requestPem } = await makeRequest("west");
  const ca = await makeSubCa({ ca: upper, name: "west", kind: "rsa", pathLength: 0 });
  return { root, next, upper, ca, requestPem };
})();

const text = (...all: Authority[]): string => all.map(({ certPem }) => certPem).join("");
const shas = async (...all: Authority[]) => (await certificatesIn(text(...all))).map(({ sha256 }) => sha256);

async function choose(file: string, wish: Partial<CaWish> = {}) {
  const { requestPem } = await pki;
  const requests = [{ key: 1, pem: requestPem }];
  return chooseSigned({ mesh: "west", trustDomain: "west.local", requests, root: 1, now, ...wish }, "west.pem", file);
}

const codesOf = async (file: string, wish?: Partial<CaWish>): Promise<string[]> => {
  const chosen = await choose(file, wish);
  return "certificate" in chosen ? ["chosen"] : chosen.findings.map(({ code }) => code);
};

describe("a CA in a file", () => {
  test("is read with the CAs above it; its roots are the bundle, and its issuer's is active", async () => {
    const { root, next, upper, ca, requestPem } = await pki;
    const [certificate, above] = await certificatesIn(text(ca, upper));
    // The EC root comes first: its key cannot have signed, and is of another kind.
    const chosen = await choose(`Issued for you:\r\n${text(ca, upper, next, root)}`.replaceAll("\n", "\r\n"));
    expect(chosen).toMatchObject({ certificate: certificate!.pem, requestPem });
    if (!("certificate" in chosen)) throw new Error();
    expect(await certificatesIn(chosen.chain)).toEqual([certificate, above]);
    expect(chosen.bundle.roots.map(({ sha256 }) => sha256)).toEqual(await shas(next, root));
    expect(chosen.bundle.active).toBe((await shas(root))[0]);
  });

  test("has each root once, so that peers make one anchor of it", async () => {
    const { root, next, upper, ca } = await pki;
    const chosen = await choose(text(ca, upper, root, next, root, next));
    expect("bundle" in chosen && chosen.bundle.roots.map(({ sha256 }) => sha256)).toEqual(await shas(root, next));
  });

  test("has no roots by name alone: a CA whose issuer has its own name is one between", async () => {
    const { root, next, requestPem } = await pki;
    const crossed = await makeSubCa({ ca: root, name: "company", kind: "ec" });
    const ca = await makeSubCa({ ca: crossed, name: "west", kind: "rsa", pathLength: 0 });
    const chosen = await choose(text(ca, crossed, root, next));
    const [between, active, other] = await shas(crossed, root, next);
    if (!("certificate" in chosen)) throw new Error(JSON.stringify(chosen));
    expect(chosen).toMatchObject({ requestPem, bundle: { active, roots: [{ sha256: active }, { sha256: other }] } });
    expect((await certificatesIn(chosen.chain)).map(({ sha256 }) => sha256)).toContain(between);
    await expect(bundleInFile("roots.pem", text(crossed))).rejects.toMatchObject({ code: "ca-file-invalid" });
  });

  test("is none when it does not fit", async () => {
    const { root, next, upper, ca } = await pki;
    const other = await makeSubCa({ ca: root, name: "east", kind: "rsa" });
    expect(await codesOf(text(ca, upper, root))).toEqual(["chosen"]);
    expect(await codesOf(text(other, root))).toEqual(["ca-certificate-key-differs"]);
    expect(await codesOf(text(upper, ca, root))).toEqual(["ca-certificate-key-differs"]);
    expect(await codesOf(text(ca, root))).toEqual(["ca-certificate-issuer-unknown"]);
    expect(await codesOf(text(ca, upper, next))).toEqual(["ca-certificate-issuer-unknown"]);
    expect(await codesOf(text(ca, upper))).toEqual(["ca-certificate-issuer-unknown"]);
    expect(await codesOf(text(root))).toEqual(["ca-certificate-malformed"]);
    expect(await codesOf("")).toEqual(["ca-certificate-malformed"]);
    // Before the mesh's first `up`, there is no key for which it could be.
    expect(await codesOf(text(ca, upper, root), { requests: [] })).toEqual([]);
    await expect(choose("-----BEGIN CERTIFICATE-----\nAAAA")).rejects.toMatchObject({ code: "ca-file-invalid" });
  });
});

describe("a bundle", () => {
  test("in a file has its first root active, each once, and no other certificate", async () => {
    const { root, next, upper } = await pki;
    const bundle = await bundleInFile("roots.pem", text(upper, next, root, next));
    const [active, other] = await shas(next, root);
    expect(bundle).toMatchObject({ active, roots: [{ sha256: active }, { sha256: other }] });
    await expect(bundleInFile("roots.pem", text(upper))).rejects.toMatchObject({ code: "ca-file-invalid" });
  });

  test("of caMaterial has the root above its CA active; roots that it repeats are written as every other", async () => {
    const { root, next, upper, ca } = await pki;
    const given = {
      caCert: ca.certPem,
      caKey: ca.keyPem,
      certChain: text(ca, upper),
      rootCert: text(next, root, root),
    };
    const bundle = await materialBundle(await parseCaMaterial(JSON.stringify(given), now, "a.local"));
    const [first, second] = await shas(next, root);
    expect(bundle).toMatchObject({ active: second, roots: [{ sha256: first }, { sha256: second }] });
    expect((await certificatesIn(bundleText(bundle))).map(({ sha256 }) => sha256)).toEqual([first, second, second]);
  });
});
