import type { CertificateFacts } from "./certificate.ts";
import { acceptsRoot, issuedUnder, proxiesWhere } from "./trustCounts.ts";
import { isUnread, type TrustContract, type TrustContracts, type TrustEvidence } from "./trustEvidence.ts";

/** A root of a mesh, with the numbers of proxies that have it and whose leaf is issued under it. */
export interface RootRow {
  certificate: CertificateFacts;
  /** `unpublished`: proxies have it, and the contract does not. */
  use: TrustContract["roots"][number]["use"] | "unpublished";
  /** Whether istiod holds it; undefined: unknown. */
  istiod: boolean | undefined;
  proxies: number;
  leaves: number;
}

/** A certificate by which a mesh accepts a peer within constraints. */
export interface AnchorRow {
  certificate: CertificateFacts;
  /** The peer whose root has its key; undefined where no contract has it. */
  peer: string | undefined;
  proxies: number;
}

/** What the proxies of a mesh have, in numbers. */
export interface TrustTable {
  /** Proxies that run, those that answered, and the others with the reason. */
  proxies: number;
  read: number;
  unread: { pod: string; failure: string }[];
  roots: RootRow[];
  /** Leaves that are issued under none of the roots. */
  otherLeaves: number;
  anchors: AnchorRow[];
}

/** Counts what was read of a mesh. */
export function trustTable(contract: TrustContract, evidence: TrustEvidence, contracts: TrustContracts): TrustTable {
  const { istiodRoots, configured, proxies } = evidence;
  const all = proxiesWhere(evidence, () => true);
  const seen = distinct([...all.flatMap(({ bundle }) => bundle), ...(isUnread(configured) ? [] : configured)]);
  const published = contract.roots.map(({ use, certificate }) => ({ use, certificate }));
  const isPublished = (c: CertificateFacts) => published.some(({ certificate }) => certificate.sha256 === c.sha256);
  const others = seen
    .filter((c) => c.permittedUris.length === 0 && !isPublished(c))
    .map((certificate) => ({ use: "unpublished" as const, certificate }));
  const rows = distinctBy([...published, ...others]);
  const candidates = rows.map(({ certificate }) => certificate);
  const leaves = all.map(({ chain }) => issuedUnder(chain, candidates));
  const having = (c: CertificateFacts) =>
    all.filter(({ bundle }) => bundle.some(({ sha256 }) => sha256 === c.sha256)).length;
  return {
    proxies: proxies.length + evidence.proxiesLeftOut,
    read: all.length,
    unread: proxies.filter(isUnread).map(({ pod, failure }) => ({ pod, failure })),
    roots: rows.map(({ certificate, use }) => ({
      certificate,
      use,
      istiod: isUnread(istiodRoots) ? undefined : istiodRoots.some(({ sha256 }) => sha256 === certificate.sha256),
      proxies: having(certificate),
      leaves: leaves.filter((roots) => roots.includes(certificate.sha256)).length,
    })),
    otherLeaves: leaves.filter((roots) => roots.length === 0).length,
    anchors: seen
      .filter((c) => c.permittedUris.length > 0)
      .map((certificate) => ({ certificate, peer: peerOf(certificate, contracts), proxies: having(certificate) })),
  };
}

function peerOf(anchor: CertificateFacts, contracts: TrustContracts): string | undefined {
  return [...contracts.values()].find(({ roots }) => roots.some((r) => acceptsRoot([anchor], r.certificate)))?.mesh;
}

function distinct(certificates: CertificateFacts[]): CertificateFacts[] {
  return [...new Map(certificates.map((c) => [c.sha256, c])).values()];
}

/** A bundle lists a root twice while it forces the renewal of leaves. */
function distinctBy<T extends { certificate: CertificateFacts }>(rows: T[]): T[] {
  return [...new Map(rows.map((row) => [row.certificate.sha256, row])).values()];
}
