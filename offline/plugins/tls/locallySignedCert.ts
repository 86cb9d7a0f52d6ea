import { X509Certificate } from "node:crypto";
import type { Pkcs10CertificateRequest } from "@peculiar/x509";
import { certificateOutputs, contentInputs, issueCertificate, validityInputs } from "./certificate.ts";
import { checkKeyChoice } from "./check.ts";
import { readPrivateKey } from "./keyMaterial.ts";
import { allowedUsesInput } from "./keyUsages.ts";
import type { ResourceKind } from "./kind.ts";
import { derOf } from "./pem.ts";
import { bytes, signerFor, x509Library } from "./signing.ts";

/** `tls.LocallySignedCert`: a certificate for a request, signed by a CA whose key is at hand. */
export const locallySignedCert: ResourceKind = {
  token: "tls:index/locallySignedCert:LocallySignedCert",
  inputs: {
    allowedUses: allowedUsesInput,
    caCertPem: { type: "string", required: true },
    certRequestPem: { type: "string", required: true },
    ...validityInputs,
    caPrivateKeyPem: { type: "string", secret: true },
    caPrivateKeyPemWo: { type: "string", secret: true, writeOnly: true },
    caPrivateKeyPemWoVersion: { type: "integer" },
  },
  outputs: { ...certificateOutputs, caKeyAlgorithm: {} },
  renews: true,
  check: checkKeyChoice("caPrivateKeyPem"),
  make: async (inputs, warn) => {
    const { key, algorithm } = readPrivateKey(
      inputs["caPrivateKeyPem"] ?? inputs["caPrivateKeyPemWo"],
      "caPrivateKeyPem",
    );
    const x509 = await x509Library();
    const authorityDer = derOf(inputs["caCertPem"], "CERTIFICATE", "caCertPem");
    const authority = parse("caCertPem", "certificate", () => new x509.X509Certificate(bytes(authorityDer)));
    const native = parse("caCertPem", "certificate", () => new X509Certificate(authorityDer));
    if (!native.checkPrivateKey(key))
      throw new Error("caPrivateKeyPem is not the key of caCertPem: give the key that belongs to the CA's certificate");
    if (!native.ca) warn("caCertPem is not the certificate of a CA (basic constraints): what it signs will be refused");
    const requestDer = derOf(inputs["certRequestPem"], "CERTIFICATE REQUEST", "certRequestPem");
    const request = parse(
      "certRequestPem",
      "certificate request",
      () => new x509.Pkcs10CertificateRequest(bytes(requestDer)),
    );
    const names = requestedNames(x509, request);
    const identifier = authority.getExtension(x509.SubjectKeyIdentifierExtension);
    const made = await issueCertificate(
      {
        subject: request.subjectName.toJSON().length > 0 ? request.subjectName : [],
        issuer: authority.subjectName,
        publicKey: Buffer.from(request.publicKey.rawData),
        altNames: names && new x509.SubjectAlternativeNameExtension(names, request.subjectName.toJSON().length === 0),
        authorityKeyId: identifier ? Buffer.from(identifier.keyId, "hex") : undefined,
        ...contentInputs(inputs),
      },
      await signerFor(key, algorithm),
    );
    return { id: made.id, outputs: { ...made.outputs, caKeyAlgorithm: algorithm } };
  },
};

/** Names that the request asks for and that this plugin can issue: DNS names, addresses, URIs. */
function requestedNames(x509: Awaited<ReturnType<typeof x509Library>>, request: Pkcs10CertificateRequest) {
  const asked = request.extensions.find((e) => e instanceof x509.SubjectAlternativeNameExtension);
  const names = asked?.names.items.filter(({ type }) => type === "dns" || type === "ip" || type === "url") ?? [];
  return names.length > 0 ? names.map(({ type, value }) => ({ type, value })) : undefined;
}

function parse<T>(input: string, what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new Error(`${input} is not a ${what}: its PEM block cannot be read`);
  }
}
