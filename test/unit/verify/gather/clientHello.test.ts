import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import { sendClientHello } from "../../../../verify/gather/clientHello.ts";
import { makeLeaf, makeRoot, makeSubCa } from "../../../support/pki.ts";

describe("a ClientHello", () => {
  test.each([{ sent: "its root" }, { sent: "no root" }])(
    "gets the chain of a server that sends $sent",
    async ({ sent }) => {
      const root = await makeRoot("root", { kind: "ec" });
      const ca = await makeSubCa({ ca: root, name: "intermediate" });
      const above = sent === "its root" ? root.certPem : "";
      const uri = "spiffe://west.local/ns/a/sa/b";
      const { chainPem, keyPem } = await makeLeaf({ ca, above, uris: [uri] });
      const server = createServer({ cert: chainPem, key: keyPem, ALPNProtocols: ["istio"] });
      server.on("tlsClientError", () => undefined);
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      try {
        const { port } = server.address() as AddressInfo;
        const hello = await sendClientHello({ mesh: "west", address: "127.0.0.1", port }, "outbound_.80_._.x.y");
        const chain = await certificatesIn(chainPem);
        expect(hello).toMatchObject({
          outcome: "certificate",
          certificate: { subjectAltNames: [uri], issuerFingerprint: chain[1]!.sha256, chain },
        });
      } finally {
        server.close();
      }
    },
  );
});
