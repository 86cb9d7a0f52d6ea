import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { certificatesIn } from "../../../policy/certificates.ts";
import { certificatesIn as certificatesOfOurs } from "../../../federation/trust/certificate.ts";
import { makeRoot, makeSubCa } from "../../support/pki.ts";
import { free, root, west } from "./examples/cas.ts";
import { sha256 } from "./examples/trust.ts";

const read = (pem: string) => ({ sha256: sha256(pem), permittedUris: pem === west ? ["west.local"] : [] });

describe("the pack's certificates", () => {
  test.each<[string, (pem: string) => string]>([
    ["as they are", (pem) => pem],
    ["indented in YAML", (pem) => pem.replaceAll(/^/gm, "      ")],
    ["in JSON", (pem) => JSON.stringify(pem)],
    ["with CRLF", (pem) => pem.replaceAll("\n", "\r\n")],
  ])("are read %s", (_, written) => {
    expect(certificatesIn(`a: ${[west, free, root].map(written).join("\n")}`)).toEqual([west, free, root].map(read));
  });

  test("are read as the library of the federation reads them", async () => {
    const uris = [
      [],
      ["a.example"],
      [".a.example", "b.example", ""],
      Array.from({ length: 40 }, (_, i) => `d${i}.example`),
    ];
    const ca = await makeRoot("root", { kind: "ec" });
    for (const [i, permittedUris] of uris.entries())
      for (const { certPem } of [
        await makeSubCa({ ca, name: `ca ${i}`, permittedUris, dnsNames: ["a.example"], pathLength: 0 }),
        await makeRoot(`rsa ${i}`, { permittedUris }),
      ]) {
        const [ours] = await certificatesOfOurs(certPem);
        expect(certificatesIn(certPem)).toEqual([{ sha256: ours!.sha256, permittedUris: ours!.permittedUris }]);
      }
  });

  test("that are damaged or end early are told, and nothing throws", () => {
    const der = Buffer.from(west.replace(/-----[A-Z ]+-----|\n/g, ""), "base64");
    const pem = (bytes: Buffer): string =>
      `-----BEGIN CERTIFICATE-----\n${bytes.toString("base64")}\n-----END CERTIFICATE-----`;
    for (let length = 0; length < der.length; length++)
      expect(certificatesIn(pem(der.subarray(0, length)))).toEqual([undefined]);
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(der);
        damaged[at] = byte;
        expect(certificatesIn(pem(damaged))).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
    expect(certificatesIn(pem(randomBytes(300)))).toHaveLength(1);
  });
});
