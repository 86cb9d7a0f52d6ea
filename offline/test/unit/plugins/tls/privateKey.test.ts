import { createHash } from "node:crypto";
import { reveal, Secret } from "../../../../plugins/shared/values.ts";
import { create, made, plugin, types, withFiles } from "./support.ts";

const keys = [
  {
    name: "RSA",
    inputs: { algorithm: "RSA", rsaBits: 2048 },
    pem: "RSA PRIVATE KEY",
    says: /Private-Key: \(2048 bit/,
    ssh: "ssh-rsa",
  },
  {
    name: "ECDSA P256",
    inputs: { algorithm: "ECDSA", ecdsaCurve: "P256" },
    pem: "EC PRIVATE KEY",
    says: /prime256v1/,
    ssh: "ecdsa-sha2-nistp256",
  },
  {
    name: "ECDSA P384",
    inputs: { algorithm: "ECDSA", ecdsaCurve: "P384" },
    pem: "EC PRIVATE KEY",
    says: /secp384r1/,
    ssh: "ecdsa-sha2-nistp384",
  },
  {
    name: "ECDSA P521",
    inputs: { algorithm: "ECDSA", ecdsaCurve: "P521" },
    pem: "EC PRIVATE KEY",
    says: /secp521r1/,
    ssh: "ecdsa-sha2-nistp521",
  },
  {
    name: "ED25519",
    inputs: { algorithm: "ED25519" },
    pem: "PRIVATE KEY",
    says: /ED25519 Private-Key/,
    ssh: "ssh-ed25519",
  },
];

describe.each(keys)("a key for $name", ({ inputs, pem, says, ssh }) => {
  let state: Record<string, any>;
  beforeAll(async () => void (state = await made(types.key, inputs)));

  test("is in the form of its algorithm and in PKCS#8, both the same key", () => {
    expect(state["privateKeyPem"]).toMatch(new RegExp(`^-----BEGIN ${pem}-----\n[^]*\n-----END ${pem}-----\n$`));
    expect(state["privateKeyPemPkcs8"]).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    for (const form of ["privateKeyPem", "privateKeyPemPkcs8"]) {
      expect(withFiles({ key: state[form] }, "openssl", ["pkey", "-in", "key", "-noout", "-text"])).toMatch(says);
      expect(withFiles({ key: state[form] }, "openssl", ["pkey", "-in", "key", "-pubout"])).toBe(state["publicKeyPem"]);
    }
  });

  test("has the id and the public formats that belong to it", () => {
    const der = Buffer.from(state["publicKeyPem"].replace(/-----[^-]*-----|\n/g, ""), "base64");
    expect(state["id"]).toBe(createHash("sha1").update(der).digest("hex"));
    expect(state["publicKeyOpenssh"]).toMatch(new RegExp(`^${ssh} [A-Za-z0-9+/=]+\n$`));
    const blob = Buffer.from(state["publicKeyOpenssh"].split(" ")[1], "base64");
    expect(state["publicKeyFingerprintMd5"]).toBe(createHash("md5").update(blob).digest("hex").match(/../g)!.join(":"));
    expect(state["publicKeyFingerprintSha256"]).toBe(
      `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
    );
  });

  test("is readable in OpenSSH's format", async () => {
    expect(state["privateKeyOpenssh"]).toMatch(
      /^-----BEGIN OPENSSH PRIVATE KEY-----\n([^\n]{1,64}\n)+-----END OPENSSH PRIVATE KEY-----\n$/,
    );
    const { result } = await plugin.invoke!({
      token: "tls:index/getPublicKey:getPublicKey",
      args: { privateKeyOpenssh: state["privateKeyOpenssh"] },
      signal: new AbortController().signal,
    });
    const { algorithm, id, publicKeyPem, publicKeyOpenssh, publicKeyFingerprintMd5, publicKeyFingerprintSha256 } =
      state;
    expect(reveal(result)).toEqual({
      algorithm,
      id,
      publicKeyPem,
      publicKeyOpenssh,
      publicKeyFingerprintMd5,
      publicKeyFingerprintSha256,
      privateKeyOpenssh: state["privateKeyOpenssh"],
    });
  });
});

describe("a private key", () => {
  test("for ECDSA uses P224 without a curve, and has no OpenSSH form", async () => {
    const state = await made(types.key, { algorithm: "ECDSA" });
    expect(withFiles({ key: state["privateKeyPem"] }, "openssl", ["pkey", "-in", "key", "-noout", "-text"])).toMatch(
      /secp224r1/,
    );
    expect(state).toMatchObject({
      ecdsaCurve: "P224",
      rsaBits: 2048,
      privateKeyOpenssh: "",
      publicKeyOpenssh: "",
      publicKeyFingerprintMd5: "",
      publicKeyFingerprintSha256: "",
    });
  });

  test("has the official state, with secret private halves only", async () => {
    const { id, properties } = await create(types.key, { algorithm: "ED25519" });
    const secret = Object.keys(properties).filter((name) => properties[name] instanceof Secret);
    expect(secret.sort()).toEqual(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
    expect(properties).toMatchObject({
      id,
      __meta: '{"schema_version":"1"}',
      __pulumi_raw_state_delta: { obj: {} },
      algorithm: "ED25519",
      ecdsaCurve: "P224",
      rsaBits: 2048,
    });
  });
});
