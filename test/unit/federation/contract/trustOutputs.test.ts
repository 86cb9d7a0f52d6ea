import { certificatesFor, numberedRequests, numberedRoots } from "../../../../federation/contract/trustOutputs.ts";
import { makeRoot } from "../../../support/pki.ts";

const tooLong = "x".repeat(16_385);

describe("what a stack publishes for a CA", () => {
  test("gives a mesh its certificates, whatever those of other meshes are", () => {
    const certificates = { west: ["a", tooLong, 1, "b"], east: [tooLong], north: "x", constructor: ["c"] };
    expect(certificatesFor({ certificates }, "west")).toEqual(["a", "b"]);
    expect(certificatesFor({ certificates }, "constructor")).toEqual(["c"]);
    expect(certificatesFor({ certificates }, "north")).toEqual([]);
    expect(certificatesFor({ certificates: { east: [] } }, "constructor")).toEqual([]);
    expect(certificatesFor({ certificates: { west: Array(100).fill("a") } }, "west")).toHaveLength(16);
    expect([certificatesFor({}, "west"), certificatesFor({ certificates: [["a"]] }, "0")]).toEqual([[], []]);
  });

  test("has each request that can be read, the newest key first", () => {
    const certificateRequests = [{ key: 1, pem: "a" }, { key: 3, pem: tooLong }, null, { key: 0, pem: "b" }, "x"];
    expect(numberedRequests({ certificateRequests: [...certificateRequests, { key: 2, pem: "c" }] })).toEqual([
      { key: 2, pem: "c" },
      { key: 1, pem: "a" },
    ]);
    expect(numberedRequests({ certificateRequests: "x" })).toEqual([]);
    const many = Array.from({ length: 9 }, (_, i) => ({ key: i + 1, pem: "a" }));
    expect(numberedRequests({ certificateRequests: many }).map(({ key }) => key)).toEqual([9, 8, 7, 6]);
  });

  test("has each root that is one certificate, and nothing that stands around it", async () => {
    const [first, second] = [await makeRoot("first", { kind: "ec" }), await makeRoot("second", { kind: "ec" })];
    const [pem, other] = [first.certPem, second.certPem];
    const labelled = (label: string) => other.replaceAll(" CERTIFICATE", ` ${label}`);
    expect(pem).toMatch(/[^\n]\n$/);
    const around = [
      `${pem}${labelled("X509 CERTIFICATE")}`,
      `${pem}${labelled("X509 CRL")}`,
      `text\n${pem}text\n`,
      `${labelled("TRUSTED CERTIFICATE")}${pem}`,
      pem.replaceAll("\n", "\r\n"),
      pem.trim(),
      pem,
    ];
    for (const text of around)
      expect(numberedRoots({ roots: [{ number: 1, pem: text }] })).toEqual([{ number: 1, pem }]);
    const none = [pem + other, "", "x", labelled("X509 CERTIFICATE"), pem.replace(/.{64}\n/, ""), tooLong, 1];
    const roots = [...none.map((text) => ({ number: 1, pem: text })), { number: 2, pem: other, more: "x" }];
    expect(numberedRoots({ roots })).toEqual([{ number: 2, pem: other }]);
    expect(numberedRoots({ roots: Array(9).fill({ number: 1, pem }) })).toHaveLength(4);
  });
});
