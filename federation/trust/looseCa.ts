import { Findings, inline, type Finding } from "../errors/userError.ts";
import { certificatesIn } from "./certificate.ts";

/**
 * What the CA of a mesh can do although it need not, because its signer left out a limit; empty for a CA that can issue
 * identities of its trust domain only. Who signs is the owner's own choice, so that these are warnings.
 *
 * @param certificatePem the CA's certificate, which is known to be one
 */
export async function looseCaFindings(
  certificatePem: string,
  { mesh, trustDomain }: { mesh: string; trustDomain: string },
): Promise<readonly Finding[]> {
  const ca = (await certificatesIn(certificatePem))[0]!;
  const findings = new Findings();
  const subject = `CA certificate of mesh "${mesh}"`;
  const others = ca.permittedUris.filter((domain) => domain !== trustDomain);
  if (ca.permittedUris.length === 0)
    findings.add("ca-certificate-unbound", {
      subject,
      problem:
        "it has no name constraint for URIs, so that whoever holds its key can issue identities of every trust " +
        "domain, and act as any workload of every mesh that has its root in its own bundle; peers that anchor the " +
        `root are safe: their anchor permits ${trustDomain} only`,
      remedy: `Ask the signer for a name constraint that permits URIs of ${trustDomain} (docs/trust-signing.md)`,
    });
  else if (others.length > 0)
    findings.add("ca-certificate-unbound", {
      subject,
      problem: inline(`whoever holds its key can also issue identities of ${others.join(", ").slice(0, 300)}`),
      remedy: `Ask the signer for a name constraint that permits URIs of ${trustDomain} only`,
    });
  if (ca.pathLength !== 0)
    findings.add("ca-certificate-unbound", {
      subject,
      problem: `it can issue further CAs: its path length is ${ca.pathLength ?? "unlimited"}`,
      remedy: "Ask the signer for a path length of 0",
    });
  return findings.all;
}
