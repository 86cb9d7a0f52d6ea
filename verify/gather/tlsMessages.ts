import type { Failure } from "../evidence.ts";

/** What a TLS server sends before it asks for an answer. */
export interface ServerHandshake {
  /** Its certificate and those of its CAs, in DER, as it sends them. */
  chain: Buffer[];
  /** Distinguished names in DER of the CAs whose clients it accepts; undefined where it asks for no certificate. */
  authorities: Buffer[] | undefined;
}

/** Most bytes of a handshake: many times what a chain and a hundred names take. */
const maxBytes = 256 * 1024;

/** Types of records and of handshake messages. https://www.rfc-editor.org/rfc/rfc5246#section-6.2.1 */
const record = { alert: 21, handshake: 22 } as const;
const message = { certificate: 11, certificateRequest: 13, serverHelloDone: 14 } as const;

/** Reads the messages of a TLS 1.2 server from the bytes of its connection. */
export class HandshakeReader {
  private received = Buffer.alloc(0);
  private messages = Buffer.alloc(0);
  private read = 0;
  private readonly found: ServerHandshake = { chain: [], authorities: undefined };

  /** Adds bytes. Returns the outcome once it is known. */
  add(chunk: Buffer): ServerHandshake | Failure | undefined {
    this.read += chunk.length;
    if (this.read > maxBytes) return { failure: `the handshake has more than ${maxBytes} bytes` };
    this.received = Buffer.concat([this.received, chunk]);
    try {
      return this.readRecords() ?? this.readMessages();
    } catch (error) {
      if ((error as Error).name !== "RangeError") throw error;
      return { failure: "the handshake is malformed" };
    }
  }

  /** Moves the content of whole records to the messages. */
  private readRecords(): Failure | undefined {
    while (this.received.length >= 5) {
      const type = this.received.readUInt8(0);
      const end = 5 + this.received.readUInt16BE(3);
      if (this.received.length < end) return undefined;
      const content = this.received.subarray(5, end);
      this.received = this.received.subarray(end);
      if (type === record.alert) return { failure: `TLS alert ${content.readUInt8(1)}` };
      if (type !== record.handshake) return { failure: "the answer is not a TLS handshake" };
      this.messages = Buffer.concat([this.messages, content]);
    }
    return undefined;
  }

  private readMessages(): ServerHandshake | undefined {
    while (this.messages.length >= 4) {
      const end = 4 + this.messages.readUIntBE(1, 3);
      if (this.messages.length < end) return undefined;
      const type = this.messages.readUInt8(0);
      const body = this.messages.subarray(4, end);
      this.messages = this.messages.subarray(end);
      if (type === message.serverHelloDone) return this.found;
      if (type === message.certificate) this.found.chain = listOf(body, 3);
      if (type === message.certificateRequest) this.found.authorities = authoritiesIn(body);
    }
    return undefined;
  }
}

/** https://www.rfc-editor.org/rfc/rfc5246#section-7.4.4 */
function authoritiesIn(body: Buffer): Buffer[] {
  const types = 1 + body.readUInt8(0);
  const algorithms = types + 2 + body.readUInt16BE(types);
  return listOf(body.subarray(algorithms), 2);
}

/** The items of a list. The list and each item begin with their length in `size` bytes. */
function listOf(bytes: Buffer, size: 2 | 3): Buffer[] {
  const items: Buffer[] = [];
  const end: number = size + bytes.readUIntBE(0, size);
  if (end > bytes.length) throw new RangeError("the list is longer than its message");
  for (let at: number = size; at < end;) {
    const start = at + size;
    const stop = start + bytes.readUIntBE(at, size);
    if (stop > end) throw new RangeError("an item is longer than its list");
    items.push(bytes.subarray(start, stop));
    at = stop;
  }
  return items;
}
