import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { certificatesIn } from "../../../federation/trust/certificate.ts";
import { sampleHandshakes } from "../../../trust/sampleHandshakes.ts";
import { makeLeaf, makeRoot } from "../../support/pki.ts";
import { anExport, contract } from "../federation/fixtures.ts";

describe("a sample of handshakes", () => {
  test("has several with each exported port, and those that failed", async () => {
    const root = await makeRoot("root", { kind: "ec" });
    const { chainPem, keyPem } = await makeLeaf({ ca: root });
    const asked: string[] = [];
    const server = createServer({
      cert: chainPem,
      key: keyPem,
      ca: root.certPem,
      requestCert: true,
      SNICallback: (name, done) => (asked.push(name), done(null)),
    }).on("tlsClientError", () => undefined);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    try {
      const gateways = [
        { address: "127.0.0.1", port },
        { address: "127.0.0.1", port: 1 },
      ];
      const { handshakes, failures } = await sampleHandshakes({ ...contract("west", [anExport()]), gateways });
      const [facts] = await certificatesIn(root.certPem);
      expect(handshakes.map(({ mesh, chain, authorities }) => [mesh, chain.length, authorities])).toEqual(
        Array(3).fill(["west", 2, [facts!.subjectDer]]),
      );
      expect(failures).toEqual(Array(3).fill(expect.objectContaining({ mesh: "west", failure: "ECONNREFUSED" })));
      expect(new Set(asked)).toEqual(new Set(["outbound_.8000_._.httpbin.httpbin.svc.cluster.local"]));
    } finally {
      server.close();
    }
  });
});
