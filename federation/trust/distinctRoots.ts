import { certificatesOrNone, type CertificateFacts } from "./certificate.ts";

/**
 * Whether verifiers that look for the issuer of a certificate can confuse two keys. They compare names without regard
 * to case and spaces, and key identifiers where both have one.
 */
export function areIndistinct(a: CertificateFacts, b: CertificateFacts): boolean {
  if (a.subjectKeyId !== undefined && b.subjectKeyId !== undefined) return a.subjectKeyId === b.subjectKeyId;
  return haveSameName(a, b);
}

/** Whether two certificates have one name, as verifiers compare names. */
export function haveSameName(a: CertificateFacts, b: CertificateFacts): boolean {
  return normal(a.subject) === normal(b.subject);
}

function normal(name: string): string {
  return name
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/ ?([=,]) ?/g, "$1");
}

/** The one certificate in a foreign text; undefined where it is not that. */
export async function onlyCertificate(pem: string): Promise<CertificateFacts | undefined> {
  const [found, ...more] = await certificatesOrNone(pem);
  return more.length === 0 ? found : undefined;
}

/** A certificate, for people. */
export function nameOf({ subject, sha256 }: CertificateFacts): string {
  return `${subject} (${short(sha256)})`;
}

/** The start of a fingerprint, for people. */
export function short(sha256: string): string {
  return `SHA-256 ${sha256.slice(0, 16)}`;
}
