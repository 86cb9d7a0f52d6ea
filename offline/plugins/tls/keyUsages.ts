import type { InputRule } from "./kind.ts";

/** Bits of the key usage extension. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.3 */
const usages: Record<string, number> = {
  digital_signature: 1 << 0,
  content_commitment: 1 << 1,
  key_encipherment: 1 << 2,
  data_encipherment: 1 << 3,
  key_agreement: 1 << 4,
  cert_signing: 1 << 5,
  crl_signing: 1 << 6,
  encipher_only: 1 << 7,
  decipher_only: 1 << 8,
};

/** Object identifiers of extended usages. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12 */
const extended: Record<string, string> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
};

const all = [...Object.keys(usages), ...Object.keys(extended)].sort();

/** The input `allowedUses`. */
export const allowedUsesInput: InputRule = {
  type: "strings",
  required: true,
  wrong: (given: string[]) => {
    const unknown = given.find((use) => !all.includes(use));
    return unknown === undefined ? undefined : `allowedUses has "${unknown}"; it can have ${all.join(", ")}`;
  },
};

/** Splits allowed uses into key usage bits and identifiers of extended usages, in the order given. */
export function splitUses(allowedUses: string[]): { bits: number; extended: string[] } {
  return {
    bits: allowedUses.reduce((bits, use) => bits | (usages[use] ?? 0), 0),
    extended: [...new Set(allowedUses.flatMap((use) => extended[use] ?? []))],
  };
}
