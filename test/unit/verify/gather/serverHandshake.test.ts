import { createServer as createTcpServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import { failed } from "../../../../verify/evidence.ts";
import { readServerHandshake } from "../../../../verify/gather/serverHandshake.ts";
import { makeLeaf, makeRoot, makeSubCa } from "../../../support/pki.ts";

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((s) => new Promise<void>((done) => s.close(() => done())))));

async function listening(server: Server) {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { mesh: "west", address: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

const roots = Promise.all([makeRoot("root A"), makeRoot("root B", { kind: "ec" })]);

async function tlsServer(options: TlsOptions) {
  const [ca] = await roots;
  const sub = await makeSubCa({ ca, name: "intermediate A" });
  const leaf = await makeLeaf({ ca: sub, above: ca.certPem, uris: ["spiffe://west.local/ns/a/sa/b"] });
  const server = createServer({ cert: leaf.chainPem, key: leaf.keyPem, ALPNProtocols: ["istio"], ...options });
  server.on("tlsClientError", () => undefined);
  return { chain: await certificatesIn(leaf.chainPem), gateway: await listening(server) };
}

describe("the handshake of a server", () => {
  test("shows its chain and the names of the CAs whose clients it accepts", async () => {
    const [a, b] = await roots;
    const { chain, gateway } = await tlsServer({ requestCert: true, ca: [a.certPem, b.certPem] });
    const handshake = await readServerHandshake(gateway, "outbound_.80_._.x.y.svc.cluster.local");
    if (failed(handshake)) throw new Error(handshake.failure);
    expect(handshake.chain.map((der) => der.toString("hex"))).toEqual(
      chain.map(({ pem }) => Buffer.from(pem.replace(/-----[^-]+-----|\n/g, ""), "base64").toString("hex")),
    );
    const names = (await certificatesIn(a.certPem + b.certPem)).map(({ subjectDer }) => subjectDer);
    expect(handshake.authorities?.map((der) => der.toString("hex"))).toEqual(names);
  });

  test("has no names where the server asks for no certificate", async () => {
    const { gateway } = await tlsServer({});
    expect(await readServerHandshake(gateway, "x.y")).toMatchObject({ authorities: undefined });
  });

  test.each([
    { what: "a server of TLS 1.3 alone", options: { minVersion: "TLSv1.3" } as const, says: /alert 70/ },
    { what: "a name that the server refuses", options: { SNICallback: refuse }, says: /alert|closed|ECONNRESET/ },
  ])("is a failure for $what", async ({ options, says }) => {
    const { gateway } = await tlsServer(options);
    expect(await readServerHandshake(gateway, "x.y")).toEqual({ failure: expect.stringMatching(says) });
  });

  test.each([
    { what: "plain text", bytes: Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n") },
    { what: "a list that is longer than its message", bytes: handshake(11, Buffer.from([0, 0, 99, 0, 0, 1, 1])) },
    { what: "an item that is longer than its list", bytes: handshake(11, Buffer.from([0, 0, 4, 0, 0, 9, 1])) },
    { what: "an empty request for a certificate", bytes: handshake(13, Buffer.alloc(0)) },
    { what: "a handshake without an end", bytes: Buffer.concat(Array(20).fill(handshake(1, Buffer.alloc(16_000)))) },
    { what: "nothing", bytes: Buffer.alloc(0) },
  ])("is a failure for $what", async ({ bytes }) => {
    const gateway = await listening(
      createTcpServer((socket) =>
        socket
          .on("error", () => undefined)
          .resume()
          .end(bytes),
      ),
    );
    expect(await readServerHandshake(gateway, "x.y")).toEqual({ failure: expect.any(String) });
  });
});

function refuse(_name: string, done: (error: Error) => void): void {
  done(new Error("unknown name"));
}

/** A handshake message in a record of its own. */
function handshake(type: number, body: Buffer): Buffer {
  const head = Buffer.from([22, 3, 3, 0, 0, type, 0, 0, 0]);
  head.writeUInt16BE(body.length + 4, 3);
  head.writeUIntBE(body.length, 6, 3);
  return Buffer.concat([head, body]);
}
