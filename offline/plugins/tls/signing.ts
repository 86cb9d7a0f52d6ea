import { sign, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Algorithm } from "./keyMaterial.ts";

/** Signature algorithm by curve, as the official plugin picks it: the hash is as strong as the curve. */
const byCurve: Record<string, { curve: string; hash: string; bytes: number }> = {
  secp224r1: { curve: "P-224", hash: "SHA-256", bytes: 28 },
  prime256v1: { curve: "P-256", hash: "SHA-256", bytes: 32 },
  secp384r1: { curve: "P-384", hash: "SHA-384", bytes: 48 },
  secp521r1: { curve: "P-521", hash: "SHA-512", bytes: 66 },
};

/** What the X.509 library needs to sign: a key in its clothing, and the crypto that understands it. */
export interface Signer {
  signingKey: CryptoKey;
  signingAlgorithm: { name: string; hash: string; namedCurve?: string };
  crypto: Crypto;
}

/**
 * The X.509 library signs through WebCrypto, which has no P-224, the default curve; so this hands it a WebCrypto that
 * signs with node:crypto.
 */
export async function signerFor(key: KeyObject, algorithm: Algorithm): Promise<Signer> {
  const curve = byCurve[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (algorithm === "ECDSA" && !curve)
    throw new Error(`the key's curve is ${key.asymmetricKeyDetails?.namedCurve}; it can be P224, P256, P384 or P521`);
  const signingAlgorithm =
    algorithm === "RSA"
      ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
      : algorithm === "ECDSA"
        ? { name: "ECDSA", hash: curve!.hash, namedCurve: curve!.curve }
        : { name: "Ed25519", hash: "SHA-512" };
  if (curve) (await x509Library()).AsnEcSignatureFormatter.namedCurveSize.set(curve.curve, curve.bytes);
  const signBytes = promisify(sign) as (hash: string | null, data: Uint8Array, key: object) => Promise<Buffer>;
  const subtle = {
    sign: async (_: unknown, __: unknown, data: ArrayBuffer) =>
      bytes(
        await signBytes(algorithm === "ED25519" ? null : signingAlgorithm.hash, new Uint8Array(data), {
          key,
          dsaEncoding: "ieee-p1363",
        }),
      ),
  };
  return {
    signingKey: { type: "private", algorithm: signingAlgorithm, extractable: false, usages: ["sign"] } as CryptoKey,
    signingAlgorithm,
    crypto: { subtle, getRandomValues: globalThis.crypto.getRandomValues.bind(globalThis.crypto) } as unknown as Crypto,
  };
}

/** The X.509 library, loaded when first needed: it takes a tenth of a second. */
export async function x509Library(): Promise<typeof import("@peculiar/x509")> {
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

/** A copy that fills its buffer; a Buffer may be a window into a pool. */
export function bytes(buffer: Uint8Array): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
