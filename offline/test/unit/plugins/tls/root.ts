import { made, types } from "./support.ts";

export const subject = { commonName: "Root CA", organization: "mesh" };
export const uses = ["cert_signing", "crl_signing"];

/** A root CA with the inputs of `components/meshTrust.ts`. */
export async function rootOf(key: Record<string, any>, more: Record<string, any> = {}): Promise<Record<string, any>> {
  return made(types.root, {
    privateKeyPem: key["privateKeyPem"],
    subject,
    validityPeriodHours: 87600,
    isCaCertificate: true,
    setSubjectKeyId: true,
    allowedUses: uses,
    ...more,
  });
}
