/**
 * DER as PEM, lines of 64 characters, with a line break at its end. https://www.rfc-editor.org/rfc/rfc7468#section-2
 */
export function pemOf(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/**
 * DER of the first PEM block. `input` is the input it came from, for the error.
 * Throws when there is no block, or it has another label.
 */
export function derOf(pem: string, label: string, input: string): Buffer {
  const found = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/.exec(pem);
  if (!found) throw new Error(`${input} is not PEM: give a text that starts with -----BEGIN ${label}-----`);
  if (found[1] !== label) throw new Error(`${input} holds a ${found[1]}, and a ${label} is needed`);
  return Buffer.from(found[2]!, "base64");
}
