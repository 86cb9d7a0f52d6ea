import { altNameInputs, altNames } from "./altNames.ts";
import { checkKeyChoice } from "./check.ts";
import { idOf, publicKeyDer, readPrivateKey } from "./keyMaterial.ts";
import type { ResourceKind } from "./kind.ts";
import { pemOf } from "./pem.ts";
import { bytes, signerFor, x509Library } from "./signing.ts";
import { distinguishedName } from "./subject.ts";

/** `tls.CertRequest`: a certificate signing request. https://www.rfc-editor.org/rfc/rfc2986 */
export const certRequest: ResourceKind = {
  token: "tls:index/certRequest:CertRequest",
  inputs: {
    ...altNameInputs,
    subject: { type: "subject" },
    privateKeyPem: { type: "string", secret: true },
    privateKeyPemWo: { type: "string", secret: true, writeOnly: true },
    privateKeyPemWoVersion: { type: "integer" },
  },
  outputs: { certRequestPem: {}, keyAlgorithm: {} },
  check: checkKeyChoice("privateKeyPem"),
  make: async (inputs) => {
    const { key, algorithm } = readPrivateKey(inputs["privateKeyPem"] ?? inputs["privateKeyPemWo"], "privateKeyPem");
    const x509 = await x509Library();
    const { signingKey, signingAlgorithm, crypto } = await signerFor(key, algorithm);
    // The library asks its crypto for the public key of a pair.
    Object.assign(crypto.subtle, { exportKey: async () => bytes(publicKeyDer(key)) });
    const names = altNames(inputs);
    const request = await x509.Pkcs10CertificateRequestGenerator.create(
      {
        name: new x509.Name(distinguishedName(inputs["subject"])),
        keys: { privateKey: signingKey, publicKey: signingKey },
        signingAlgorithm: signingAlgorithm as EcdsaParams,
        extensions: names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [],
      },
      crypto,
    );
    const der = Buffer.from(request.rawData);
    return { id: idOf(der), outputs: { certRequestPem: pemOf("CERTIFICATE REQUEST", der), keyAlgorithm: algorithm } };
  },
};
