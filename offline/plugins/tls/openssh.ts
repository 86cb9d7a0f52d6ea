import type { KeyObject } from "node:crypto";
import { derOf, pemOf } from "./pem.ts";

/** A public key as OpenSSH writes it; all empty for a key that OpenSSH does not know (ECDSA P224). */
export interface OpensshPublicKey {
  publicKeyOpenssh: string;
  publicKeyFingerprintMd5: string;
  publicKeyFingerprintSha256: string;
}

const label = "OPENSSH PRIVATE KEY";

/** A private key in OpenSSH's formats, without comment; empty texts for a key that OpenSSH does not know. */
export async function opensshFormats(key: KeyObject): Promise<OpensshPublicKey & { privateKeyOpenssh: string }> {
  if (key.asymmetricKeyDetails?.namedCurve === "secp224r1")
    return { privateKeyOpenssh: "", publicKeyOpenssh: "", publicKeyFingerprintMd5: "", publicKeyFingerprintSha256: "" };
  const sshpk = await library();
  const parsed = sshpk.parsePrivateKey(key.export({ type: "pkcs8", format: "pem" }), "pem");
  parsed.comment = "";
  const publicKey = parsed.toPublic();
  publicKey.comment = "";
  return {
    privateKeyOpenssh: pemOf(label, derOf(parsed.toString("openssh"), label, "the generated key")),
    publicKeyOpenssh: `${publicKey.toString("ssh").trimEnd()}\n`,
    publicKeyFingerprintMd5: publicKey.fingerprint("md5").toString("hex"),
    publicKeyFingerprintSha256: publicKey.fingerprint("sha256").toString(),
  };
}

/** A private key in OpenSSH's format, as PKCS#8 PEM. Throws without repeating anything of it. */
export async function pkcs8FromOpenssh(text: string): Promise<string> {
  const sshpk = await library();
  try {
    return sshpk.parsePrivateKey(text, "openssh").toString("pkcs8");
  } catch {
    throw new Error(
      `privateKeyOpenssh is not a private key: give an unencrypted text that starts with -----BEGIN ${label}-----`,
    );
  }
}

async function library(): Promise<typeof import("sshpk")> {
  const loaded = await import("sshpk");
  return loaded.default ?? loaded;
}
