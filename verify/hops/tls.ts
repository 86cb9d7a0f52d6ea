import type { Edge } from "../edge.ts";
import { failed, type Evidence, type ShownCertificate } from "../evidence.ts";
import { ownErrorOf } from "./ownError.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** Do both sides accept each other's certificate: roots, identity, dates? */
export function judgeTls(edge: Edge, { hellos, config, answer, now }: Evidence): Verdict {
  const { good, broken, unknown } = verdictsOf("tls", edge.mesh);
  const pinned = config && !failed(config) && config.cluster ? config.cluster.subjectAltNames : [];
  const accepted = pinned.length > 0 ? pinned : edge.subjectAltNames;
  const shown = hellos.flatMap((h) => (h.outcome === "certificate" ? [h.certificate] : []));
  for (const certificate of shown) {
    const fault = faultOf(edge, certificate, accepted, now);
    if (fault) return broken(...fault);
  }
  const said = /TLS[_ ]?error.*|CERTIFICATE_VERIFY_FAILED.*|certificate.*/i
    .exec(ownErrorOf(answer) ?? "")?.[0]
    .slice(0, 200);
  if (said && /alert/i.test(said))
    return broken(
      `the server refuses the client's certificate: ${said}`,
      `the two meshes must share a root, and the client's certificate must be valid: compare the root certificates of ${edge.mesh} and ${edge.meshes.join(", ")}`,
    );
  if (said && /verify/i.test(said))
    return broken(`the client's sidecar refuses the server's certificate: ${said}`, sanRemedy(edge));
  if (shown.length === 0) return unknown("no certificate was shown");
  return good(
    `${shown[0]!.subjectAltNames.join(", ")}, issued by ${shown[0]!.issuer}, until ${new Date(shown[0]!.notAfter).toISOString()}`,
  );
}

function faultOf(
  edge: Edge,
  certificate: ShownCertificate,
  accepted: string[],
  now: number,
): [evidence: string, remedy: string] | undefined {
  const names = certificate.subjectAltNames.join(", ") || "no SPIFFE identity";
  const date = (time: number) => new Date(time).toISOString();
  const owner = edge.meshes.join(" and ");
  if (certificate.notAfter <= now)
    return [
      `the certificate of ${names} expired on ${date(certificate.notAfter)}`,
      `the owner of ${owner} must find out why istiod no longer renews it (its CA may have expired), then start the pod anew`,
    ];
  if (certificate.notBefore > now + 60_000)
    return [
      `the certificate of ${names} is valid only from ${date(certificate.notBefore)}`,
      `compare the clocks of the machines of ${edge.mesh} and ${owner}`,
    ];
  if (certificate.chainProblem)
    return [
      `the certificate of ${names}, issued by ${certificate.issuer}, does not lead to a root that ${edge.mesh} trusts (${certificate.chainProblem})`,
      `both meshes must share a root: bring up the trust stack, then both meshes, and start the pods that still have certificates of the old CA anew`,
    ];
  if (accepted.length > 0 && !certificate.subjectAltNames.some((name) => accepted.includes(name)))
    return [`${names} answers, and ${edge.mesh} accepts only ${accepted.join(", ")}`, sanRemedy(edge)];
  return undefined;
}

function sanRemedy(edge: Edge): string {
  return `the export of ${edge.meshes.join(" and ")} must name all service accounts that serve it (serviceAccounts); then run \`pulumi up --stack ${edge.meshes[0]}\` and \`pulumi up --refresh --stack ${edge.stack}\``;
}
