import { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "./certificate.ts";

/** Why a proxy with a trust bundle does not accept a chain. */
export type PathProblem =
  /** Nothing in the bundle has the name and key of the CA above `top`, the last certificate that could be followed. */
  | { kind: "no-anchor"; top: CertificateFacts }
  /** The first certificate of the bundle with that name has another key. */
  | { kind: "other-key"; top: CertificateFacts; anchor: CertificateFacts }
  /** The bundle's certificate has expired, or is not valid yet; `successor` stands behind it, and is not used. */
  | { kind: "anchor-dates"; anchor: CertificateFacts; successor?: CertificateFacts }
  /** A CA in between has expired, or is not valid yet. */
  | { kind: "ca-dates"; ca: CertificateFacts }
  /** `name` is not permitted below `ca`. */
  | { kind: "constraint"; ca: CertificateFacts; name: string };

/** How a chain leads to a certificate of a bundle. */
export interface Path {
  /** The leaf and the CAs that the chain itself has. */
  certificates: CertificateFacts[];
  anchor: CertificateFacts;
}

/** Most certificates of a path. */
const maxLength = 10;

/**
 * Follows a chain to a bundle as Envoy does: each step looks in the bundle first and takes the first certificate with
 * the name and the key identifier of the issuer, so that of two with one name only the first counts. What is in the
 * bundle needs no issuer, and its constraints hold. Dates of the leaf are not looked at.
 * https://github.com/envoyproxy/envoy/blob/main/source/common/tls/cert_validator/default_validator.cc
 *
 * @param chain the leaf first, the rest in any order
 * @param now milliseconds since 1970
 */
export function pathTo(chain: readonly CertificateFacts[], bundle: readonly CertificateFacts[], now: number) {
  const certificates: CertificateFacts[] = [];
  let top = chain[0]!;
  for (;;) {
    certificates.push(top);
    const candidates = bundle.filter((c) => isNamedIssuer(top, c));
    if (candidates[0]) return checked({ certificates, anchor: candidates[0] }, candidates, now);
    const next = chain.find((c) => !certificates.includes(c) && isNamedIssuer(top, c) && isSignedBy(top, c));
    if (!next || certificates.length === maxLength) return { problem: { kind: "no-anchor", top } as PathProblem };
    top = next;
  }
}

function checked(path: Path, candidates: CertificateFacts[], now: number): { path: Path } | { problem: PathProblem } {
  const { certificates, anchor } = path;
  const top = certificates.at(-1)!;
  if (!isSignedBy(top, anchor)) return { problem: { kind: "other-key", top, anchor } };
  const ca = certificates.slice(1).find((c) => !isValidAt(c, now));
  if (ca) return { problem: { kind: "ca-dates", ca } };
  if (!isValidAt(anchor, now)) {
    const successor = candidates.find((c) => isValidAt(c, now) && isSignedBy(top, c));
    return { problem: { kind: "anchor-dates", anchor, ...(successor ? { successor } : {}) } };
  }
  const violation = violationOf([...certificates, anchor]);
  return violation ? { problem: { kind: "constraint", ...violation } } : { path };
}

/** Those of `roots` whose key has signed the end of a chain; more than one where they have a key in common. */
export function rootsAbove(chain: readonly CertificateFacts[], roots: readonly CertificateFacts[]): CertificateFacts[] {
  return roots.filter((root) => {
    const certificates: CertificateFacts[] = [];
    for (let top = chain[0]; top && certificates.length < maxLength;) {
      if (isNamedIssuer(top, root) && isSignedBy(top, root)) return true;
      const from: CertificateFacts = top;
      certificates.push(from);
      top = chain.find((c) => !certificates.includes(c) && isNamedIssuer(from, c) && isSignedBy(from, c));
    }
    return false;
  });
}

/** The certificate of a chain that has issued its first one; undefined where the chain does not have it. */
export function issuerIn(chain: readonly CertificateFacts[]): CertificateFacts | undefined {
  const [leaf, ...rest] = chain;
  return leaf && rest.find((c) => isNamedIssuer(leaf, c) && isSignedBy(leaf, c));
}

function isNamedIssuer(of: CertificateFacts, issuer: CertificateFacts): boolean {
  const [asked, given] = [of.authorityKeyId, issuer.subjectKeyId];
  return of.issuerDer === issuer.subjectDer && (!asked || !given || asked === given);
}

/** Verified signatures by both fingerprints: the proxies of a mesh have a few CAs in common. */
const signatures = new Map<string, boolean>();
const maxSignatures = 10_000;

function isSignedBy(certificate: CertificateFacts, issuer: CertificateFacts): boolean {
  const key = `${certificate.sha256} ${issuer.keySha256}`;
  const known = signatures.get(key);
  if (known !== undefined) return known;
  const signed = verifies(certificate, issuer);
  if (signatures.size >= maxSignatures) signatures.clear();
  signatures.set(key, signed);
  return signed;
}

function verifies(certificate: CertificateFacts, issuer: CertificateFacts): boolean {
  try {
    return new X509Certificate(certificate.pem).verify(new X509Certificate(issuer.pem).publicKey);
  } catch {
    // A kind of key that this machine does not know.
    return false;
  }
}

/** Whether a certificate is valid at a time. */
export function isValidAt({ notBefore, notAfter }: CertificateFacts, now: number): boolean {
  return notBefore.getTime() <= now && now <= notAfter.getTime();
}

/** The first name of a certificate of a path, leaf first, that a CA above it does not permit. */
function violationOf(path: CertificateFacts[]): { ca: CertificateFacts; name: string } | undefined {
  for (const [i, ca] of path.entries())
    for (const below of path.slice(0, i)) {
      const uri = ca.permittedUris.length > 0 ? below.uris.find((name) => !isPermitted(name, ca)) : undefined;
      const name = uri ?? (ca.excludesDns ? below.dnsNames[0] : undefined);
      if (name !== undefined) return { ca, name };
    }
  return undefined;
}

/** Whether the host of a URI is one that a constraint permits. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10 */
function isPermitted(uri: string, { permittedUris }: CertificateFacts): boolean {
  const host = /^[^:/?#]+:\/\/([^/?#:@]+)(?::\d*)?(?:[/?#]|$)/.exec(uri)?.[1]?.toLowerCase();
  return (
    host !== undefined &&
    permittedUris.some((permitted) => {
      const domain = permitted.toLowerCase();
      return domain.startsWith(".") ? host.endsWith(domain) : host === domain;
    })
  );
}
