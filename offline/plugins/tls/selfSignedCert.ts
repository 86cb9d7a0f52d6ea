import { altNameInputs, altNames } from "./altNames.ts";
import { certificateOutputs, contentInputs, issueCertificate, validityInputs } from "./certificate.ts";
import { checkKeyChoice } from "./check.ts";
import { keyIdentifier, publicKeyDer, readPrivateKey } from "./keyMaterial.ts";
import { allowedUsesInput } from "./keyUsages.ts";
import type { ResourceKind } from "./kind.ts";
import { signerFor, x509Library } from "./signing.ts";
import { distinguishedName } from "./subject.ts";

/** `tls.SelfSignedCert`: a certificate signed by its own key, such as a root CA. */
export const selfSignedCert: ResourceKind = {
  token: "tls:index/selfSignedCert:SelfSignedCert",
  inputs: {
    allowedUses: allowedUsesInput,
    ...validityInputs,
    ...altNameInputs,
    setAuthorityKeyId: { type: "boolean", default: false },
    subject: { type: "subject" },
    privateKeyPem: { type: "string", secret: true },
    privateKeyPemWo: { type: "string", secret: true, writeOnly: true },
    privateKeyPemWoVersion: { type: "integer" },
  },
  outputs: { ...certificateOutputs, keyAlgorithm: {} },
  renews: true,
  check: checkKeyChoice("privateKeyPem"),
  make: async (inputs) => {
    const { key, algorithm } = readPrivateKey(inputs["privateKeyPem"] ?? inputs["privateKeyPemWo"], "privateKeyPem");
    const x509 = await x509Library();
    const publicKey = publicKeyDer(key);
    const name = distinguishedName(inputs["subject"]);
    const names = altNames(inputs);
    if (inputs["setAuthorityKeyId"] && !inputs["setSubjectKeyId"] && !inputs["isCaCertificate"])
      throw new Error(
        "setAuthorityKeyId refers to the subject key identifier, which this certificate " +
          "has not: set setSubjectKeyId too",
      );
    const made = await issueCertificate(
      {
        subject: name,
        issuer: name,
        publicKey,
        // Without a subject these names are all there is to tell whom the certificate is for, so they become critical.
        altNames: names.length > 0 ? new x509.SubjectAlternativeNameExtension(names, name.length === 0) : undefined,
        authorityKeyId: inputs["setAuthorityKeyId"] ? keyIdentifier(publicKey) : undefined,
        ...contentInputs(inputs),
      },
      await signerFor(key, algorithm),
    );
    return { id: made.id, outputs: { ...made.outputs, keyAlgorithm: algorithm } };
  },
};
