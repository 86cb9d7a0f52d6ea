import { X509Certificate } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { GatewayAddress } from "../edge.ts";
import type { Hello, ShownCertificate } from "../evidence.ts";

/** The ALPN by which an AUTO_PASSTHROUGH gateway knows a sidecar's mTLS. */
export const istioAlpn = "istio";

/** How long a gateway may take to answer, in milliseconds. */
const patience = 3000;

/**
 * Begins TLS with a gateway as a client's sidecar would, without a certificate of its own, and looks at the certificate
 * of the workload that answers. No request is sent. Anybody who can reach the gateway may do that.
 * @param roots PEM certificates that the client's mesh trusts; without them the chain is not judged
 * @param alpn protocol to ask for; none where null
 */
export function sayHello(
  gateway: GatewayAddress,
  sni: string,
  roots?: string,
  alpn: string | null = istioAlpn,
): Promise<Hello> {
  const at = { mesh: gateway.mesh, address: gateway.address, port: gateway.port, sni };
  return new Promise((resolve) => {
    let connected = false;
    const socket = connectTcp({ host: gateway.address, port: gateway.port });
    const end = (hello: Hello): void => {
      clearTimeout(timer);
      resolve(hello);
      secured?.destroy();
      socket.destroy();
    };
    const timer = setTimeout(
      () =>
        end(
          connected
            ? { ...at, outcome: "reset", detail: `no answer to the ClientHello within ${patience / 1000} s` }
            : { ...at, outcome: "unreachable", detail: `no connection within ${patience / 1000} s` },
        ),
      patience,
    );
    let secured: TLSSocket | undefined;
    socket.on(
      "error",
      (error: NodeJS.ErrnoException) =>
        connected || end({ ...at, outcome: "unreachable", detail: error.code ?? error.message }),
    );
    socket.once("connect", () => {
      connected = true;
      // `servername` takes no underscore check; the name is judged below, not by Node.
      secured = connectTls({
        socket,
        servername: sni,
        ALPNProtocols: alpn ? [alpn] : undefined,
        ca: roots,
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
      });
      const shown = (detail: string): void => {
        const certificate = secured!.getPeerX509Certificate();
        end(
          certificate
            ? { ...at, outcome: "certificate", certificate: shownCertificate(secured!, certificate, roots) }
            : { ...at, outcome: "reset", detail },
        );
      };
      secured.once("secureConnect", () => shown("the handshake ended without a certificate"));
      secured.once("error", (error: NodeJS.ErrnoException) => shown(error.code ?? error.message));
      secured.once("close", () => shown("closed"));
    });
  });
}

export function showsCertificate({ outcome }: Hello): boolean {
  return outcome === "certificate";
}

/** Sends plaintext to a gateway: what it answers, or undefined where it breaks off. */
export function sayPlaintext(gateway: GatewayAddress): Promise<{ answered: string | undefined; reachable: boolean }> {
  return new Promise((resolve) => {
    let text = "";
    let reachable = false;
    const socket = connectTcp({ host: gateway.address, port: gateway.port }, () => {
      reachable = true;
      socket.write(`GET / HTTP/1.1\r\nHost: ${gateway.address}\r\nConnection: close\r\n\r\n`);
    });
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answered: text === "" ? undefined : text.slice(0, 200), reachable });
    };
    const timer = setTimeout(end, patience);
    socket
      .on("data", (chunk) => (text += chunk.toString("latin1")))
      .on("error", end)
      .on("close", end);
  });
}

/** Sends a request in TLS without a client certificate: what comes back, or undefined where it is refused. */
export function requestWithoutCertificate(
  gateway: GatewayAddress,
  sni: string,
): Promise<{ answered: string | undefined; reachable: boolean }> {
  return new Promise((resolve) => {
    let text = "";
    let reachable = false;
    const socket = connectTls({
      host: gateway.address,
      port: gateway.port,
      servername: sni,
      ALPNProtocols: [istioAlpn],
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answered: text === "" ? undefined : text.slice(0, 200), reachable });
    };
    const timer = setTimeout(end, patience);
    socket.once("connect", () => (reachable = true));
    socket.once("secureConnect", () =>
      socket.write(`GET / HTTP/1.1\r\nHost: ${gateway.address}\r\nConnection: close\r\n\r\n`),
    );
    socket
      .on("data", (chunk) => (text += chunk.toString("latin1")))
      .on("error", end)
      .on("close", end);
  });
}

function shownCertificate(
  socket: TLSSocket,
  certificate: X509Certificate,
  roots: string | undefined,
): ShownCertificate {
  // The chain as it was sent; its second certificate is the intermediate that issued the first.
  const issuing = certificate.issuerCertificate?.raw;
  const error = roots ? (socket.authorizationError as unknown) : undefined;
  return {
    subjectAltNames: (certificate.subjectAltName ?? "")
      .split(", ")
      .flatMap((name) => (name.startsWith("URI:") ? [name.slice(4)] : [])),
    issuer: certificate.issuer.replaceAll("\n", ", "),
    issuerLocality: /^L=(.+)$/m.exec(certificate.issuer)?.[1],
    issuerFingerprint: issuing && fingerprint(issuing),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    chainProblem: error ? String((error as { code?: string }).code ?? error) : undefined,
  };
}

/** SHA-256 of a certificate, hexadecimal. */
export function fingerprint(certificate: Buffer | string): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
}
