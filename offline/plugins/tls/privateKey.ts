import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { idOf, publicKeyDer, type Algorithm } from "./keyMaterial.ts";
import type { ResourceKind } from "./kind.ts";
import { opensshFormats } from "./openssh.ts";
import { pemOf } from "./pem.ts";

/** Curves by input, as node:crypto names them. */
const curves: Record<string, string> = { P224: "secp224r1", P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" };
const algorithms: Algorithm[] = ["RSA", "ECDSA", "ED25519"];
/** Shorter RSA keys are refused by the official plugin, longer ones by OpenSSL. */
const rsaBits = { least: 1024, most: 16384 };

/** `tls.PrivateKey`: a new key that lives in state. */
export const privateKey: ResourceKind = {
  token: "tls:index/privateKey:PrivateKey",
  schemaVersion: 1,
  inputs: {
    algorithm: { type: "string", required: true, wrong: oneOf("algorithm", algorithms) },
    ecdsaCurve: { type: "string", default: "P224", wrong: oneOf("ecdsaCurve", Object.keys(curves)) },
    rsaBits: {
      type: "integer",
      default: 2048,
      wrong: (bits: number) =>
        bits >= rsaBits.least && bits <= rsaBits.most
          ? undefined
          : `rsaBits is ${bits}; it can be from ${rsaBits.least} to ${rsaBits.most}`,
    },
  },
  outputs: {
    privateKeyOpenssh: { secret: true },
    privateKeyPem: { secret: true },
    privateKeyPemPkcs8: { secret: true },
    publicKeyFingerprintMd5: {},
    publicKeyFingerprintSha256: {},
    publicKeyOpenssh: {},
    publicKeyPem: {},
  },
  make: async (inputs) => {
    const key = await generate(inputs as { algorithm: Algorithm; ecdsaCurve: string; rsaBits: number });
    return { id: idOf(publicKeyDer(key)), outputs: { ...(await keyOutputs(key)) } };
  },
};

async function generate(inputs: { algorithm: Algorithm; ecdsaCurve: string; rsaBits: number }): Promise<KeyObject> {
  const generateKeys = promisify(generateKeyPair);
  switch (inputs.algorithm) {
    case "RSA":
      return (await generateKeys("rsa", { modulusLength: inputs.rsaBits })).privateKey;
    case "ECDSA":
      return (await generateKeys("ec", { namedCurve: curves[inputs.ecdsaCurve]! })).privateKey;
    case "ED25519":
      return (await generateKeys("ed25519")).privateKey;
  }
}

/** All texts of a key. The first PEM is in the form of its algorithm: PKCS#1, SEC1, or PKCS#8 for Ed25519. */
async function keyOutputs(key: KeyObject): Promise<Record<string, string>> {
  const pkcs8 = key.export({ type: "pkcs8", format: "pem" }) as string;
  const own = { rsa: "pkcs1", ec: "sec1" } as const;
  const type = own[key.asymmetricKeyType as keyof typeof own];
  return {
    privateKeyPem: type ? (key.export({ type, format: "pem" }) as string) : pkcs8,
    privateKeyPemPkcs8: pkcs8,
    publicKeyPem: pemOf("PUBLIC KEY", publicKeyDer(key)),
    ...(await opensshFormats(key)),
  };
}

function oneOf(name: string, allowed: string[]): (value: string) => string | undefined {
  return (value) => (allowed.includes(value) ? undefined : `${name} is "${value}"; it can be ${allowed.join(", ")}`);
}
