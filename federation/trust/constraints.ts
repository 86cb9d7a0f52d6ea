import { inline } from "../errors/userError.ts";
import type { CertificateFacts } from "./certificate.ts";

/** Why a mesh cannot use a CA by its name constraints: they refuse names that it needs. Empty where it can. */
export function constraintProblems(ca: CertificateFacts, trustDomain: string): string[] {
  return [identityProblem(ca, trustDomain), dnsProblem(ca)].flatMap((problem) => problem ?? []);
}

/** Why a CA cannot issue identities of a trust domain. */
export function identityProblem({ permittedUris, excludesUris }: CertificateFacts, trustDomain: string) {
  const domain = trustDomain.toLowerCase();
  // What both verifiers permit: Go permits subdomains of a host, too.
  const isPermitted = (host: string): boolean => (host.startsWith(".") ? domain.endsWith(host) : domain === host);
  if (permittedUris.length > 0 && !permittedUris.some((host) => isPermitted(host.toLowerCase())))
    return `it is bound to ${listed(permittedUris)}, and the trust domain of the mesh is ${trustDomain}`;
  return excludesUris ? "it excludes URIs, and identities of workloads are URIs" : undefined;
}

/** Why a CA cannot issue istiod's own certificate. */
export function dnsProblem({ excludesDns, permitsOthers }: CertificateFacts): string | undefined {
  return excludesDns || permitsOthers
    ? "it does not permit every DNS name, and istiod's own certificate has one of the cluster"
    : undefined;
}

/** At most three values, each cut and on one line, for a message. */
export function listed(values: readonly string[]): string {
  const some = values.slice(0, 3).map((value) => inline(value.slice(0, 100)));
  return some.join(", ") + (values.length > some.length ? ` and ${values.length - some.length} more` : "");
}
