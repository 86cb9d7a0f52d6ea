import type { CertificateFacts } from "./certificate.ts";
import { rootsAbove } from "./chainPath.ts";
import { isUnread, type ProxyReading, type ProxyTrust, type TrustEvidence } from "./trustEvidence.ts";

/** A proxy that was read. */
export type ReadProxy = Extract<ProxyReading, ProxyTrust>;

/** The proxies that were read, of which something holds. */
export function proxiesWhere({ proxies }: TrustEvidence, holds: (proxy: ReadProxy) => boolean): ReadProxy[] {
  return proxies.filter((p): p is ReadProxy => !isUnread(p) && holds(p));
}

/** Whether a bundle has a root or, of another mesh, an anchor over its key. */
export function acceptsRoot(bundle: readonly CertificateFacts[], root: CertificateFacts): boolean {
  return bundle.some(
    (c) => c.sha256 === root.sha256 || (c.keySha256 === root.keySha256 && c.subjectDer === root.subjectDer),
  );
}

/** SHA-256 of the roots among `candidates` that a chain leads to. */
export function issuedUnder(chain: readonly CertificateFacts[], candidates: readonly CertificateFacts[]): string[] {
  return [...new Set(rootsAbove(chain, candidates).map(({ sha256 }) => sha256))];
}

/** Most pods that are named in a sentence. */
const maxNamed = 5;

/** Pods by name; of many, some and the number of the others. */
export function podList(pods: readonly { pod: string }[]): string {
  const named = pods.slice(0, maxNamed).map(({ pod }) => pod);
  const rest = pods.length - named.length;
  return named.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
