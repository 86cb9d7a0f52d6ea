import { Findings, type Finding } from "../errors/userError.ts";
import type { TrustDomains } from "../trust/trustDomains.ts";
import type { ExportPlan } from "./exportPlan.ts";

/**
 * In `principals`, `cluster.local` means the mesh's own trust domain. A peer's of that name can be named in
 * `trustDomains` only, which Istio has since 1.30.
 * https://github.com/istio/istio/blob/release-1.31/pilot/pkg/security/trustdomain/bundle.go
 */
export const ownTrustDomainInPolicies = "cluster.local";

/** Whether a trust domain is another mesh's `cluster.local`. */
export function isForeignLocal(domain: string | undefined, { own }: TrustDomains): boolean {
  return domain === ownTrustDomainInPolicies && own !== ownTrustDomainInPolicies;
}

/**
 * The principals of a trust domain that an export admits by SPIFFE ids. Istio compares a principal as a whole with the
 * SPIFFE id without `spiffe://`, whatever its path is, in all of 1.28 to 1.31.
 * https://github.com/istio/istio/blob/release-1.31/pilot/pkg/security/authz/model/generator.go (srcPrincipalGenerator)
 */
export function idPrincipals({ callerIds }: Pick<ExportPlan, "callerIds">, domain: string): string[] {
  return callerIds.filter((id) => domainOf(id) === domain).map((id) => id.slice("spiffe://".length));
}

/**
 * Why a policy cannot enforce callers that are named by SPIFFE ids; empty when it can. An id is of one trust domain,
 * which must be that of a mesh in `to`, or the mesh's own where its own callers are restricted, too.
 */
export function callerIdFindings(spec: ExportPlan, domains: TrustDomains): readonly Finding[] {
  const findings = new Findings();
  const ofPeers = spec.to.flatMap((mesh) => domains.ofMeshes.get(mesh) ?? []);
  const restricted = spec.callersApplyTo === "everyone" ? [...ofPeers, domains.own] : ofPeers;
  for (const id of spec.callerIds) {
    const domain = domainOf(id);
    const add = (problem: string, remedy: string): void =>
      findings.add("export-callers-not-enforceable", { subject: `export "${spec.name}"`, problem, remedy });
    if (isForeignLocal(domain, domains))
      add(
        `caller ${id} is of trust domain ${ownTrustDomainInPolicies}, which means this mesh's own (${domains.own}) ` +
          "in principals; of a peer's, only service accounts can be named",
        "Name it as namespace/serviceAccount if it has that form, or give the peer another trust domain",
      );
    else if (!restricted.includes(domain))
      add(
        `caller ${id} is of trust domain ${domain}, which is that of no mesh in \`to\` ` +
          `(${ofPeers.join(", ") || "none"})`,
        "Correct the id, or add its mesh to `to`; callers of this mesh are restricted by callersApplyTo: everyone only",
      );
  }
  return findings.all;
}

function domainOf(id: string): string {
  return id.split("/")[2]!;
}
