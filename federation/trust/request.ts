import { verify, type KeyObject } from "node:crypto";
import type { CertificationRequest } from "@peculiar/asn1-csr";
import {
  alternativeNames,
  asn1,
  attributesOf,
  extensionSet,
  hex,
  keyFingerprint,
  nameDer,
  nameText,
  publicKeyIn,
  readable,
  type AlternativeNames,
  type Asn1,
} from "./asn1.ts";
import { PemError, pemBlocks } from "./pem.ts";

/** What a certificate request (PKCS #10) says. https://www.rfc-editor.org/rfc/rfc2986#section-4 */
export interface RequestFacts extends AlternativeNames {
  /** Distinguished name on one line, for people. */
  subject: string;
  /** Distinguished name in DER as the request has it, hexadecimal. */
  subjectDer: string;
  /** Localities (L) in the subject. */
  localities: string[];
  key: KeyObject;
  /** The public key (SubjectPublicKeyInfo) in DER as the request has it, hexadecimal. */
  publicKeyDer: string;
  /** SHA-256 of the public key in DER, hexadecimal. */
  keySha256: string;
  /** Whether the owner of the key signed the request. */
  signatureValid: boolean;
}

/** Hash by signature algorithm; null where the algorithm has its own. Others count as not valid. */
const hashes: Record<string, string | null> = {
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
  "1.3.101.112": null,
};

const localityName = "2.5.4.7";
const extensionRequest = "1.2.840.113549.1.9.14";

/**
 * Most bytes of a subject and of a public key in DER: what a signer takes over must leave room in the certificate, of
 * which readers take 16,384 characters. The details of an RSA key of more than 2 KiB leave an error in OpenSSL, which
 * the next call of Node throws.
 */
const [maxSubject, maxKey] = [1024, 2048];

/**
 * The certificate request in a PEM text. Text around it and blocks of other kinds are skipped.
 * @throws PemError when there is none or more than one, or it is malformed, or its subject or key is too large
 */
export async function requestIn(pem: string): Promise<RequestFacts> {
  const [der, ...more] = [...pemBlocks(pem, "CERTIFICATE REQUEST"), ...pemBlocks(pem, "NEW CERTIFICATE REQUEST")];
  if (!der || more.length > 0)
    throw new PemError(
      "malformed",
      `the text has ${more.length + (der ? 1 : 0)} certificate requests; one is expected`,
    );
  const library = await asn1();
  const what = "the certificate request";
  const request = readable(what, () => library.schema.AsnConvert.parse(der, library.csr.CertificationRequest));
  const { subject, subjectPKInfo } = request.certificationRequestInfo;
  const sizes = [subject, subjectPKInfo].map((part) => library.schema.AsnConvert.serialize(part).byteLength);
  if (sizes[0]! > maxSubject) throw new PemError("too-large", `its subject has more than ${maxSubject} bytes`);
  if (sizes[1]! > maxKey) throw new PemError("too-large", `its public key has more than ${maxKey} bytes`);
  return readable(what, () => requestFacts(library, request, der));
}

function requestFacts(library: Asn1, request: CertificationRequest, der: Buffer): RequestFacts {
  const { subject, subjectPKInfo } = request.certificationRequestInfo;
  const key = publicKeyIn(library, subjectPKInfo);
  return {
    subject: nameText(subject),
    subjectDer: nameDer(library, subject, der).toString("hex"),
    localities: attributesOf(subject, localityName),
    key,
    publicKeyDer: hex(library.schema.AsnConvert.serialize(subjectPKInfo)),
    keySha256: keyFingerprint(key),
    ...alternativeNames(library, requestedExtensions(library, request)),
    signatureValid: isSigned(request, key),
  };
}

function requestedExtensions(library: Asn1, request: CertificationRequest) {
  const { schema, x509 } = library;
  const attributes = [...(request.certificationRequestInfo.attributes ?? [])];
  const values = attributes.filter(({ type }) => type === extensionRequest).flatMap((attribute) => attribute.values);
  return extensionSet(
    library,
    values.flatMap((value) => [...schema.AsnConvert.parse(value, x509.Extensions)]),
  );
}

function isSigned(request: CertificationRequest, key: KeyObject): boolean {
  const hash = hashes[request.signatureAlgorithm.algorithm];
  const signed = request.certificationRequestInfoRaw;
  if (hash === undefined || !signed) return false;
  try {
    return verify(hash, Buffer.from(signed), key, Buffer.from(request.signature));
  } catch {
    return false;
  }
}
