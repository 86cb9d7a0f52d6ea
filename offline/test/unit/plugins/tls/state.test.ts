import { hasUnknown, Secret, Unknown, type Values } from "../../../../plugins/shared/values.ts";
import { at, create, made, plugin, types } from "./support.ts";

const none = new Secret({ replace: { raw: null } });
const noField = {
  country: none,
  emailAddress: none,
  organizationalUnit: none,
  postalCode: none,
  province: none,
  serialNumber: none,
};
const renamed = { streetAddresses: "street_address" };

describe("the official state", () => {
  let key: Record<string, any>;
  beforeAll(async () => void (key = await made(types.key, { algorithm: "ED25519" })));
  const deltaOf = async (type: string, inputs: Values) =>
    (await create(type, { privateKeyPem: key["privateKeyPem"], ...inputs })).properties["__pulumi_raw_state_delta"];

  test("of a request", async () => {
    expect(
      await deltaOf(types.request, { dnsNames: ["a"], subject: { commonName: "a", locality: "b", organization: "c" } }),
    ).toEqual({
      obj: {
        ps: {
          dnsNames: { arr: {} },
          ipAddresses: none,
          subject: { plu: { i: { obj: { ps: { ...noField, streetAddresses: none }, renamed } } } },
          uris: none,
        },
      },
    });
  });

  test("of a certificate", async () => {
    const inputs = {
      allowedUses: ["crl_signing"],
      validityPeriodHours: 1,
      isCaCertificate: true,
      subject: { commonName: "a", organization: "c", streetAddresses: ["s"] },
    };
    expect(await deltaOf(types.root, inputs)).toEqual({
      obj: {
        ps: {
          allowedUses: { arr: {} },
          dnsNames: none,
          ipAddresses: none,
          maxPathLength: none,
          uris: none,
          subject: {
            plu: { i: { obj: { ps: { ...noField, locality: none, streetAddresses: { arr: {} } }, renamed } } },
          },
        },
      },
    });
  });
});

describe("the state of the tls plugin", () => {
  test("takes inputs revealed and returns them from Check with marked keys", async () => {
    const news = {
      allowedUses: [],
      caCertPem: "A",
      caPrivateKeyPem: "K",
      certRequestPem: "R",
      validityPeriodHours: 1,
      earlyRenewalHours: null,
    };
    const { inputs, failures } = await plugin.check({
      ...at(types.cert),
      olds: {},
      news,
      randomSeed: new Uint8Array(),
    });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({
      allowedUses: [],
      caCertPem: "A",
      caPrivateKeyPem: new Secret("K"),
      certRequestPem: "R",
      validityPeriodHours: 1,
    });
  });

  test("has no write-only key in the outputs of a request", async () => {
    const { privateKeyPem } = await made(types.key, { algorithm: "ED25519" });
    const { properties } = await create(types.request, { privateKeyPemWo: privateKeyPem, privateKeyPemWoVersion: 1 });
    expect(Object.keys(properties).sort()).toEqual([
      "__pulumi_raw_state_delta",
      "certRequestPem",
      "id",
      "keyAlgorithm",
      "privateKeyPemWoVersion",
    ]);
  });

  test("knows inputs and defaults in a preview, with marked secrets", async () => {
    const news = { privateKeyPem: Unknown.value, allowedUses: [], validityPeriodHours: 1 };
    expect(await plugin.create({ ...at(types.root), preview: true, properties: news })).toEqual({
      id: "",
      properties: {
        privateKeyPem: new Secret(Unknown.value),
        allowedUses: [],
        validityPeriodHours: 1,
        earlyRenewalHours: 0,
        isCaCertificate: false,
        setAuthorityKeyId: false,
        setSubjectKeyId: false,
        certPem: Unknown.value,
        keyAlgorithm: Unknown.value,
        validityStartTime: Unknown.value,
        validityEndTime: Unknown.value,
        readyForRenewal: false,
        id: Unknown.value,
      },
    });
    const key = await plugin.create({ ...at(types.key), preview: true, properties: { algorithm: "RSA" } });
    expect(key.properties["privateKeyPem"]).toBeInstanceOf(Secret);
    expect(hasUnknown(key.properties["privateKeyPem"])).toBe(true);
  });

  test("keeps the certificate and takes new inputs in an update", async () => {
    const { privateKeyPem } = await made(types.key, { algorithm: "ED25519" });
    const inputs = { privateKeyPem, allowedUses: [], validityPeriodHours: 24 };
    const olds = await made(types.root, inputs);
    const { properties } = await plugin.update({
      ...at(types.root),
      id: olds["id"],
      olds: { ...olds, readyForRenewal: true },
      oldInputs: inputs,
      news: { ...inputs, earlyRenewalHours: 3 },
      ignoreChanges: [],
    });
    expect(properties).toMatchObject({
      id: olds["id"],
      certPem: olds["certPem"],
      validityEndTime: olds["validityEndTime"],
      earlyRenewalHours: 3,
      readyForRenewal: false,
      privateKeyPem: new Secret(privateKeyPem),
    });
  });

  test("has marked secrets after a refresh", async () => {
    const { id, properties } = await create(types.key, { algorithm: "ED25519" });
    const state = await made(types.key, { algorithm: "ED25519" });
    const read = await plugin.read({ ...at(types.key), id, properties: state, inputs: { algorithm: "ED25519" } });
    expect(
      Object.entries(read!.properties)
        .filter(([, v]) => v instanceof Secret)
        .map(([k]) => k)
        .sort(),
    ).toEqual(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
    expect(Object.keys(read!.properties).sort()).toEqual(Object.keys(properties).sort());
    expect(read!.inputs).toEqual({ algorithm: "ED25519" });
  });

  test.each([
    {
      name: "import",
      ask: () => plugin.read({ ...at(types.key), id: "x", properties: {}, inputs: {} }),
      says: /lives in state only, so there is nothing to import "x" from/,
    },
    {
      name: "an unknown type",
      ask: () => plugin.create({ ...at("tls:index/x:X"), properties: {} }),
      says: /resource type tls:index\/x:X is not known; .* has tls:index\/privateKey:PrivateKey/,
    },
    {
      name: "an unknown function",
      ask: () => plugin.invoke!({ token: "tls:index/x:x", args: {}, signal: new AbortController().signal }),
      says: /function tls:index\/x:x is not known/,
    },
    {
      name: "unknown inputs at creation",
      ask: () => plugin.create({ ...at(types.request), properties: { privateKeyPem: Unknown.value } }),
      says: /privateKeyPem of .* must be known/,
    },
  ])("rejects $name", async ({ ask, says }) => {
    await expect(ask()).rejects.toThrow(says);
  });
});
