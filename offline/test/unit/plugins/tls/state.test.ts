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

describe("state tells how the official plugin's own form differs", () => {
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

test("inputs arrive revealed and leave Check with keys marked", async () => {
  const news = {
    allowedUses: [],
    caCertPem: "A",
    caPrivateKeyPem: "K",
    certRequestPem: "R",
    validityPeriodHours: 1,
    earlyRenewalHours: null,
  };
  const { inputs, failures } = await plugin.check({ ...at(types.cert), olds: {}, news, randomSeed: new Uint8Array() });
  expect(failures).toEqual([]);
  expect(inputs).toEqual({
    allowedUses: [],
    caCertPem: "A",
    caPrivateKeyPem: new Secret("K"),
    certRequestPem: "R",
    validityPeriodHours: 1,
  });
});

test("a write-only key makes a request and stays out of its outputs", async () => {
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

test("a preview knows inputs and defaults, makes nothing, and marks secrets", async () => {
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

test("an update keeps the certificate and takes the new inputs", async () => {
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

test("refresh gives back state and inputs with their secrets marked again", async () => {
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
    name: "inputs that are not known when made",
    ask: () => plugin.create({ ...at(types.request), properties: { privateKeyPem: Unknown.value } }),
    says: /privateKeyPem of .* must be known/,
  },
])("refuses $name", async ({ ask, says }) => {
  await expect(ask()).rejects.toThrow(says);
});
