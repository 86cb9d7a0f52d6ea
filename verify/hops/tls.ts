import type { Edge } from "../edge.ts";
import { failed, type Evidence, type ShownCertificate } from "../evidence.ts";
import { resultsOf, type HopCheck } from "./result.ts";
import { sidecarErrorOf } from "./sidecarError.ts";

/** Milliseconds that the clocks of two machines may differ. */
const clockSkew = 60_000;

/** Checks that both sides accept each other's certificate: roots, identity, dates. */
export function checkTls(edge: Edge, { clientHellos, config, answer, now }: Evidence): HopCheck {
  const result = resultsOf(edge.mesh);
  const pinned = config && !failed(config) && config.cluster ? config.cluster.subjectAltNames : [];
  const accepted = pinned.length > 0 ? pinned : edge.subjectAltNames;
  const shown = clientHellos.flatMap((h) => (h.outcome === "certificate" ? [h.certificate] : []));
  for (const certificate of shown) {
    const fault = faultOf(edge, certificate, accepted, now);
    if (fault) return result.failed(...fault);
  }
  const error = /TLS[_ ]?error.*|CERTIFICATE_VERIFY_FAILED.*|certificate.*/i
    .exec(sidecarErrorOf(answer) ?? "")?.[0]
    .slice(0, 200);
  if (error && /alert/i.test(error))
    return result.failed(
      `the server rejects the client's certificate: ${error}`,
      "The meshes must share a root, and the client's certificate must be valid: compare the root " +
        `certificates of ${edge.mesh} and ${edge.meshes.join(", ")}`,
    );
  if (error && /verify/i.test(error))
    return result.failed(`the client's sidecar rejects the server's certificate: ${error}`, sanRemedy(edge));
  if (shown.length === 0) return result.unknown("no certificate was shown");
  return result.passed(
    `${shown[0]!.subjectAltNames.join(", ")}, issued by ${shown[0]!.issuer}, until ${date(shown[0]!.notAfter)}`,
  );
}

function faultOf(
  edge: Edge,
  certificate: ShownCertificate,
  accepted: string[],
  now: number,
): [evidence: string, remedy: string] | undefined {
  const names = certificate.subjectAltNames.join(", ") || "no SPIFFE identity";
  const owner = edge.meshes.join(" and ");
  if (certificate.notAfter <= now)
    return [
      `the certificate of ${names} expired on ${date(certificate.notAfter)}`,
      `The owner of ${owner} must find out why istiod does not renew it (its CA may have expired), then ` +
        "recreate the pod",
    ];
  if (certificate.notBefore > now + clockSkew)
    return [
      `the certificate of ${names} is valid only from ${date(certificate.notBefore)}`,
      `Compare the clocks of the machines of ${edge.mesh} and ${owner}`,
    ];
  if (certificate.chainProblem)
    return [
      `the certificate of ${names}, issued by ${certificate.issuer}, does not lead to a root that ` +
        `${edge.mesh} trusts (${certificate.chainProblem})`,
      "Both meshes must share a root: run `pulumi up` of the trust stack, then of both meshes, and recreate " +
        "the pods that still have certificates of the old CA",
    ];
  if (accepted.length > 0 && !certificate.subjectAltNames.some((name) => accepted.includes(name)))
    return [`${names} answers, and ${edge.mesh} accepts only ${accepted.join(", ")}`, sanRemedy(edge)];
  return undefined;
}

function date(time: number): string {
  return new Date(time).toISOString();
}

function sanRemedy(edge: Edge): string {
  return (
    `The export of ${edge.meshes.join(" and ")} must name all service accounts that serve it (serviceAccounts); ` +
    `then run \`pulumi up --stack ${edge.meshes[0]}\` and \`pulumi up --refresh --stack ${edge.stack}\``
  );
}
