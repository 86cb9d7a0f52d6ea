import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Project } from "../../../../test/engine/support/project.ts";

let project: Project;
beforeAll(() => void (project = new Project()));
afterAll(() => project.close());

const program = (organization: string, early = 0) => `
const key = (name, args) => new tls.PrivateKey(name, args);
const rootKey = key("root", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const meshKey = key("mesh", { algorithm: "RSA", rsaBits: 2048 });
const leafKey = key("leaf", { algorithm: "ED25519" });
const ca = new tls.SelfSignedCert("root", { privateKeyPem: rootKey.privateKeyPem, isCaCertificate: true,
  setSubjectKeyId: true, subject: { commonName: "Root CA", organization: "${organization}" },
  validityPeriodHours: 87600, allowedUses: ["cert_signing", "crl_signing"] });
const request = new tls.CertRequest("mesh", { privateKeyPem: meshKey.privateKeyPem,
  subject: { commonName: "Intermediate CA" }, dnsNames: ["istiod.istio-system.svc"] });
const mesh = new tls.LocallySignedCert("mesh", { certRequestPem: request.certRequestPem,
  caPrivateKeyPem: rootKey.privateKeyPem, caCertPem: ca.certPem, isCaCertificate: true, maxPathLength: 0,
  setSubjectKeyId: true, validityPeriodHours: 17520, allowedUses: ["cert_signing", "crl_signing",
    "digital_signature", "key_encipherment"] });
const leafRequest = new tls.CertRequest("leaf", { privateKeyPem: leafKey.privateKeyPem,
  uris: ["spiffe://cluster.local/ns/a/sa/b"], ipAddresses: ["10.0.0.1"] });
const leaf = new tls.LocallySignedCert("leaf", { certRequestPem: leafRequest.certRequestPem,
  caPrivateKeyPem: meshKey.privateKeyPem, caCertPem: mesh.certPem,
  validityPeriodHours: 24, earlyRenewalHours: ${early}, allowedUses: ["server_auth", "client_auth"] });
export const pems = { root: ca.certPem, mesh: mesh.certPem, leaf: leaf.certPem };
export const renew = leaf.readyForRenewal;
export const read = pulumi.unsecret(tls.getPublicKeyOutput({ privateKeyPem: leafKey.privateKeyPem }).algorithm);`;

test("a chain of certificates from a root to a leaf: made, verified, unchanged, made anew, renewed", async () => {
  const created = await project.up(program("one"));
  expect(created.steps).toHaveLength(8);
  expect(project.stateText()).not.toContain("PRIVATE KEY");
  const certificates = project.state();
  const { outputs } = certificates["conformance-s"]!;
  for (const [name, pem] of Object.entries(outputs.pems as Record<string, string>))
    writeFileSync(join(project.folder, `${name}.pem`), pem);
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: project.folder, encoding: "utf8", stdio: "pipe" });
  expect(openssl("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "mesh.pem", "leaf.pem")).toContain(
    "leaf.pem: OK",
  );
  expect(() => openssl("verify", "-CAfile", "mesh.pem", "leaf.pem")).toThrow();
  const text = openssl("x509", "-in", "leaf.pem", "-noout", "-text");
  expect(text).toContain("URI:spiffe://cluster.local/ns/a/sa/b");
  expect(text).toContain("IP Address:10.0.0.1");
  expect(outputs.read).toBe("ED25519");

  expect((await project.refresh()).steps).toEqual([]);
  expect((await project.preview()).steps).toEqual([]);

  // Another subject makes the root anew, and with it what it signed; keys and requests stay.
  const anew = await project.up(program("two"));
  expect(anew.diffs["root"]).toContain("subject.organization: update-replace");
  expect([...new Set(anew.steps.map((step) => step.split(":")[0]))].sort()).toEqual(["leaf", "mesh", "root"]);
  expect((await project.preview()).steps).toEqual([]);

  // Early renewal that is due from the start: noted in place, then made anew.
  const early = await project.up(program("two", 25));
  expect(early.diffs["leaf"]).toEqual(expect.arrayContaining([expect.stringMatching(/^earlyRenewalHours: update/)]));
  await project.refresh();
  const due = await project.preview();
  expect(due.steps).toContain("leaf: replace");
}, 240_000);
