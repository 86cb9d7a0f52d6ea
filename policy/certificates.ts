import { createHash } from "node:crypto";

/** What the rules read of a certificate. */
export interface Certificate {
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  sha256: string;
  /** Hosts of URIs that its name constraints permit; empty where all are permitted. */
  permittedUris: string[];
}

/** A block of PEM: as it is, indented in YAML, or with escaped line ends, as JSON has them. */
const block = /-----BEGIN CERTIFICATE-----((?:[A-Za-z0-9+/=\s]|\\+[nr])*)-----END CERTIFICATE-----/g;

/** The certificates in a text; undefined for each that cannot be read. */
export function certificatesIn(text: string): (Certificate | undefined)[] {
  return [...text.matchAll(block)].map(([, body = ""]) => {
    const der = Buffer.from(body.replace(/\\+[nr]|\s/g, ""), "base64");
    try {
      return read(der);
    } catch {
      return undefined;
    }
  });
}

/** An element of DER. https://www.itu.int/rec/T-REC-X.690 */
interface Element {
  tag: number;
  content: Buffer;
  /** Bytes of the whole element. */
  length: number;
}

const tags = { octets: 0x04, objectId: 0x06, sequence: 0x30, extensions: 0xa3, permitted: 0xa0, uri: 0x86 } as const;

/** 2.5.29.30. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10 */
const nameConstraints = "551d1e";

/** Throws where the bytes are no certificate. */
function read(der: Buffer): Certificate {
  const whole = elementAt(der);
  const [body] = children(expect(whole, tags.sequence));
  const extensions = children(expect(body, tags.sequence)).find(({ tag }) => tag === tags.extensions);
  const list = extensions ? children(expect(children(extensions)[0], tags.sequence)) : [];
  const constraints = list.map((extension) => children(expect(extension, tags.sequence))).filter(isNameConstraints);
  return {
    sha256: createHash("sha256").update(der.subarray(0, whole.length)).digest("hex"),
    permittedUris: constraints.flatMap((parts) => permittedUris(expect(parts.at(-1), tags.octets).content)),
  };
}

function isNameConstraints([id]: Element[]): boolean {
  return id?.tag === tags.objectId && id.content.toString("hex") === nameConstraints;
}

/** `NameConstraints ::= SEQUENCE { permittedSubtrees [0] SEQUENCE OF SEQUENCE { base GeneralName, ... }, ... }` */
function permittedUris(value: Buffer): string[] {
  const permitted = children(expect(elementAt(value), tags.sequence)).filter(({ tag }) => tag === tags.permitted);
  return permitted
    .flatMap(children)
    .flatMap((subtree) => children(expect(subtree, tags.sequence)).slice(0, 1))
    .filter(({ tag }) => tag === tags.uri)
    .map(({ content }) => content.toString("latin1"));
}

function expect(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new Error("another element is expected");
  return element;
}

function children({ content }: Element): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < content.length; at += found.at(-1)!.length) found.push(elementAt(content.subarray(at)));
  return found;
}

/** Throws where the length is indefinite, takes more than four bytes, or leads out of the bytes. */
function elementAt(bytes: Buffer): Element {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) throw new Error("the element has no length");
  const size = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || size > 4 || bytes.length < 2 + size) throw new Error("the length cannot be read");
  const length = size === 0 ? first : bytes.readUIntBE(2, size);
  const start = 2 + size;
  if (bytes.length < start + length) throw new Error("the element has no end");
  return { tag, content: bytes.subarray(start, start + length), length: start + length };
}
