import type { ErrorCode } from "../errors/catalogue/index.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { nestedTrustDomains, trustDomainFindings } from "./boundDomains.ts";
import { certificatesIn, certificatesOrNone, type CertificateFacts } from "./certificate.ts";
import { isIssuedBy } from "./chain.ts";
import { areIndistinct, haveSameName, nameOf, onlyCertificate, short } from "./distinctRoots.ts";
import { unreadableParts } from "./universalRoot.ts";

const hour = 3_600_000;

/** A root as a contract publishes it. */
export interface PublishedRoot {
  sha256: string;
  pem: string;
  use: "active" | "next" | "retiring";
}

/** The roots of a peer, of which a mesh makes trust anchors. */
export interface PeerRoots {
  /** The peer. */
  mesh: string;
  roots: readonly PublishedRoot[];
  trustDomain: string;
  /** The CA that signs its workloads' certificates, PEM; undefined where it is not known. */
  intermediatePem?: string;
  /** The mesh that makes the anchors. */
  own: {
    trustDomain: string;
    /** Its own roots. */
    roots: readonly Pick<PublishedRoot, "pem">[];
    /** Anchors of other peers, or the roots below them. Those of the same peer do not count. */
    anchors: readonly { mesh: string; pem: string }[];
    /** CAs that sign workloads' certificates: the mesh's own, and other peers'. PEM. */
    cas?: readonly { mesh: string; pem: string }[];
    /** What the user has in `meshConfig.caCertificates`, PEM; a text that cannot be read is trusted by nobody. */
    entries?: readonly string[];
  };
  /** How long before its end a certificate is replaced. */
  earlyRenewalHours: number;
  now: Date;
}

/** A root of the peer with its certificate. */
interface ReadRoot extends PublishedRoot {
  facts: CertificateFacts;
}

/** A certificate of the mesh's bundle besides the peer's. */
interface Neighbour {
  /** What it is, for people. */
  role: string;
  code: ErrorCode;
  facts: CertificateFacts;
  /** Whether what it has signed names it without a key identifier, so that an equal name is enough. */
  isFoundByName?: boolean;
  /** Default: another root of the peer. */
  remedy?: string;
}

type Add = (code: ErrorCode, problem: string, remedy?: string) => void;

/**
 * Why a mesh cannot bind a peer to its trust domain by anchors over its roots; empty when it can. The peer is a
 * stranger: its roots must not act for another peer's or the mesh's own, nor take their place in a verifier.
 */
export async function peerRootFindings(args: PeerRoots): Promise<readonly Finding[]> {
  const { mesh, own } = args;
  const findings = new Findings();
  const subject = `roots of mesh "${mesh}"`;
  const add: Add = (code, problem, remedy = `Ask the owner of mesh "${mesh}" for another root`) =>
    findings.add(code, { subject, problem, remedy });
  findings.addAll(trustDomainFindings(args.trustDomain, `trust domain of mesh "${mesh}"`));
  if (nestedTrustDomains(args.trustDomain, own.trustDomain))
    add(
      "trust-domain-nested",
      `its trust domain ${args.trustDomain} is the mesh's own (${own.trustDomain}), or one is within the other`,
      "Give one of the meshes another trust domain; a root cannot be bound to a part of one",
    );
  const roots: ReadRoot[] = [];
  for (const root of args.roots) {
    const facts = await onlyCertificate(root.pem);
    if (facts?.sha256 === root.sha256) roots.push({ ...root, facts });
    else add("peer-root-malformed", `${short(root.sha256)} is not the fingerprint of one certificate in PEM`);
  }
  for (const root of roots) {
    rootFindings(root, roots, args, add);
    for (const problem of await unreadableParts(root.facts, args.now))
      add("peer-root-unreadable", `${nameOf(root.facts)} cannot be read by every verifier: ${problem}`);
  }
  const neighbours = await neighboursOf(args);
  roots.forEach(({ facts }, i) => {
    for (const other of roots.slice(i + 1)) pairFindings(facts, other.facts, add);
    for (const neighbour of neighbours) neighbourFindings(facts, neighbour, add);
  });
  if (args.intermediatePem !== undefined) await intermediateFindings(args.intermediatePem, add);
  return findings.all;
}

function rootFindings({ facts, use }: ReadRoot, all: readonly ReadRoot[], args: PeerRoots, add: Add): void {
  const name = nameOf(facts);
  if (!facts.isCa) add("peer-root-not-ca", `${name} is not a CA (basic constraints, key usage)`);
  else if (!isIssuedBy(facts, facts)) add("peer-root-not-self-signed", `${name} is not signed by its own key`);
  if (facts.subjectKeyId === undefined)
    add("peer-root-without-key-id", `${name} has no subject key identifier, and an equal name would take its place`);
  const left = facts.notAfter.getTime() - args.now.getTime();
  const successor = all.some((other) => other.facts.notAfter > facts.notAfter);
  const remedy = `Ask the owner of mesh "${args.mesh}" to remove it from the mesh's roots`;
  if (left <= 0) add("peer-root-expired", `${name} ended on ${facts.notAfter.toISOString()}`, remedy);
  else if (use === "retiring" && successor && left <= args.earlyRenewalHours * hour)
    add("peer-root-ends", `${name} is retiring, and ends on ${facts.notAfter.toISOString()}`, remedy);
}

/** Two roots of the peer. A verifier takes the first certificate that fits, so each must fit in one place only. */
function pairFindings(a: CertificateFacts, b: CertificateFacts, add: Add): void {
  if (a.keySha256 === b.keySha256) add("peer-root-repeated", `${nameOf(a)} and ${nameOf(b)} have the same key`);
  else if (areIndistinct(a, b))
    add("peer-root-indistinct", `${nameOf(a)} and ${nameOf(b)} have the same name or key identifier`);
}

function neighbourFindings(facts: CertificateFacts, neighbour: Neighbour, add: Add): void {
  const { role, code, facts: other, remedy, isFoundByName } = neighbour;
  if (facts.keySha256 === other.keySha256)
    add(code, `${nameOf(facts)} has the key of ${nameOf(other)}, ${role}`, remedy);
  else if (areIndistinct(facts, other) || (isFoundByName && haveSameName(facts, other)))
    add("peer-root-indistinct", `${nameOf(facts)} has the name or key identifier of ${nameOf(other)}, ${role}`, remedy);
}

async function neighboursOf({ mesh, own }: PeerRoots): Promise<Neighbour[]> {
  const cas = await Promise.all(
    (own.cas ?? [])
      .filter((ca) => ca.mesh !== mesh)
      .map(async (ca) => ({ ...ca, facts: (await certificatesOrNone(ca.pem))[0] })),
  );
  const isFoundByName = cas.some(({ facts }) => facts !== undefined && facts.authorityKeyId === undefined);
  // Verifiers take the first certificate for a key's issuer, and would take an anchor for the CA that it looks like.
  const ofCas = cas.flatMap(({ mesh: name, facts }): Neighbour[] =>
    facts ? [{ role: `the CA of mesh "${name}"`, code: "peer-root-indistinct", facts, isFoundByName: true }] : [],
  );
  const ofOwn = own.roots.map(async ({ pem }) =>
    (await certificatesIn(pem)).map((facts) => ({
      role: "a root of the mesh itself",
      code: "peer-root-is-own" as const,
      facts,
      isFoundByName,
    })),
  );
  const ofPeers = own.anchors
    .filter((anchor) => anchor.mesh !== mesh)
    .map(async (anchor) =>
      (await certificatesIn(anchor.pem)).map((facts) => ({
        role: `a root of mesh "${anchor.mesh}"`,
        code: "peer-root-of-other-peer" as const,
        facts,
        isFoundByName,
      })),
    );
  const ofUser = (own.entries ?? []).map(async (pem) =>
    (await certificatesOrNone(pem)).map((facts) => ({
      role: "an entry of meshConfig.caCertificates in istio.values",
      code: "peer-root-in-bundle" as const,
      facts,
      remedy: "Remove the entry: the anchor that this program makes is enough, and is bound to the trust domain",
    })),
  );
  return [...ofCas, ...(await Promise.all([...ofOwn, ...ofPeers, ...ofUser])).flat()];
}

async function intermediateFindings(pem: string, add: Add): Promise<void> {
  const remedy = "Ask the owner to replace it with one that has neither DNS names nor the issuer's serial number";
  const facts = await onlyCertificate(pem);
  if (!facts) return add("ca-certificate-malformed", "the mesh's intermediate is not one certificate in PEM");
  if (facts.dnsNames.length > 0)
    add(
      "ca-certificate-dns-names",
      `its intermediate ${nameOf(facts)} has DNS names, which an anchor excludes`,
      remedy,
    );
  if (facts.authoritySerial)
    add(
      "ca-certificate-issuer-serial",
      `its intermediate ${nameOf(facts)} names its issuer by serial number, and an anchor has another than the root`,
      remedy,
    );
}
