import type { JsonNameParams } from "@peculiar/x509";

/** A distinguished name as inputs give it. */
export interface Subject {
  commonName?: string;
  country?: string;
  emailAddress?: string;
  locality?: string;
  organization?: string;
  organizationalUnit?: string;
  postalCode?: string;
  province?: string;
  serialNumber?: string;
  streetAddresses?: string[];
}

/**
 * Attribute types in the order in which the official plugin writes them, that of Go's crypto/x509/pkix.
 * https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1
 */
const types: [keyof Subject, string][] = [
  ["country", "2.5.4.6"],
  ["province", "2.5.4.8"],
  ["locality", "2.5.4.7"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "1.2.840.113549.1.9.1"],
];

/** Names of a subject's fields. */
export const subjectFields: string[] = types.map(([field]) => field).sort();

/** The distinguished name for an X.509 library; empty without a subject. */
export function distinguishedName(subject: Subject | undefined): JsonNameParams {
  return types.flatMap(([field, type]) => {
    const given = subject?.[field] ?? [];
    const values = typeof given === "string" ? [given] : [...given].sort(byEncoding);
    return values.length > 0
      ? [{ [type]: values.map((value) => (field === "emailAddress" ? { ia5String: value } : text(value))) }]
      : [];
  });
}

function text(value: string): { printableString: string } | { utf8String: string } {
  return isPrintable(value) ? { printableString: value } : { utf8String: value };
}

function isPrintable(value: string): boolean {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value);
}

/** DER wants the members of a set in the order of their encodings: tag, length, bytes. */
function byEncoding(a: string, b: string): number {
  const encode = (value: string) =>
    Buffer.concat([
      Buffer.from([isPrintable(value) ? 0x13 : 0x0c, Math.min(Buffer.byteLength(value), 255)]),
      Buffer.from(value),
    ]);
  return Buffer.compare(encode(a), encode(b));
}
