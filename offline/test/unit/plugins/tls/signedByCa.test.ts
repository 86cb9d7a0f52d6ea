import { rootOf } from "./root.ts";
import { made, types } from "./support.ts";

describe("a certificate signed by a CA", () => {
  test.each([
    {
      name: "a key that is not the CA's",
      change: async () => ({ caPrivateKeyPem: (await made(types.key, { algorithm: "ED25519" }))["privateKeyPem"] }),
      says: /caPrivateKeyPem is not the key of caCertPem/,
    },
    {
      name: "a key that is no PEM",
      change: async () => ({ caPrivateKeyPem: "sesame" }),
      says: /caPrivateKeyPem is not a private key/,
    },
    {
      name: "a certificate in place of a request",
      change: async (root: any) => ({ certRequestPem: root.certPem }),
      says: /certRequestPem holds a CERTIFICATE, and a CERTIFICATE REQUEST is needed/,
    },
    {
      name: "a request that is cut off",
      change: async () => ({
        certRequestPem: "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n",
      }),
      says: /certRequestPem is not a certificate request/,
    },
    { name: "no PEM at all", change: async () => ({ caCertPem: "" }), says: /caCertPem is not PEM/ },
  ])("refuses $name, and repeats no key", async ({ change, says }) => {
    const key = await made(types.key, { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const root = await rootOf(key);
    const { certRequestPem } = await made(types.request, { privateKeyPem: key["privateKeyPem"] });
    const inputs = {
      certRequestPem,
      caCertPem: root["certPem"],
      caPrivateKeyPem: key["privateKeyPem"],
      allowedUses: [],
      validityPeriodHours: 1,
      ...(await change(root)),
    };
    const refusal = made(types.cert, inputs);
    await expect(refusal).rejects.toThrow(says);
    await expect(refusal).rejects.not.toThrow(/sesame|BEGIN EC/);
  });
});
