import { Findings, inline, type Finding } from "../errors/userError.ts";
import type { CertificateFacts } from "./certificate.ts";

const [serverAuth, clientAuth, anyUsage] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"];

/**
 * Why istiod or Envoy refuses a chain whose signatures and dates are right. istiod verifies it as that of a TLS server
 * before it takes a CA; Envoy demands usages for servers and for clients of each CA below the root.
 * https://github.com/istio/istio/blob/release-1.31/security/pkg/pki/util/keycertbundle.go (Verify)
 * https://github.com/envoyproxy/envoy/blob/main/source/common/tls/cert_validator/default_validator.cc
 *
 * @param chain the CA first, its root last
 */
export function verifierFindings(
  chain: readonly CertificateFacts[],
  text: { subject: string; remedy: string },
): readonly Finding[] {
  const findings = new Findings();
  chain.forEach((certificate, i) => {
    for (const problem of problemsOf(certificate, i, i === chain.length - 1))
      findings.add("ca-certificate-unsupported", { ...text, problem: inline(`${certificate.subject} ${problem}`) });
  });
  return findings.all;
}

function problemsOf({ limits }: CertificateFacts, below: number, isRoot: boolean): string[] {
  const { usages, unknownCritical, withoutPolicy, negativeSerial, weakHash, unknownKey } = limits;
  const problems: string[] = [];
  const missing = usages && missingUsages(usages, isRoot);
  if (missing) problems.push(`has an extended key usage without ${missing}, which limits all below it`);
  if (unknownCritical.length > 0)
    problems.push(`has a critical extension that istiod does not know (${unknownCritical.slice(0, 3).join(", ")})`);
  // Besides the CAs below it, there is the workload's certificate.
  if (withoutPolicy !== undefined && withoutPolicy <= below + 1)
    problems.push("demands certificate policies, which workloads' certificates do not have");
  if (negativeSerial) problems.push("has a negative serial number, which istiod does not read");
  // Nobody verifies the signature of a root.
  if (weakHash !== undefined && !isRoot) problems.push(`is signed with ${weakHash}, which istiod does not verify`);
  if (unknownKey !== undefined) problems.push(`has a key that istiod does not take (${unknownKey})`);
  return problems;
}

function missingUsages(usages: readonly string[], isRoot: boolean): string | undefined {
  const forServers = usages.includes(serverAuth) || (isRoot && usages.includes(anyUsage));
  const forClients = usages.includes(clientAuth) || isRoot;
  if (forServers && forClients) return undefined;
  return [...(forServers ? [] : ["serverAuth"]), ...(forClients ? [] : ["clientAuth"])].join(" and ");
}
