import { createHash } from "node:crypto";
import { rootFingerprints } from "../../federation/trust/caMaterial.ts";

/** A block of PEM: as it is, indented as in YAML, or with its line ends escaped, as in JSON and in JSON in JSON. */
const block = /-----BEGIN ([A-Z0-9 ]{1,40})-----((?:[A-Za-z0-9+/=\s]|\\+[nr])*)-----END \1-----(?:\\+[nr])*/g;

/**
 * A text in which each block of PEM is its kind and its SHA-256: `[certificate, SHA-256 9d1c...]`. Nobody can compare
 * base64 by eye, and a certificate is as long as all other changes together.
 */
export function withoutPem(text: string): string {
  return text.replace(block, (_, kind: string, body: string) => {
    const base64 = body.replace(/\\+[nr]|\s/g, "");
    const lines = base64.match(/.{1,64}/g) ?? [];
    const pem = ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----"].join("\n");
    // Bytes after a certificate's end are no part of its fingerprint.
    const [fingerprint] = kind === "CERTIFICATE" ? rootFingerprints(pem) : [];
    const bytes = createHash("sha256").update(Buffer.from(base64, "base64")).digest("hex");
    if (kind === "CERTIFICATE" && fingerprint === undefined)
      return `[not a certificate, SHA-256 of its bytes ${bytes}]`;
    return `[${kind.toLowerCase()}, SHA-256 ${fingerprint ?? bytes}]`;
  });
}
