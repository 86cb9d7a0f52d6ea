import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** Algorithm names as inputs and outputs write them. */
export type Algorithm = "RSA" | "ECDSA" | "ED25519";

const algorithms: Record<string, Algorithm> = { rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" };

/**
 * Reads a private key in PEM: PKCS#1, SEC1 or PKCS#8, not encrypted. `input` is the input it came from, for the error;
 * nothing of the key gets into it.
 */
export function readPrivateKey(pem: string, input: string): { key: KeyObject; algorithm: Algorithm } {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new Error(
      `${input} is not a private key: give an unencrypted PEM text of the kind RSA PRIVATE ` +
        "KEY, EC PRIVATE KEY or PRIVATE KEY",
    );
  }
  const algorithm = algorithms[key.asymmetricKeyType ?? ""];
  if (!algorithm)
    throw new Error(
      `${input} is a key for ${key.asymmetricKeyType}; it can be for ${Object.values(algorithms).join(", ")}`,
    );
  return { key, algorithm };
}

/** A public key's SubjectPublicKeyInfo in DER. */
export function publicKeyDer(key: KeyObject): Buffer {
  return (key.type === "public" ? key : createPublicKey(key)).export({ type: "spki", format: "der" });
}

/** A resource's id: SHA-1 over its DER, in hexadecimal. */
export function idOf(der: Buffer): string {
  return createHash("sha1").update(der).digest("hex");
}

/**
 * Key identifier: SHA-1 over the key's bit string, by method 1 of
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.2. For Ed25519 the official plugin hashes the key as an octet
 * string; so do we.
 */
export function keyIdentifier(spki: Buffer): Buffer {
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  const hash = (bytes: Buffer) => createHash("sha1").update(bytes).digest();
  switch (key.asymmetricKeyType) {
    case "rsa":
      return hash(key.export({ type: "pkcs1", format: "der" }));
    case "ed25519":
      return hash(Buffer.concat([Buffer.from([0x04, 0x20]), spki.subarray(-32)]));
    default:
      return hash(bitString(spki));
  }
}

/** Contents of the bit string that ends a SubjectPublicKeyInfo whose key is an uncompressed point. */
function bitString(spki: Buffer): Buffer {
  // SEQUENCE { SEQUENCE algorithm, BIT STRING }: step into the first, over the second, and past
  // the count of unused bits.
  const outer = element(spki, 0);
  const algorithm = element(spki, outer.start);
  const bits = element(spki, algorithm.end);
  return spki.subarray(bits.start + 1, bits.end);
}

function element(der: Buffer, at: number): { start: number; end: number } {
  const first = der[at + 1]!;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
  return { start, end: start + length };
}
