import { X509Certificate } from "node:crypto";
import { trustChanges } from "../../../review/trust/trustChanges.ts";
import type { FederationContract } from "../../../federation/contract/contract.ts";
import { makeRoot, makeSubCa } from "../../support/pki.ts";
import { roots } from "../support/roots.ts";
import { contract, east, file } from "./contractFile.ts";

const [first, second] = roots;
const title = `contract of mesh north in ${file}:`;
const root = (text: string, name: string) =>
  `SHA-256 ${text}, CA for every trust domain, until 2126-11-03, subject "O=mesh-federation, CN=Root CA ${name}"`;

/** North with one root, changed. */
function north(change: (given: FederationContract) => void = () => undefined): FederationContract {
  return contract((given) => ((given.mesh.roots = [first]), change(given)));
}

async function lines(before: Parameters<typeof east>, after: Parameters<typeof east>): Promise<string[]> {
  return (await trustChanges(east(...before), east(...after))).map(({ sign, text }) => `${sign} ${text}`);
}

describe("the trust in a new contract file", () => {
  test("is compared with nothing", async () => {
    const given = north((c) => {
      c.mesh.trusts = { east: [second.sha256], south: [] };
      c.quarantine = [{ mesh: "south", trustDomains: [] }];
    });
    expect(await lines([undefined], [given])).toEqual([
      `+ ${title} trust domain cluster.local; accepts callers of trust domains none; signs with unknown; ` +
        `trusts east by ${second.sha256}; trusts south by no root; has south in quarantine`,
      `+ ${title} publishes active root ${root(first.sha256, "ab")}; pinned by no mesh here`,
    ]);
  });

  test("is told beside the pin of its root", async () => {
    const [pin, ...more] = await lines([undefined], [north(), [], [first.sha256, second.sha256]]);
    expect(pin).toBe(
      `+ mesh east: pinned roots of peer north, by SHA-256: + ${first.sha256} (north publishes it as active), ` +
        `+ ${second.sha256} (not published); compare it with the owner of north by another way than this change`,
    );
    expect(more.at(-1)).toBe(`+ ${title} publishes active root ${root(first.sha256, "ab")}; pinned by east`);
  });
});

describe("a changed contract file", () => {
  test.each<[string, (given: FederationContract) => void, string[]]>([
    [
      "with another root",
      (c) => (c.mesh.roots = [second]),
      [
        `+ ${title} publishes active root ${root(second.sha256, "cd")}; pinned by no mesh here`,
        `- ${title} no longer publishes active root ${root(first.sha256, "ab")}; pinned by east`,
      ],
    ],
    [
      "with a next root",
      (c) => c.mesh.roots.push({ ...second, use: "next" }),
      [`+ ${title} publishes next root ${root(second.sha256, "cd")}; pinned by no mesh here`],
    ],
    [
      "with another use of a root",
      (c) => (c.mesh.roots = [{ ...first, use: "retiring" }]),
      [`~ ${title} root SHA-256 ${first.sha256}: use active -> retiring; pinned by east`],
    ],
    [
      "with another trust domain",
      (c) => (c.mesh.trustDomain = "evil.example"),
      [`~ ${title} trust domain cluster.local -> evil.example`],
    ],
    [
      "with other accepted trust domains",
      (c) => (c.mesh.acceptedTrustDomains = ["a.example"]),
      [`~ ${title} accepts callers of trust domains + a.example`],
    ],
    [
      "with other roots by which it trusts a mesh",
      (c) => (c.mesh.trusts = { east: [second.sha256] }),
      [`~ ${title} trusts east by roots + ${second.sha256}`],
    ],
    ["with something that is nobody's trust", (c) => (c.mesh.network = "other"), []],
  ])("%s says so", async (_, change, says) => {
    expect(await lines([north(), [], [first.sha256]], [north(change), [], [first.sha256]])).toEqual(says);
  });

  test("with another CA shows what each may issue", async () => {
    const above = await makeRoot("above", { kind: "ec" });
    const ca = async (name: string, permittedUris?: string[]) => {
      const { certPem } = await makeSubCa({ ca: above, name, permittedUris, notAfter: new Date("2030-01-01") });
      const sha256 = new X509Certificate(certPem).fingerprint256.replaceAll(":", "").toLowerCase();
      return { pem: certPem, sha256 };
    };
    const hosts = ["north.example", 'x", until 2099-01-01', "c", "d", "e", "f", "g"];
    const [bound, odd] = [await ca("bound", ["north.example"]), await ca("odd", hosts)];
    const signing = ({ pem }: { pem: string }) => north((c) => (c.mesh.ca = { pem }));
    expect(await lines([signing(bound)], [signing(odd)])).toEqual([
      `~ ${title} signs with SHA-256 ${bound.sha256}, CA for north.example only, until 2030-01-01, ` +
        `subject "CN=bound" -> SHA-256 ${odd.sha256}, CA for north.example, "x\\", until 2099-01-01", c, d, e, ` +
        '2 more only, until 2030-01-01, subject "CN=odd"',
    ]);
  });
});
