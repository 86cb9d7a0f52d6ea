import { X509Certificate, createPrivateKey } from "node:crypto";
import { z } from "zod";
import { UserError } from "../errors/userError.ts";

const material = z.strictObject({ caCert: z.string(), caKey: z.string(), certChain: z.string(), rootCert: z.string() });

/** A mesh's CA for Istio: PEM texts. `certChain` starts with `caCert` and ends at the root. */
export type CaMaterial = z.infer<typeof material>;

/**
 * Reads and checks CA material in JSON. Errors repeat nothing of it.
 * @throws UserError when a field is missing, a PEM text is malformed, the key is not the certificate's, or the
 *   certificate is not a CA below the root
 */
export function parseCaMaterial(json: string): CaMaterial {
  const fail = (problem: string) =>
    new UserError("ca-material-invalid", {
      subject: "caMaterial",
      problem,
      remedy: "Set it with `pulumi config set --secret` to JSON {caCert, caKey, certChain, rootCert} of PEM texts",
    });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw fail("it is not JSON");
  }
  const parsed = material.safeParse(value);
  if (!parsed.success)
    throw fail(parsed.error.issues.map((i) => `${i.path.join(".") || "value"}: ${i.message}`).join("; "));
  const ca = parsed.data;
  const read = <T>(field: keyof CaMaterial, make: (pem: string) => T): T => {
    try {
      return make(ca[field]);
    } catch {
      throw fail(`${field} is not a PEM ${field === "caKey" ? "private key" : "certificate"}`);
    }
  };
  const cert = read("caCert", (pem) => new X509Certificate(pem));
  const root = read("rootCert", (pem) => new X509Certificate(pem));
  const key = read("caKey", createPrivateKey);
  if (!cert.ca) throw fail("caCert is not a CA certificate");
  if (!cert.checkPrivateKey(key)) throw fail("caKey is not the key of caCert");
  if (!ca.certChain.includes(ca.caCert.trim())) throw fail("certChain does not contain caCert");
  if (cert.issuer !== root.subject && cert.fingerprint256 !== root.fingerprint256 && certificates(ca.certChain) < 3)
    throw fail("caCert is not issued by rootCert, and certChain has no certificate between them");
  return ca;
}

/** SHA-256 of each certificate in a PEM text, lower-case hexadecimal. Blocks that are not certificates are skipped. */
export function rootFingerprints(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block).fingerprint256.replaceAll(":", "").toLowerCase()];
    } catch {
      return [];
    }
  });
}

function certificates(pem: string): number {
  return pem.split("-----BEGIN CERTIFICATE-----").length - 1;
}
