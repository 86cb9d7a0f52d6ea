import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import { chooseCa, offeredBundle, type CaOffer, type CaWish } from "../../../../federation/trust/chooseCa.ts";
import { signIntermediate } from "../../../../federation/trust/constrainedCa.ts";
import { makeRequest, makeRoot, makeSubCa, type Authority } from "../../../support/pki.ts";

const now = new Date();
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

const pki = (async () => {
  const [first, second, impostor] = [
    await makeRoot("root 1", { subject: "CN=Root CA" }),
    await makeRoot("root 2", { subject: "CN=Root CA" }),
    await makeRoot("impostor", { subject: "CN=Root CA" }),
  ];
  const requests = {
    west: (await makeRequest("west")).requestPem,
    newWest: (await makeRequest("new west", { mesh: "west" })).requestPem,
    east: (await makeRequest("east")).requestPem,
  };
  return { first, second, impostor, requests };
})();

type Name = keyof Awaited<typeof pki>["requests"];

/** What a signer makes of a request. */
async function signed(of: Name, issuer: Authority, trustDomain = "west.local", hours: [number, number] = [-1, 5000]) {
  const [notBefore, notAfter] = hours.map(inHours) as [Date, Date];
  const requestPem = (await pki).requests[of];
  return signIntermediate({ requestPem, issuer, trustDomain, notBefore, notAfter });
}

async function choose(certificates: string[], wish: Partial<CaWish> = {}, offer: Partial<CaOffer> = {}) {
  const { first, second, requests } = await pki;
  const roots = [first, second].map(({ certPem }, i) => ({ number: i + 1, pem: certPem }));
  const own = { mesh: "west", trustDomain: "west.local", requests: [{ key: 1, pem: requests.west }], root: 1, now };
  return chooseCa({ ...own, ...wish }, { roots, certificates, ...offer });
}

const found = (chosen: Awaited<ReturnType<typeof choose>>): string | string[] =>
  "certificate" in chosen ? chosen.certificate : chosen.findings.map(({ code }) => code);

describe("the CA of a mesh", () => {
  test("is the certificate of its key under its root, with that root as the bundle", async () => {
    const { first, second, requests } = await pki;
    const own = await signed("west", first);
    const others = [await signed("east", first, "east.local"), await signed("west", second)];
    const chosen = await choose([...others, own]);
    expect(chosen).toMatchObject({ certificate: own, chain: own, requestPem: requests.west });
    expect(chosen).toMatchObject({ bundle: { roots: [{ pem: first.certPem }] } });
  });

  test("is of the newest key that has a certificate which fits", async () => {
    const { first, requests } = await pki;
    const old = await signed("west", first);
    const fresh = await signed("newWest", first);
    const both = [
      { key: 2, pem: requests.newWest },
      { key: 1, pem: requests.west },
    ];
    expect(await choose([old], { requests: both })).toMatchObject({ certificate: old, requestPem: requests.west });
    expect(await choose([old, fresh], { requests: both })).toMatchObject({ certificate: fresh });
    const unfit = await signed("newWest", first, "east.local");
    expect(await choose([unfit, old], { requests: both })).toMatchObject({ certificate: old });
  });

  test("is under the active root of each phase, and the bundle has both roots", async () => {
    const { first, second } = await pki;
    const certificates = [await signed("west", first), await signed("west", second)];
    const [one, two] = await certificatesIn(first.certPem + second.certPem);
    for (const [phase, certificate, active, numbers] of [
      ["add", certificates[0], one, [one, two]],
      ["switch", certificates[1], two, [one, two]],
      ["remove", certificates[1], two, [two]],
    ] as const) {
      const chosen = await choose(certificates, { rotation: { next: 2, phase } });
      expect(chosen).toMatchObject({ certificate, bundle: { active: active!.sha256 } });
      expect("bundle" in chosen && chosen.bundle.roots.map(({ sha256 }) => sha256)).toEqual(
        numbers.map((root) => root!.sha256),
      );
    }
  });

  test("is none of what does not fit, alone or beside others that do not", async () => {
    const { first, second, impostor } = await pki;
    const byHand = (options: object) => makeSubCa({ ca: first, name: "west", kind: "rsa", pathLength: 0, ...options });
    const bound = { permittedUris: ["west.local"] };
    const unfit = {
      "another mesh's": { pem: await signed("east", first, "east.local"), code: [] },
      "another key": { pem: await signed("newWest", first), code: [] },
      "another mesh's domain": { pem: await signed("west", first, "east.local"), code: ["constraint-differs"] },
      "no constraint": { pem: (await byHand({})).certPem, code: ["constraint-differs"] },
      "two domains": {
        pem: (await byHand({ permittedUris: ["west.local", "east.local"] })).certPem,
        code: ["constraint-differs"],
      },
      "no path length": { pem: (await byHand({ ...bound, pathLength: undefined })).certPem, code: ["path-length"] },
      "a DNS name": { pem: (await byHand({ ...bound, dnsNames: ["istiod.x.svc"] })).certPem, code: ["dns-names"] },
      expired: { pem: await signed("west", first, "west.local", [-9, -1]), code: ["expired"] },
      "a day left": { pem: await signed("west", first, "west.local", [-9, 23]), code: ["expired"] },
      "not yet valid": { pem: await signed("west", first, "west.local", [1, 5000]), code: ["not-yet-valid"] },
      "another root": { pem: await signed("west", second), code: ["issuer-unknown"] },
      "an impostor's": { pem: await signed("west", impostor), code: ["issuer-unknown"] },
    };
    for (const [why, { pem, code }] of Object.entries(unfit))
      expect([why, found(await choose([pem]))]).toEqual([why, code.map((name) => `ca-certificate-${name}`)]);
    expect("certificate" in (await choose(Object.values(unfit).map(({ pem }) => pem)))).toBe(false);
  });

  test("is not two certificates in one text, nor one with a text that is torn beside it", async () => {
    const { first } = await pki;
    const own = await signed("west", first);
    const torn = "-----BEGIN CERTIFICATE-----\nAAAA";
    expect(found(await choose([torn]))).toEqual(["ca-certificate-malformed"]);
    expect(found(await choose([own + first.certPem]))).toEqual(["ca-certificate-malformed"]);
    expect(found(await choose([torn, "", "no certificate", own]))).toBe(own);
  });

  test("that is missing is explained by the certificate under its root, whatever stands behind it", async () => {
    const { first, second } = await pki;
    const expired = await signed("west", first, "west.local", [-9, -1]);
    for (const order of [
      [expired, await signed("west", second)],
      [await signed("west", second), expired],
    ])
      expect(found(await choose(order))).toEqual(["ca-certificate-expired"]);
  });

  test("needs the roots that the mesh wants", async () => {
    const { first } = await pki;
    const certificates = [await signed("west", first)];
    const code = "root-not-offered";
    await expect(choose(certificates, { root: 3 })).rejects.toMatchObject({
      code,
      problem: "root 3 does not exist; there are: 1, 2",
    });
    await expect(choose(certificates, { rotation: { next: 3, phase: "add" } })).rejects.toMatchObject({ code });
    await expect(choose(certificates, {}, { roots: [] })).rejects.toMatchObject({ code });
    expect(() => offeredBundle("west", { root: 1 }, [])).toThrow(/root 1 does not exist; there are: none/);
  });
});
