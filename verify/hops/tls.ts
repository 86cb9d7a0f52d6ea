import type { ErrorCode } from "../../federation/errors/catalogue/index.ts";
import { pathTo } from "../../federation/trust/chainPath.ts";
import { causeOf, type TrustCause, type TrustSide } from "../../federation/trust/trustDiagnosis.ts";
import type { Edge } from "../edge.ts";
import { failed, type EdgeTrust, type Evidence, type ShownCertificate } from "../evidence.ts";
import { resultsOf, type HopCheck } from "./result.ts";
import { sidecarErrorOf } from "./sidecarError.ts";

/** Milliseconds that the clocks of two machines may differ. */
const clockSkew = 60_000;

/** What is wrong, what to do, and the code of the cause. */
type Fault = [evidence: string, remedy: string, cause?: ErrorCode];

/** Checks that both sides accept each other's certificate: roots, identity, dates. */
export function checkTls(edge: Edge, { clientHellos, config, answer, now, trust }: Evidence): HopCheck {
  const result = resultsOf(edge.mesh);
  const pinned = config && !failed(config) && config.cluster ? config.cluster.subjectAltNames : [];
  const accepted = pinned.length > 0 ? pinned : edge.subjectAltNames;
  const shown = clientHellos.flatMap((h) => (h.outcome === "certificate" ? [h] : []));
  for (const { mesh, certificate } of shown) {
    const fault =
      datesFault(edge, certificate, now) ??
      refusedServer(edge, mesh, certificate, trust, now) ??
      identityFault(edge, certificate, accepted);
    if (fault) return result.failed(...fault);
  }
  const error = /TLS[_ ]?error.*|CERTIFICATE_VERIFY_FAILED.*|certificate.*/i
    .exec(sidecarErrorOf(answer) ?? "")?.[0]
    .slice(0, 200);
  if (error && /alert/i.test(error)) return result.failed(...refusedClient(edge, error, trust, now));
  if (error && /verify/i.test(error))
    return result.failed(`the client's sidecar rejects the server's certificate: ${error}`, sanRemedy(edge));
  if (shown.length === 0) return result.unknown("no certificate was shown");
  const { subjectAltNames, issuer, notAfter } = shown[0]!.certificate;
  return result.passed(`${subjectAltNames.join(", ")}, issued by ${issuer}, until ${date(notAfter)}`);
}

function datesFault(edge: Edge, certificate: ShownCertificate, now: number): Fault | undefined {
  const names = namesOf(certificate);
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
  return undefined;
}

/** Why the client's sidecar does not accept the chain of a workload of a mesh. */
function refusedServer(
  edge: Edge,
  mesh: string,
  certificate: ShownCertificate,
  trust: EdgeTrust | undefined,
  now: number,
): Fault | undefined {
  const { chain } = certificate;
  if (!trust?.client || chain.length === 0) return undefined;
  const result = pathTo(chain, trust.client.bundle, now);
  if (!("problem" in result)) return undefined;
  const cause = causeOf(result.problem, chain, sideOf(mesh, trust), sideOf(edge.mesh, trust));
  return [
    `the certificate of ${namesOf(certificate)}, issued by ${certificate.issuer}, does not lead to a root that ` +
      `${edge.mesh} trusts${cause ? `: ${cause.problem}` : ""}`,
    cause?.remedy ??
      "Both meshes must share a root or pin each other's (peers.<mesh>.roots): run `pulumi up` of both, and recreate " +
        "the pods that still have certificates of the old CA",
    cause?.code,
  ];
}

/** Why a server does not accept the chain of the client's sidecar. */
function refusedClient(edge: Edge, error: string, trust: EdgeTrust | undefined, now: number): Fault {
  const evidence = `the server rejects the client's certificate: ${error}`;
  const causes = (trust?.servers ?? []).flatMap((server) => refusalOf(edge, server, trust!, now) ?? []);
  const cause = causes[0];
  if (cause) return [`${evidence}; ${cause.problem}`, cause.remedy, cause.code];
  return [
    evidence,
    "The meshes must share a root or pin each other's, and the client's certificate must be valid: compare the root " +
      `certificates of ${edge.mesh} and ${edge.meshes.join(", ")}`,
  ];
}

function refusalOf(
  edge: Edge,
  { mesh, bundle, authorities }: EdgeTrust["servers"][number],
  trust: EdgeTrust,
  now: number,
): TrustCause | undefined {
  const chain = trust.client?.chain ?? [];
  const top = chain.at(-1);
  if (!top) return undefined;
  const sides = [sideOf(edge.mesh, trust), sideOf(mesh, trust)] as const;
  if (bundle) {
    const result = pathTo(chain, bundle, now);
    return "problem" in result ? causeOf(result.problem, chain, ...sides) : undefined;
  }
  // Names alone show that nothing accepted issued a certificate of the chain, and nothing else.
  const isNamed = chain.some(({ issuerDer }) => authorities?.includes(issuerDer));
  return authorities && !isNamed ? causeOf({ kind: "no-anchor", top }, chain, ...sides) : undefined;
}

function sideOf(mesh: string, { contracts, istiodRoots }: EdgeTrust): TrustSide {
  return { mesh, contract: contracts.get(mesh), istiodRoots: istiodRoots[mesh] };
}

function identityFault(edge: Edge, certificate: ShownCertificate, accepted: string[]): Fault | undefined {
  if (accepted.length === 0 || certificate.subjectAltNames.some((name) => accepted.includes(name))) return undefined;
  return [`${namesOf(certificate)} answers, and ${edge.mesh} accepts only ${accepted.join(", ")}`, sanRemedy(edge)];
}

function namesOf({ subjectAltNames }: ShownCertificate): string {
  return subjectAltNames.join(", ") || "no SPIFFE identity";
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
