import { Findings, type Finding } from "../errors/userError.ts";
import type { CertificateFacts } from "./certificate.ts";
import { chainTo } from "./chain.ts";
import { constraintProblems } from "./constraints.ts";
import { verifierFindings } from "./verifierFindings.ts";

const hour = 3_600_000;

/** A CA among others. */
export interface CaInBundle {
  ca: CertificateFacts;
  /** CAs that may stand between it and a root, in any order. */
  pool: readonly CertificateFacts[];
  roots: readonly CertificateFacts[];
  /** Of the mesh: the CAs above must permit its identities. */
  trustDomain: string;
  now: Date;
  /** How long it must be valid from now, in hours. */
  marginHours: number;
  /** What the findings are about. */
  subject: string;
  /** How to get another certificate, as an instruction. */
  remedy: string;
}

/** Why a CA cannot issue certificates that verify by its roots; empty when it can. */
export function caFindings({ ca, pool, roots, trustDomain, subject, remedy, ...time }: CaInBundle): readonly Finding[] {
  const findings = new Findings();
  if (!ca.isCa)
    findings.add("ca-certificate-not-ca", {
      subject,
      problem: `${ca.subject} is not the certificate of a CA (basic constraints, key usage)`,
      remedy,
    });
  const chain = chainTo(roots, ca, pool);
  if (!chain)
    findings.add("ca-certificate-issuer-unknown", {
      subject,
      problem: `no root of the bundle signed it, or signed its issuer (${ca.issuer}); names alone do not count`,
      remedy,
    });
  // A CA above is limited to so many below it; those that issue themselves under another key do not count.
  chain?.forEach(({ pathLength, subject: name }, i) => {
    const below = chain.slice(0, i).filter(({ selfIssued }) => !selfIssued).length;
    if (pathLength !== undefined && pathLength < below)
      findings.add("ca-certificate-path-length", {
        subject,
        problem: `${name} allows ${pathLength} CAs below it (path length), and the chain has ${below}`,
        remedy,
      });
  });
  for (const above of chain?.slice(1) ?? [])
    for (const problem of constraintProblems(above, trustDomain))
      findings.add("ca-certificate-constraint-differs", {
        subject,
        problem: `of ${above.subject}: ${problem}`,
        remedy,
      });
  findings.addAll(verifierFindings(chain ?? [ca], { subject, remedy }));
  for (const certificate of chain ?? [ca]) findings.addAll(dateFindings(certificate, { ...time, subject, remedy }));
  return findings.all;
}

type DateCheck = Pick<CaInBundle, "now" | "marginHours" | "subject" | "remedy">;

function dateFindings(
  { notBefore, notAfter, subject: name }: CertificateFacts,
  { now, marginHours, subject, remedy }: DateCheck,
): readonly Finding[] {
  const findings = new Findings();
  const left = notAfter.getTime() - now.getTime();
  if (left <= marginHours * hour)
    findings.add("ca-certificate-expired", {
      subject,
      problem:
        `${name} ${left <= 0 ? "ended" : "ends"} on ${notAfter.toISOString()}` +
        (left > 0 ? `, in less than ${marginHours} hours, the validity of a workload's certificate` : ""),
      remedy,
    });
  if (notBefore > now)
    findings.add("ca-certificate-not-yet-valid", {
      subject,
      problem: `${name} is valid from ${notBefore.toISOString()}, and it is ${now.toISOString()}`,
      remedy: "Compare the clocks of both machines, or wait",
    });
  return findings.all;
}
