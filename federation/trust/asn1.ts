import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import type { Extension, Name, SubjectPublicKeyInfo } from "@peculiar/asn1-x509";
import { printable } from "../errors/userError.ts";
import { PemError } from "./pem.ts";

/** The ASN.1 library with the structures of certificates and requests. */
export interface Asn1 {
  schema: typeof import("@peculiar/asn1-schema");
  x509: typeof import("@peculiar/asn1-x509");
  csr: typeof import("@peculiar/asn1-csr");
}

/** Loads the library when it is first needed: it takes about 50 ms, and most programs read no certificate. */
export async function asn1(): Promise<Asn1> {
  const [schema, x509, csr] = await Promise.all([
    import("@peculiar/asn1-schema"),
    import("@peculiar/asn1-x509"),
    import("@peculiar/asn1-csr"),
  ]);
  return { schema, x509, csr };
}

/** The result of reading foreign bytes. Every failure is the text's fault, whatever the library throws. */
export function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new PemError("malformed", `${what} cannot be read`);
  }
}

/** Attribute types of distinguished names. https://www.rfc-editor.org/rfc/rfc4519#section-2 */
const attributeNames: Record<string, string> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "SERIALNUMBER",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.17": "POSTALCODE",
  "0.9.2342.19200300.100.1.25": "DC",
  "1.2.840.113549.1.9.1": "E",
};

/** A distinguished name on one line of at most 200 characters, for people. */
export function nameText(name: Name): string {
  const text = attributes(name).map(({ type, value }) => `${attributeNames[type] ?? type}=${value}`);
  return printable(text.join(", ").replaceAll("\n", " ").slice(0, 200)) || "(empty)";
}

/** Values of the attributes of one type (an object identifier) in a distinguished name. */
export function attributesOf(name: Name, type: string): string[] {
  return attributes(name)
    .filter((attribute) => attribute.type === type)
    .map(({ value }) => value);
}

function attributes(name: Name): { type: string; value: string }[] {
  return [...name].flatMap((part) => [...part].map(({ type, value }) => ({ type, value: value.toString() })));
}

/** A distinguished name in DER. Fails where that is not what `source` has. */
export function nameDer({ schema }: Asn1, name: Name, source: Buffer): Buffer {
  const der = Buffer.from(schema.AsnConvert.serialize(name));
  if (!source.includes(der)) throw new Error("the name is not in DER");
  return der;
}

/** The public key in a certificate or request. */
export function publicKeyIn({ schema }: Asn1, info: SubjectPublicKeyInfo): KeyObject {
  return createPublicKey({ key: Buffer.from(schema.AsnConvert.serialize(info)), format: "der", type: "spki" });
}

/** SHA-256 of a key's public part (SubjectPublicKeyInfo in DER), hexadecimal. */
export function keyFingerprint(key: KeyObject): string {
  return sha256((key.type === "public" ? key : createPublicKey(key)).export({ type: "spki", format: "der" }));
}

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Lower-case hexadecimal; undefined for nothing. */
export function hex(bytes: ArrayBuffer): string;
export function hex(bytes: ArrayBuffer | undefined): string | undefined;
export function hex(bytes: ArrayBuffer | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString("hex");
}

/** Extensions, each of which occurs once. */
export interface ExtensionSet {
  /** The value of an extension; undefined where there is none. */
  read<T>(id: string, type: new () => T): T | undefined;
}

/** Fails where an extension occurs twice: readers would differ in which one counts. */
export function extensionSet({ schema }: Asn1, extensions: readonly Extension[]): ExtensionSet {
  const byId = new Map(extensions.map(({ extnID, extnValue }) => [extnID, extnValue.buffer]));
  if (byId.size !== extensions.length) throw new Error("an extension occurs twice");
  return {
    read: (id, type) => {
      const value = byId.get(id);
      return value && schema.AsnConvert.parse(value, type);
    },
  };
}

/** Names of the subject besides its distinguished name. */
export interface AlternativeNames {
  dnsNames: string[];
  uris: string[];
}

export function alternativeNames({ x509 }: Asn1, extensions: ExtensionSet): AlternativeNames {
  const names = [...(extensions.read(x509.id_ce_subjectAltName, x509.SubjectAlternativeName) ?? [])];
  return {
    dnsNames: names.flatMap(({ dNSName }) => dNSName ?? []),
    uris: names.flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []),
  };
}
