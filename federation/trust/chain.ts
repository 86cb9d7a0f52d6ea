import { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "./certificate.ts";

/** Whether a CA signed a certificate: by its name, its right to sign, and the signature itself. */
export function isIssuedBy(certificate: CertificateFacts, issuer: CertificateFacts): boolean {
  if (certificate.issuerDer !== issuer.subjectDer || !issuer.isCa) return false;
  try {
    return new X509Certificate(certificate.pem).verify(new X509Certificate(issuer.pem).publicKey);
  } catch {
    return false;
  }
}

/** Whether a certificate is a root: signed by its own key, and not only issued under its own name. */
export function isSelfSigned({ selfIssued, pem }: CertificateFacts): boolean {
  if (!selfIssued) return false;
  try {
    const certificate = new X509Certificate(pem);
    return certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}

/**
 * The shortest chain from a certificate to a root by signatures, both included; undefined where there is none. A root
 * is a chain of its own. Dates and constraints are not considered.
 *
 * @param pool CAs that may stand between, in any order
 */
export function chainTo(
  roots: readonly CertificateFacts[],
  certificate: CertificateFacts,
  pool: readonly CertificateFacts[],
): CertificateFacts[] | undefined {
  const seen = new Set([certificate.sha256]);
  for (let paths = [[certificate]]; paths.length > 0;) {
    const longer: CertificateFacts[][] = [];
    for (const path of paths) {
      const last = path.at(-1)!;
      if (roots.some(({ sha256 }) => sha256 === last.sha256)) return path;
      for (const next of [...roots, ...pool])
        if (!seen.has(next.sha256) && isIssuedBy(last, next)) {
          seen.add(next.sha256);
          longer.push([...path, next]);
        }
    }
    paths = longer;
  }
  return undefined;
}
