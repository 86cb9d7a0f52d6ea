import { randomBytes } from "node:crypto";
import type { Extension, JsonNameParams, Name } from "@peculiar/x509";
import { keyIdentifier } from "./keyMaterial.ts";
import { splitUses } from "./keyUsages.ts";
import type { InputRule, Made } from "./kind.ts";
import { pemOf } from "./pem.ts";
import { bytes, x509Library, type Signer } from "./signing.ts";
import { now, rfc3339, type Instant } from "./time.ts";

/** What is to be in a certificate. */
export interface CertificateRequest {
  subject: JsonNameParams | Name;
  issuer: JsonNameParams | Name;
  /** SubjectPublicKeyInfo in DER. */
  publicKey: Buffer;
  /** Already encoded; left out when there are no names. */
  altNames?: Extension;
  /** Identifier of the issuing key, written when given. */
  authorityKeyId?: Buffer;
  allowedUses: string[];
  isCaCertificate: boolean;
  maxPathLength?: number;
  setSubjectKeyId: boolean;
  validityPeriodHours: number;
}

/** Inputs that both kinds of certificates have, next to `allowedUses`. */
export const validityInputs = {
  validityPeriodHours: { type: "integer", required: true, wrong: atLeastZero("validityPeriodHours") },
  earlyRenewalHours: { type: "integer", default: 0, updatable: true, wrong: atLeastZero("earlyRenewalHours") },
  isCaCertificate: { type: "boolean", default: false },
  maxPathLength: { type: "integer", wrong: atLeastZero("maxPathLength") },
  setSubjectKeyId: { type: "boolean", default: false },
} satisfies Record<string, InputRule>;

/** Those inputs of a certificate that go into it as they are. */
export function contentInputs(inputs: Record<string, any>) {
  const { allowedUses, isCaCertificate, maxPathLength, setSubjectKeyId, validityPeriodHours } = inputs;
  return { allowedUses, isCaCertificate, maxPathLength, setSubjectKeyId, validityPeriodHours };
}

/** Computed outputs that both kinds of certificates have. */
export const certificateOutputs = { certPem: {}, readyForRenewal: {}, validityStartTime: {}, validityEndTime: {} };

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5 */
const endOfTime = Date.UTC(10_000, 0) / 1000;

/**
 * Signs a certificate that is valid from this moment. Its id is the serial number in decimal.
 * Extensions and their order follow https://www.rfc-editor.org/rfc/rfc5280#section-4.2 as the official plugin applies
 * it.
 */
export async function issueCertificate(request: CertificateRequest, signer: Signer): Promise<Made> {
  const x509 = await x509Library();
  const start = now();
  const end: Instant = { ...start, seconds: start.seconds + request.validityPeriodHours * 3600 };
  if (end.seconds >= endOfTime)
    throw new Error(
      `validityPeriodHours is ${request.validityPeriodHours}, which ends after the year ` +
        "9999, the last that a certificate can name: give less",
    );
  const serial = newSerial();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial,
      subject: asName(x509, request.subject),
      issuer: asName(x509, request.issuer),
      notBefore: new Date(start.seconds * 1000),
      notAfter: new Date(end.seconds * 1000),
      publicKey: bytes(request.publicKey),
      signingKey: signer.signingKey,
      signingAlgorithm: signer.signingAlgorithm,
      extensions: extensionsOf(x509, request),
    } as Parameters<typeof x509.X509CertificateGenerator.create>[0],
    signer.crypto,
  );
  return {
    id: BigInt(`0x${serial}`).toString(),
    outputs: {
      certPem: pemOf("CERTIFICATE", new Uint8Array(certificate.rawData)),
      readyForRenewal: false,
      validityStartTime: rfc3339(start),
      validityEndTime: rfc3339(end),
    },
  };
}

type Library = Awaited<ReturnType<typeof x509Library>>;

function extensionsOf(x509: Library, request: CertificateRequest): Extension[] {
  const { bits, extended } = splitUses(request.allowedUses);
  const authority = isCa(request);
  const extensions: Extension[] = [];
  if (bits > 0) extensions.push(new x509.KeyUsagesExtension(bits, true));
  if (extended.length > 0) extensions.push(new x509.ExtendedKeyUsageExtension(extended));
  extensions.push(new x509.BasicConstraintsExtension(authority, authority ? request.maxPathLength : undefined, true));
  // A CA always has an identifier, because the certificates that it issues refer to it.
  if (authority || request.setSubjectKeyId)
    extensions.push(new x509.SubjectKeyIdentifierExtension(keyIdentifier(request.publicKey).toString("hex")));
  if (request.authorityKeyId)
    extensions.push(new x509.AuthorityKeyIdentifierExtension(request.authorityKeyId.toString("hex")));
  if (request.altNames) extensions.push(request.altNames);
  return extensions;
}

function isCa(request: CertificateRequest): boolean {
  if (request.isCaCertificate && request.subject instanceof Array && request.subject.length === 0)
    throw new Error(
      "a CA certificate needs a subject with at least one field (RFC 5280, 4.1.2.6): give " +
        "subject, for example commonName",
    );
  return request.isCaCertificate;
}

function asName(x509: Library, name: JsonNameParams | Name): Name {
  return name instanceof x509.Name ? name : new x509.Name(name as JsonNameParams);
}

/** 128 random bits, never zero; in hexadecimal. */
function newSerial(): string {
  const serial = randomBytes(16);
  if (serial[0] === 0) serial[0] = 1;
  return serial.toString("hex");
}

function atLeastZero(name: string): (value: number) => string | undefined {
  return (value) => (value >= 0 ? undefined : `${name} is ${value}; it must be 0 or more`);
}
