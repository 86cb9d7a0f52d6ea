import { Unknown, type Values } from "../../../../plugins/shared/values.ts";
import { at, plugin, types } from "./support.ts";

const cert = { privateKeyPem: "K", allowedUses: [], validityPeriodHours: 1 };
const signed = { certRequestPem: "R", caCertPem: "C", caPrivateKeyPem: "K", allowedUses: [], validityPeriodHours: 1 };

async function failures(type: string, news: Values) {
  return (await plugin.check({ ...at(type), olds: {}, news, randomSeed: new Uint8Array() })).failures;
}

describe("the check of a tls resource", () => {
  test.each([
    { type: types.key, news: { algorithm: "RSA" } },
    { type: types.key, news: { algorithm: Unknown.value, rsaBits: Unknown.value } },
    {
      type: types.root,
      news: {
        ...cert,
        allowedUses: ["any_extended", "crl_signing"],
        ipAddresses: ["::1"],
        subject: { streetAddresses: ["a"], country: null },
      },
    },
    {
      type: types.root,
      news: {
        privateKeyPem: Unknown.value,
        allowedUses: Unknown.value,
        validityPeriodHours: Unknown.value,
        subject: { commonName: Unknown.value },
        dnsNames: ["a", Unknown.value],
      },
    },
    { type: types.request, news: { privateKeyPemWo: "K", privateKeyPemWoVersion: 1, uris: ["spiffe://a/b"] } },
    { type: types.cert, news: signed },
  ])("accepts $type $news", async ({ type, news }) => {
    expect(await failures(type, news as Values)).toEqual([]);
  });

  test.each([
    { type: types.key, news: {}, property: "algorithm", says: /algorithm is missing: .* needs algorithm/ },
    {
      type: types.key,
      news: { algorithm: "DSA" },
      property: "algorithm",
      says: /algorithm is "DSA"; it can be RSA, ECDSA, ED25519/,
    },
    {
      type: types.key,
      news: { algorithm: "RSA", rsaBits: 512 },
      property: "rsaBits",
      says: /rsaBits is 512; it can be from 1024 to 16384/,
    },
    {
      type: types.key,
      news: { algorithm: "RSA", rsaBits: 2048.5 },
      property: "rsaBits",
      says: /must be a whole number, not 2048.5/,
    },
    {
      type: types.key,
      news: { algorithm: "ECDSA", ecdsaCurve: "P1" },
      property: "ecdsaCurve",
      says: /ecdsaCurve is "P1"; it can be P224, P256, P384, P521/,
    },
    {
      type: types.key,
      news: { algorithm: "RSA", bits: 1 },
      property: "bits",
      says: /bits is not an input of .*; it has algorithm, ecdsaCurve, rsaBits/,
    },
    {
      type: types.root,
      news: { ...cert, allowedUses: ["certSigning"] },
      property: "allowedUses",
      says: /allowedUses has "certSigning"; it can have any_extended, cert_signing, /,
    },
    {
      type: types.root,
      news: { ...cert, allowedUses: "cert_signing" },
      property: "allowedUses",
      says: /must be a list of strings, not a string/,
    },
    {
      type: types.root,
      news: { ...cert, ipAddresses: ["10.0.0.256"] },
      property: "ipAddresses",
      says: /has "10.0.0.256"; it must be an IPv4 or IPv6 address/,
    },
    { type: types.root, news: { ...cert, dnsNames: ["zoë.example"] }, property: "dnsNames", says: /xn--/ },
    { type: types.root, news: { ...cert, uris: [""] }, property: "uris", says: /must be a URI/ },
    {
      type: types.root,
      news: { ...cert, subject: { name: "x" } },
      property: "subject",
      says: /subject.name is not a field of a subject; it has commonName, country/,
    },
    {
      type: types.root,
      news: { ...cert, subject: { organization: 1 } },
      property: "subject",
      says: /subject.organization must be a string/,
    },
    {
      type: types.root,
      news: { ...cert, validityPeriodHours: -1 },
      property: "validityPeriodHours",
      says: /is -1; it must be 0 or more/,
    },
    {
      type: types.root,
      news: { ...cert, setSubjectKeyId: "true" },
      property: "setSubjectKeyId",
      says: /must be true or false, not a string/,
    },
    { type: types.request, news: {}, property: "", says: /neither privateKeyPem nor privateKeyPemWo is set/ },
    {
      type: types.request,
      news: { privateKeyPem: "K", privateKeyPemWo: "K", privateKeyPemWoVersion: 1 },
      property: "",
      says: /are both set: set exactly one/,
    },
    {
      type: types.request,
      news: { privateKeyPemWo: "K" },
      property: "privateKeyPemWoVersion",
      says: /belong together/,
    },
    {
      type: types.cert,
      news: { ...signed, caPrivateKeyPem: 5 },
      property: "",
      says: /caPrivateKeyPem must be a string, not 5/,
    },
    {
      type: types.cert,
      news: { ...signed, caPrivateKeyPem: undefined },
      property: "",
      says: /neither caPrivateKeyPem nor caPrivateKeyPemWo is set/,
    },
  ])("rejects $type $news", async ({ type, news, property, says }) => {
    expect(await failures(type, news as unknown as Values)).toEqual([
      { property, reason: expect.stringMatching(says) },
    ]);
  });
});
