/** Why a PEM text cannot be used. */
export type PemFault = "malformed" | "too-many" | "too-large";

/** A PEM text that cannot be used. The message repeats nothing of it. */
export class PemError extends Error {
  readonly fault: PemFault;

  constructor(fault: PemFault, message: string) {
    super(message);
    this.name = "PemError";
    this.fault = fault;
  }
}

/** Most blocks in one text. */
export const maxBlocks = 64;
/** Most characters in one text: four times what 64 usual certificates take. */
export const maxCharacters = 512 * 1024;

/**
 * The blocks of a label in a PEM text, as DER. Blocks of other labels, text around blocks, a byte order mark and CRLF
 * are skipped. A label counts at the start of a line only, as for Go and OpenSSL; elsewhere the block is malformed.
 * https://www.rfc-editor.org/rfc/rfc7468#section-2
 * @throws PemError when a block is malformed or not closed, or the text is too large
 */
export function pemBlocks(text: string, label: string): Buffer[] {
  if (text.length > maxCharacters)
    throw new PemError("too-large", `the text has more than ${maxCharacters} characters`);
  const [begin, end] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`];
  const blocks: Buffer[] = [];
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at)) {
    if (blocks.length === maxBlocks) throw new PemError("too-many", `the text has more than ${maxBlocks} blocks`);
    const start = at + begin.length;
    const stop = text.indexOf(`\n${end}`, start);
    const startsLine = at === 0 || "\n\ufeff".includes(text[at - 1]!);
    const base64 = stop < 0 ? "" : text.slice(start, stop).replace(/\s+/g, "");
    if (!startsLine)
      throw new PemError("malformed", `block ${blocks.length + 1} (${label}) does not begin on a line of its own`);
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0)
      throw new PemError("malformed", `block ${blocks.length + 1} is not PEM of a ${label}`);
    blocks.push(Buffer.from(base64, "base64"));
    at = stop + end.length + 1;
  }
  return blocks;
}

/** A DER value as PEM, with lines of 64 characters and a line feed at the end. */
export function pemOf(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
