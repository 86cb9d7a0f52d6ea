import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { GatewayAddress } from "../edge.ts";
import type { Failure } from "../evidence.ts";
import { fromHere, istioAlpn, type Connector } from "./clientHello.ts";
import { HandshakeReader, type ServerHandshake } from "./tlsMessages.ts";

export type { ServerHandshake } from "./tlsMessages.ts";

/**
 * Starts a TLS handshake with the workload behind a gateway as a client's sidecar does, and reads what the server sends
 * before it asks for an answer: its chain, and the names of the CAs whose clients it accepts. It shows the trust bundle
 * of a mesh without access to its cluster.
 *
 * The handshake is TLS 1.2, in which these messages are not encrypted; Istio's proxies accept it unless
 * `meshMTLS.minProtocolVersion` is TLSV1_3. It ends there: no certificate and no request is sent.
 */
export function readServerHandshake(
  gateway: GatewayAddress,
  sni: string,
  { open, timeout }: Connector = fromHere,
): Promise<ServerHandshake | Failure> {
  return new Promise((resolve) => {
    const reader = new HandshakeReader();
    const socket = open(gateway);
    const end = (result: ServerHandshake | Failure): void => {
      clearTimeout(timer);
      resolve(result);
      secured.destroy();
      socket.destroy();
    };
    const failure = (why: string) => end({ failure: why });
    const timer = setTimeout(() => failure(`no TLS handshake within ${timeout / 1000} s`), timeout);
    const wire = wireOf(socket, (chunk) => {
      const outcome = reader.add(chunk);
      if (outcome) end(outcome);
      return outcome !== undefined;
    });
    const secured = connectTls({
      socket: wire,
      servername: sni,
      ALPNProtocols: [istioAlpn],
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.2",
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const onError = (error: NodeJS.ErrnoException) => failure(error.code ?? error.message);
    socket.on("error", onError);
    secured.on("error", onError);
    socket.on("close", () => failure("the connection was closed"));
  });
}

/** A connection as a stream, whose received bytes are shown to `look` first; they end where it returns true. */
function wireOf(socket: Duplex, look: (chunk: Buffer) => boolean): Duplex {
  const wire = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, () => done()),
  });
  socket.on("data", (chunk: Buffer) => look(chunk) || wire.push(chunk));
  return wire;
}
