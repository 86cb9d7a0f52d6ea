import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { X509Certificate } from "node:crypto";
import { stringify } from "yaml";
import { releaseSources } from "../../../federation/config/versions.ts";
import { requestIn } from "../../../federation/trust/certificate.ts";
import type { PlannedRevision } from "../../../review/changes/changes.ts";
import { certificateFileFindings } from "../../../review/revision/certificateFiles.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import { readRevision } from "../../../review/revision/revision.ts";
import { trustChanges } from "../../../review/trust/trustChanges.ts";
import { makeRequest, makeRoot, makeSubCa } from "../../support/pki.ts";
import { mesh } from "./federation.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-federation-trust-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const notAfter = new Date("2036-11-01T00:00:00Z");
const sha256 = (pem: string): string => new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();

/** Two CAs for east, their root, and requests of two keys. */
async function pki() {
  const root = await makeRoot("root", { kind: "ec", notAfter });
  const ca = (name: string, permittedUris?: string[]) => makeSubCa({ ca: root, name, permittedUris, notAfter });
  const [bound, free] = [await ca("bound", ["east.example"]), await ca("free")];
  const requests = [await makeRequest("one", { kind: "ec" }), await makeRequest("two", { kind: "ec" })];
  return { root: root.certPem, bound: bound.certPem, free: free.certPem, requests: requests.map((r) => r.requestPem) };
}

/** East, whose CA is signed elsewhere, and a trust stack that signs a request in a file; with these files. */
function revision(files: Record<string, string>, certificateFile = "pki/east.pem"): PlannedRevision {
  rmSync(folder, { recursive: true, force: true });
  const istio = { provider: "managed", version: "1.31.0" };
  const stacks = {
    east: mesh("east", { istio, ca: { provider: "signed", certificateFile } }),
    trust: { role: "trust", meshes: { north: { trustDomain: "north.example", requestFile: "pki/north.csr" } } },
  };
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const [stack, keys] of Object.entries(stacks))
    write(
      `stacks/Pulumi.${stack}.yaml`,
      stringify({ config: Object.fromEntries(Object.entries(keys).map(([k, v]) => [`mesh-federation:${k}`, v])) }),
    );
  for (const [file, text] of Object.entries(files)) write(file, text);
  const read = readRevision(folder);
  return { revision: read, federation: planRevision(read, new Map(), releaseSources) };
}

async function lines(before: PlannedRevision, after: PlannedRevision): Promise<string[]> {
  return (await trustChanges(before, after)).map(({ sign, text }) => `${sign} ${text}`);
}

describe("a file of certificates", () => {
  test("that appears shows each certificate, what it may issue, and its end", async () => {
    const { bound, root } = await pki();
    expect(await lines(revision({}), revision({ "pki/east.pem": bound + root }))).toEqual([
      "~ stack east: ca.certificateFile pki/east.pem: " +
        `+ SHA-256 ${sha256(bound)}, CA for east.example only, until 2036-11-01, subject "CN=bound", ` +
        `+ SHA-256 ${sha256(root)}, CA for every trust domain, until 2036-11-01, subject "CN=root"`,
    ]);
  });

  test("that changes shows the certificates before and after", async () => {
    const { bound, free, root } = await pki();
    const [before, after] = [revision({ "pki/east.pem": bound + root }), revision({ "pki/east.pem": free + root })];
    expect(await lines(before, after)).toEqual([
      "~ stack east: ca.certificateFile pki/east.pem: " +
        `+ SHA-256 ${sha256(free)}, CA for every trust domain, until 2036-11-01, subject "CN=free", ` +
        `- SHA-256 ${sha256(bound)}, CA for east.example only, until 2036-11-01, subject "CN=bound"`,
    ]);
  });

  test("of another path is compared with the one before", async () => {
    const { bound } = await pki();
    const [before, after] = [revision({ "pki/east.pem": bound }), revision({ "new.pem": bound }, "new.pem")];
    expect(await lines(before, after)).toEqual([
      "~ mesh east: CA signed elsewhere, key 1, certificate in pki/east.pem -> signed elsewhere, key 1, " +
        "certificate in new.pem",
    ]);
  });

  test.each<[string, (pem: { bound: string; root: string }) => string, string]>([
    ["in another order", ({ bound, root }) => root + bound, "certificates in another order"],
    ["written differently", ({ bound, root }) => `# for east\n${bound}${root}`, "written differently"],
    ["that is none", () => "no certificate", "it has no certificate that can be read"],
    ["that is malformed", ({ bound }) => bound.replace("MII", "MIJ"), "it has no certificate that can be read"],
  ])("%s says so", async (_, change, says) => {
    const { bound, root } = await pki();
    const [before, after] = [
      revision({ "pki/east.pem": bound + root }),
      revision({ "pki/east.pem": change({ bound, root }) }),
    ];
    expect(await lines(before, after)).toEqual([`~ stack east: ca.certificateFile pki/east.pem: ${says}`]);
  });

  test("of a subject that looks like more of the line is quoted", async () => {
    const hostile = 'x", CA for a.example only, until 2099-01-01';
    const { certPem } = await makeRoot("hostile", { kind: "ec", notAfter, subject: `CN=${JSON.stringify(hostile)}` });
    const [line] = await lines(revision({}), revision({ "pki/east.pem": certPem }));
    expect(line).toMatch(/CA for every trust domain, until 2036-11-01, subject "CN=x\\+", CA for a/);
  });
});

describe("a certificate request", () => {
  test("of another key shows both keys, to be compared with the mesh's owner", async () => {
    const { requests } = await pki();
    const keys = await Promise.all(requests.map(async (pem) => (await requestIn(pem)).keySha256));
    const subject = (name: string) => `subject "L=${name}, O=mesh-federation, CN=Intermediate CA"`;
    const [before, after] = requests.map((pem) => revision({ "pki/north.csr": pem }));
    expect(await lines(before!, after!)).toEqual([
      "~ stack trust: meshes.north.requestFile pki/north.csr: " +
        `+ key with SHA-256 ${keys[1]}, ${subject("two")}, - key with SHA-256 ${keys[0]}, ${subject("one")}; ` +
        "compare it with the owner of north by another way than this change",
    ]);
  });
});

describe("a file that a review does not read", () => {
  test.each<[string, string, string]>([
    ["outside of the repository", "../east.pem", "review-certificate-file-outside"],
    ["by an absolute path", "/etc/passwd", "review-certificate-file-outside"],
    ["through a symbolic link", "link.pem", "review-certificate-file-outside"],
    ["that is a folder", "stacks", "review-certificate-file-unreadable"],
    ["that is too large", "large.pem", "review-certificate-file-unreadable"],
  ])("%s is a failed check", (_, file, code) => {
    revision({ "large.pem": "x".repeat(600_000) }, file);
    symlinkSync("/etc/passwd", join(folder, "link.pem"));
    expect(certificateFileFindings(readRevision(folder))).toMatchObject([{ stack: file, code }]);
  });
});
