import { rfc1123Subdomain } from "../objects/names.ts";
import type { Finding } from "../errors/userError.ts";

/**
 * Whether a name constraint can hold a trust domain in every verifier. Go takes no trailing dot and no IP address,
 * BoringSSL no underscore and no last label of digits, and upper case is compared by one of them only.
 */
export function isBindable(domain: string): boolean {
  return rfc1123Subdomain.test(domain) && !/(^|\.)\d+$/.test(domain);
}

/** Why a CA cannot be bound to a trust domain; empty when it can. */
export function trustDomainFindings(domain: string, subject = "trust domain"): Finding[] {
  if (isBindable(domain)) return [];
  return [
    {
      code: "trust-domain-not-bindable",
      subject,
      problem:
        `"${domain.slice(0, 200)}" cannot be in a name constraint: it must be lower-case letters, digits, '-' and ` +
        "'.', must not end in a dot or a label of digits, and must not be an IP address",
      remedy: "Give the mesh another trust domain",
    },
  ];
}

/** Whether one of two trust domains is the other or a subdomain of it: Go takes a constraint to hold for subdomains. */
export function nestedTrustDomains(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}
