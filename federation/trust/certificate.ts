import { X509Certificate } from "node:crypto";
import type { NameConstraints, Time } from "@peculiar/asn1-x509";
import {
  alternativeNames,
  asn1,
  extensionSet,
  hex,
  keyFingerprint,
  nameDer,
  nameText,
  publicKeyIn,
  readable,
  sha256,
  type AlternativeNames,
  type Asn1,
} from "./asn1.ts";
import { PemError, pemBlocks, pemOf } from "./pem.ts";
import { verifierLimits, type VerifierLimits } from "./verifierLimits.ts";

export { PemError } from "./pem.ts";
export { requestIn, type RequestFacts } from "./request.ts";

/** What a certificate says. Hexadecimal is in lower case. https://www.rfc-editor.org/rfc/rfc5280#section-4 */
export interface CertificateFacts extends AlternativeNames {
  /** The certificate alone, in canonical PEM. */
  pem: string;
  /** SHA-256 of the certificate in DER, hexadecimal. */
  sha256: string;
  /** Distinguished names on one line, for people. */
  subject: string;
  issuer: string;
  /** Distinguished names in DER as the certificate has them, hexadecimal. */
  subjectDer: string;
  issuerDer: string;
  /** Hexadecimal. */
  serial: string;
  notBefore: Date;
  notAfter: Date;
  /** Whether it may sign certificates: its basic constraints and, where it has one, its key usage say it. */
  isCa: boolean;
  /** Most CAs below it in a chain; undefined without a limit. */
  pathLength?: number;
  /** The public key (SubjectPublicKeyInfo) in DER as the certificate has it, hexadecimal. */
  publicKeyDer: string;
  /** SHA-256 of the public key in DER, hexadecimal. */
  keySha256: string;
  /** Key identifiers, hexadecimal. */
  subjectKeyId?: string;
  authorityKeyId?: string;
  /** Whether the authority key identifier names the issuing certificate by its issuer and serial number, too. */
  authoritySerial: boolean;
  /** Name constraints: hosts of URIs that are permitted; empty where all are. */
  permittedUris: string[];
  /** Name constraints: whether a kind of name other than URIs is restricted to permitted ones. */
  permitsOthers: boolean;
  /** Name constraints: whether all names of the kind are excluded. */
  excludesDns: boolean;
  excludesIps: boolean;
  excludesEmails: boolean;
  /** Name constraints: whether some URIs are excluded. */
  excludesUris: boolean;
  /** Whether subject and issuer have the same bytes. */
  selfIssued: boolean;
  /** What verifiers refuse in it as a CA. */
  limits: VerifierLimits;
}

/**
 * The certificates in a PEM text, in its order. Text around them and blocks of other kinds are skipped.
 * @throws PemError when a certificate is malformed, or the text has more than 64 or is too large
 */
export async function certificatesIn(pem: string): Promise<CertificateFacts[]> {
  const blocks = pemBlocks(pem, "CERTIFICATE");
  if (blocks.length === 0) return [];
  const library = await asn1();
  return blocks.map((der, i) => readable(`certificate ${i + 1}`, () => certificateFacts(library, der)));
}

/** The certificates in a foreign text; none where one is malformed, or there are too many. */
export async function certificatesOrNone(pem: string): Promise<CertificateFacts[]> {
  try {
    return await certificatesIn(pem);
  } catch (error) {
    if (error instanceof PemError) return [];
    throw error;
  }
}

function certificateFacts(library: Asn1, der: Buffer): CertificateFacts {
  const { schema, x509 } = library;
  // OpenSSL skips what follows the certificate, and the fingerprint would differ.
  const node = new X509Certificate(der);
  if (!node.raw.equals(der)) throw new Error("the block holds more than a certificate");
  const parsed = schema.AsnConvert.parse(der, x509.Certificate);
  const tbs = parsed.tbsCertificate;
  const extensions = extensionSet(library, tbs.extensions ?? []);
  const basic = extensions.read(x509.id_ce_basicConstraints, x509.BasicConstraints);
  const usage = extensions.read(x509.id_ce_keyUsage, x509.KeyUsage);
  const authority = extensions.read(x509.id_ce_authorityKeyIdentifier, x509.AuthorityKeyIdentifier);
  const subjectDer = nameDer(library, tbs.subject, der).toString("hex");
  const issuerDer = nameDer(library, tbs.issuer, der).toString("hex");
  return {
    pem: pemOf("CERTIFICATE", der),
    sha256: sha256(der),
    subject: nameText(tbs.subject),
    issuer: nameText(tbs.issuer),
    subjectDer,
    issuerDer,
    serial: node.serialNumber.toLowerCase(),
    notBefore: dateOf(tbs.validity.notBefore),
    notAfter: dateOf(tbs.validity.notAfter),
    isCa: basic?.cA === true && (!usage || (usage.toNumber() & x509.KeyUsageFlags.keyCertSign) !== 0),
    pathLength: basic?.pathLenConstraint,
    publicKeyDer: hex(schema.AsnConvert.serialize(tbs.subjectPublicKeyInfo)),
    keySha256: keyFingerprint(publicKeyIn(library, tbs.subjectPublicKeyInfo)),
    // Verifiers take an empty identifier for none.
    subjectKeyId: hex(extensions.read(x509.id_ce_subjectKeyIdentifier, x509.SubjectKeyIdentifier)?.buffer) || undefined,
    authorityKeyId: hex(authority?.keyIdentifier?.buffer) || undefined,
    authoritySerial: authority?.authorityCertSerialNumber !== undefined,
    ...constraints(extensions.read(x509.id_ce_nameConstraints, x509.NameConstraints)),
    ...alternativeNames(library, extensions),
    selfIssued: subjectDer === issuerDer,
    limits: verifierLimits(library, parsed, extensions, node),
  };
}

function dateOf(time: Time): Date {
  const date = time.getTime();
  if (Number.isNaN(date.getTime())) throw new Error("it has a date that does not exist");
  return date;
}

function constraints(found: NameConstraints | undefined) {
  const permitted = [...(found?.permittedSubtrees ?? [])].map(({ base }) => base);
  const excluded = [...(found?.excludedSubtrees ?? [])].map(({ base }) => base);
  const ranges = excluded.flatMap(({ iPAddress }) => iPAddress ?? []);
  return {
    permittedUris: permitted.flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []),
    permitsOthers: permitted.some(({ uniformResourceIdentifier }) => uniformResourceIdentifier === undefined),
    excludesDns: excluded.some(({ dNSName }) => dNSName === ""),
    excludesIps: allAddresses.every((range) => ranges.includes(range)),
    excludesEmails: excluded.some(({ rfc822Name }) => rfc822Name === ""),
    excludesUris: excluded.some(({ uniformResourceIdentifier }) => uniformResourceIdentifier !== undefined),
  };
}

/** The ranges of all IPv4 and all IPv6 addresses. */
export const allAddresses = ["0.0.0.0/0", "::/0"] as const;
