import { X509Certificate } from "node:crypto";
import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { certificatesIn } from "../../federation/trust/certificate.ts";
import type { GatewayAddress } from "../edge.ts";
import type { ClientHelloResult, ShownCertificate } from "../evidence.ts";

/** The ALPN by which an AUTO_PASSTHROUGH gateway recognizes a sidecar's mTLS. */
export const istioAlpn = "istio";

/** How long a gateway may take to answer, in milliseconds. */
const timeout = 3000;

/** A connection to a gateway: it emits `connect` when it is open. */
export interface GatewayConnection extends Duplex {
  /** Why it was never open, although it emitted `connect`: known only once it has ended. */
  neverOpen?: string | undefined;
}

/** Opens connections to gateways. */
export interface Connector {
  open: (gateway: Pick<GatewayAddress, "address" | "port">) => GatewayConnection;
  /** How long a gateway may take to answer over it, in milliseconds. */
  timeout: number;
}

/** Connects from this machine. */
export const fromHere: Connector = {
  open: ({ address, port }) => connectTcp({ host: address, port }),
  timeout,
};

/**
 * Sends a gateway a TLS ClientHello as a client's sidecar does, without a client certificate, and reads the certificate
 * of the workload that answers. It sends no request, and needs no permission. The chain is not checked.
 * @param alpn protocol to offer; null: none
 * @param from where it is sent from; default this machine
 */
export function sendClientHello(
  gateway: GatewayAddress,
  sni: string,
  alpn: string | null = istioAlpn,
  { open, timeout }: Connector = fromHere,
): Promise<ClientHelloResult> {
  const at = { mesh: gateway.mesh, address: gateway.address, port: gateway.port, sni };
  return new Promise((resolve) => {
    let connected = false;
    const socket = open(gateway);
    const end = (hello: ClientHelloResult): void => {
      clearTimeout(timer);
      const { neverOpen } = socket;
      resolve(neverOpen === undefined ? hello : { ...at, outcome: "unreachable", detail: neverOpen });
      secured?.destroy();
      socket.destroy();
    };
    const timer = setTimeout(
      () =>
        end(
          connected
            ? { ...at, outcome: "reset", detail: `no answer to the ClientHello within ${timeout / 1000} s` }
            : { ...at, outcome: "unreachable", detail: `no connection within ${timeout / 1000} s` },
        ),
      timeout,
    );
    let secured: TLSSocket | undefined;
    socket.on(
      "error",
      (error: NodeJS.ErrnoException) =>
        connected || end({ ...at, outcome: "unreachable", detail: error.code ?? error.message }),
    );
    socket.once("connect", () => {
      connected = true;
      // Node accepts underscores in `servername`; hops/tls.ts checks the name.
      secured = connectTls({
        socket,
        servername: sni,
        ALPNProtocols: alpn ? [alpn] : undefined,
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
      });
      const shown = (detail: string): void => {
        const certificate = secured!.getPeerX509Certificate();
        if (!certificate) return end({ ...at, outcome: "reset", detail });
        clearTimeout(timer);
        void shownCertificate(certificate).then((found) => end({ ...at, outcome: "certificate", certificate: found }));
      };
      secured.once("secureConnect", () => shown("the handshake ended without a certificate"));
      secured.once("error", (error: NodeJS.ErrnoException) => shown(error.code ?? error.message));
      secured.once("close", () => shown("closed"));
    });
  });
}

/** Whether the gateway let a ClientHello through to a workload. */
export function showsCertificate({ outcome }: ClientHelloResult): boolean {
  return outcome === "certificate";
}

/** The start of what a gateway sends back to a request, or undefined where it sends nothing. */
export interface RawResponse {
  answered: string | undefined;
  /** Whether there was a connection. */
  reachable: boolean;
}

/** Sends a request in plaintext to a gateway. */
export function sendPlaintext(gateway: GatewayAddress, from: Connector = fromHere): Promise<RawResponse> {
  const socket = from.open(gateway);
  socket.once("connect", () => socket.write(requestTo(gateway)));
  return readResponse(socket, socket, from.timeout);
}

/** Sends a request in TLS without a client certificate. */
export function sendWithoutCertificate(
  gateway: GatewayAddress,
  sni: string,
  from: Connector = fromHere,
): Promise<RawResponse> {
  const connection = from.open(gateway);
  const socket = connectTls({
    socket: connection,
    servername: sni,
    ALPNProtocols: [istioAlpn],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  socket.once("secureConnect", () => socket.write(requestTo(gateway)));
  return readResponse(socket, connection, from.timeout);
}

function requestTo({ address }: GatewayAddress): string {
  return `GET / HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n`;
}

/**
 * Reads what comes back.
 * @param connection the one below it
 */
function readResponse(socket: Duplex, connection: GatewayConnection, timeout: number): Promise<RawResponse> {
  return new Promise((resolve) => {
    let text = "";
    let reachable = false;
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      connection.destroy();
      const open = reachable && connection.neverOpen === undefined;
      resolve({ answered: text === "" ? undefined : text.slice(0, 200), reachable: open });
    };
    const timer = setTimeout(end, timeout);
    connection.once("connect", () => (reachable = true)).on("error", end);
    socket
      .on("data", (chunk) => (text += chunk.toString("latin1")))
      .on("error", end)
      .on("close", end);
    connection.on("close", end);
  });
}

async function shownCertificate(certificate: X509Certificate): Promise<ShownCertificate> {
  const chain = sentChain(certificate);
  return {
    subjectAltNames: (certificate.subjectAltName ?? "")
      .split(", ")
      .flatMap((name) => (name.startsWith("URI:") ? [name.slice(4)] : [])),
    issuer: certificate.issuer.replaceAll("\n", ", "),
    issuerLocality: /^L=(.+)$/m.exec(certificate.issuer)?.[1],
    // The second certificate of the chain that was sent is the intermediate that issued the first.
    issuerFingerprint: chain[1] && fingerprint(chain[1].raw),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    chain: await certificatesIn(chain.map(String).join("")).catch(() => []),
  };
}

/** Most certificates of a chain that are read. */
const maxChain = 10;

/** A certificate and those above it that the server sent, each once. */
function sentChain(certificate: X509Certificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (
    let next: X509Certificate | undefined = certificate;
    next && chain.length < maxChain && chain.every(({ fingerprint256 }) => fingerprint256 !== next!.fingerprint256);
    next = next.issuerCertificate
  )
    chain.push(next);
  return chain;
}

/** SHA-256 of a certificate, hexadecimal. */
export function fingerprint(certificate: Buffer | string): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
}
