import { Findings, type Finding } from "../errors/userError.ts";
import { caFindings } from "./caFindings.ts";
import { PemError, certificatesIn, type CertificateFacts } from "./certificate.ts";
import { dnsProblem, identityProblem, listed } from "./constraints.ts";

export { nestedTrustDomains, trustDomainFindings } from "./boundDomains.ts";
export { peerRootFindings, type PeerRoots } from "./peerRootFindings.ts";
export { requestFindings } from "./requestFindings.ts";

/** Validity of a workload's certificate in hours: a CA that ends earlier issues certificates that outlive it. */
const workloadHours = 24;

/** The intermediate of a mesh, as another party signed it. */
export interface SignedIntermediate {
  /** The intermediate first, then CAs above it in any order, PEM. Roots may be among them. */
  chainPem: string;
  /** The roots of the mesh's bundle, PEM. */
  rootsPem: string;
  trustDomain: string;
  /** `keySha256` of the mesh's request; undefined where the mesh has none. */
  keySha256: string | undefined;
  now: Date;
  mesh: string;
  /** Whether it must be bound to the trust domain, with path length 0. */
  requireConstraint: boolean;
}

/**
 * Why a mesh cannot use an intermediate that another party signed; empty when it can. Signatures are verified along the
 * chain.
 */
export async function intermediateFindings(args: SignedIntermediate): Promise<readonly Finding[]> {
  const subject = `CA certificate of mesh "${args.mesh}"`;
  const remedy = "Ask the owner of the root to sign the mesh's request again";
  const read = await certificatesOrFinding(subject, "the chain", args.chainPem);
  const roots = await certificatesOrFinding(subject, "the bundle of roots", args.rootsPem);
  if ("finding" in read) return [read.finding];
  if ("finding" in roots) return [roots.finding];
  const [ca, ...pool] = read.certificates;
  if (!ca) return [malformed(subject, "the chain has no certificate")];
  const findings = new Findings();
  if (args.keySha256 !== undefined && ca.keySha256 !== args.keySha256)
    findings.add("ca-certificate-key-differs", {
      subject,
      problem: `its key (SHA-256 ${ca.keySha256}) is not that of the mesh's request (${args.keySha256})`,
      remedy,
    });
  const { now, trustDomain } = args;
  findings.addAll(
    caFindings({ ca, pool, roots: roots.certificates, trustDomain, now, marginHours: workloadHours, subject, remedy }),
  );
  findings.addAll(constraintFindings(ca, args, { subject, remedy }));
  if (ca.dnsNames.length > 0)
    findings.add("ca-certificate-dns-names", {
      subject,
      problem: `it has DNS names (${listed(ca.dnsNames)}), which the trust anchors of peers exclude`,
      remedy,
    });
  return findings.all;
}

/** Names that an intermediate refuses although its mesh needs them, or permits although it must not. */
function constraintFindings(
  ca: CertificateFacts,
  { trustDomain, requireConstraint }: SignedIntermediate,
  text: { subject: string; remedy: string },
): readonly Finding[] {
  const findings = new Findings();
  const differs = (problem: string | undefined): void => {
    if (problem !== undefined) findings.add("ca-certificate-constraint-differs", { ...text, problem });
  };
  const { permittedUris } = ca;
  const isBound = permittedUris.length === 1 && permittedUris[0] === trustDomain;
  if (permittedUris.length === 0 && requireConstraint)
    differs(`it can issue identities of every trust domain; it must be bound to ${trustDomain} (name constraints)`);
  else if (requireConstraint && !isBound)
    differs(`it is bound to ${listed(permittedUris)}, and the trust domain of the mesh is ${trustDomain}`);
  else differs(identityProblem(ca, trustDomain));
  differs(dnsProblem(ca));
  if (requireConstraint && ca.isCa && ca.pathLength !== 0)
    findings.add("ca-certificate-path-length", {
      ...text,
      problem: `its path length is ${ca.pathLength ?? "unlimited"}; it must be 0`,
    });
  return findings.all;
}

async function certificatesOrFinding(
  subject: string,
  what: string,
  pem: string,
): Promise<{ certificates: CertificateFacts[] } | { finding: Finding }> {
  try {
    return { certificates: await certificatesIn(pem) };
  } catch (error) {
    if (!(error instanceof PemError)) throw error;
    return { finding: malformed(subject, `${what} cannot be read: ${error.message}`) };
  }
}

function malformed(subject: string, problem: string): Finding {
  return { code: "ca-certificate-malformed", subject, problem, remedy: "Give certificates in PEM" };
}
