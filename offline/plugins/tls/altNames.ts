import { isIP } from "node:net";
import type { InputRule } from "./kind.ts";

/** Inputs that name whom a certificate is for, besides its subject. */
export const altNameInputs: Record<"dnsNames" | "ipAddresses" | "uris", InputRule> = {
  dnsNames: {
    type: "strings",
    wrong: (names: string[]) =>
      firstWrong(
        names,
        isAscii,
        (name) =>
          `dnsNames has "${name}"; a DNS name is made of ASCII characters: write ` +
          "international names in their xn-- form",
      ),
  },
  ipAddresses: {
    type: "strings",
    wrong: (addresses: string[]) =>
      firstWrong(
        addresses,
        (address) => isIP(address) > 0,
        (address) => `ipAddresses has "${address}"; it must be an IPv4 or IPv6 address, such as 10.0.0.1 or fd00::1`,
      ),
  },
  uris: {
    type: "strings",
    wrong: (uris: string[]) =>
      firstWrong(
        uris,
        (uri) => uri !== "" && isAscii(uri),
        (uri) => `uris has "${uri}"; it must be a URI in ASCII characters, such as spiffe://cluster.local/ns/a/sa/b`,
      ),
  },
};

/** Alternative names in the order of the official plugin: DNS names, addresses, URIs. */
export function altNames(inputs: {
  dnsNames?: string[];
  ipAddresses?: string[];
  uris?: string[];
}): { type: "dns" | "ip" | "url"; value: string }[] {
  return [
    ...(inputs.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(inputs.ipAddresses ?? []).map((value) => ({ type: "ip" as const, value })),
    ...(inputs.uris ?? []).map((value) => ({ type: "url" as const, value })),
  ];
}

function firstWrong(
  values: string[],
  right: (value: string) => boolean,
  say: (value: string) => string,
): string | undefined {
  const wrong = values.find((value) => !right(value));
  return wrong === undefined ? undefined : say(wrong);
}

function isAscii(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}
