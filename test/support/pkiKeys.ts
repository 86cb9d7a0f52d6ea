import { createPrivateKey, generateKeyPairSync, webcrypto, type KeyObject } from "node:crypto";

/** The bytes of the first block in a PEM text. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----.*-----|\s/g, ""), "base64");
}

export type KeyKind = "rsa" | "ec" | "ec384" | "rsa1024";

const keys = new Map<string, KeyObject>();

/** The key of a name: the same for the same name and kind in one process. PEM. */
export function keyOf(name: string, kind: KeyKind = "rsa"): string {
  const id = `${kind} ${name}`;
  const key = keys.get(id) ?? generated(kind);
  keys.set(id, key);
  const type = key.asymmetricKeyType === "rsa" ? "pkcs1" : "sec1";
  return key.export({ type, format: "pem" }) as string;
}

function generated(kind: KeyKind): KeyObject {
  if (kind.startsWith("rsa"))
    return generateKeyPairSync("rsa", { modulusLength: kind === "rsa" ? 2048 : 1024 }).privateKey;
  return generateKeyPairSync("ec", { namedCurve: kind === "ec" ? "P-256" : "P-384" }).privateKey;
}

/** How a key signs, for WebCrypto. */
export function algorithm(keyPem: string) {
  const { asymmetricKeyDetails: details } = createPrivateKey(keyPem);
  if (!details?.namedCurve) return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const p256 = details.namedCurve === "prime256v1";
  return { name: "ECDSA", namedCurve: p256 ? "P-256" : "P-384", hash: p256 ? "SHA-256" : "SHA-384" };
}

/** A key in PEM, for WebCrypto. */
export async function signingKey(keyPem: string): Promise<CryptoKey> {
  const der = createPrivateKey(keyPem).export({ type: "pkcs8", format: "der" });
  return (await webcrypto.subtle.importKey("pkcs8", der, algorithm(keyPem), true, ["sign"])) as CryptoKey;
}

/** The public part of a private key in PEM, for WebCrypto. */
export async function publicKey(keyPem: string): Promise<CryptoKey> {
  const { kty, n, e, crv, x, y } = createPrivateKey(keyPem).export({ format: "jwk" });
  return (await webcrypto.subtle.importKey("jwk", { kty, n, e, crv, x, y } as JsonWebKey, algorithm(keyPem), true, [
    "verify",
  ])) as CryptoKey;
}
