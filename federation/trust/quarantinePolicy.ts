import { UserError } from "../errors/userError.ts";
import { federationMetadata } from "../objects/labels.ts";
import type { TrustDomains } from "./trustDomains.ts";

/** In `principals` of a policy, this trust domain means the mesh's own. */
const ownInPrincipals = "cluster.local";

/** An AuthorizationPolicy that denies every caller of some trust domains, for the whole mesh. */
export interface QuarantinePolicy {
  metadata: ReturnType<typeof federationMetadata>;
  spec: { action: "DENY"; rules: { from: { source: Source }[] }[] };
}

type Source = { trustDomains: string[] } | { principals: string[] };

/**
 * Whether a policy of a mesh can name a trust domain, and no other: not its own, and before Istio 1.30 not another
 * mesh's `cluster.local`, which would be its own.
 */
export function isDeniable(domain: string, { own, literal }: Pick<TrustDomains, "own" | "literal">): boolean {
  return domain !== own && (literal === true || domain !== ownInPrincipals);
}

/**
 * The policy that cuts the callers of a mesh in quarantine off. In Istio's root namespace and without a selector, it
 * applies to every workload; DENY comes before any ALLOW. HTTP callers get 403, others a reset; a connection that
 * exists ends when Envoy has drained the changed listener (45 s).
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/
 *
 * @param trustDomains of the mesh in quarantine; without one, the policy denies nobody
 * @throws UserError `quarantine-denies-own` for a trust domain that would be this mesh's own
 */
export function quarantinePolicy(
  mesh: string,
  trustDomains: readonly string[],
  domains: Pick<TrustDomains, "own" | "literal">,
  rootNamespace: string,
): QuarantinePolicy {
  const wrong = trustDomains.find((domain) => !isDeniable(domain, domains));
  if (wrong !== undefined)
    throw new UserError("quarantine-denies-own", {
      subject: `quarantine of mesh "${mesh}"`,
      problem: `a policy for trust domain ${wrong} would deny the callers of this mesh, which has ${domains.own}`,
      remedy: "Leave the trust domain out, and give the meshes trust domains of their own",
    });
  const sorted = [...new Set(trustDomains)].sort();
  const from = sourcesOf(sorted).map((source) => ({ source }));
  return {
    metadata: federationMetadata("quarantine", mesh, rootNamespace, { name: quarantineName(mesh) }),
    // A source without any field would be every caller.
    spec: { action: "DENY", rules: from.length > 0 ? [{ from }] : [] },
  };
}

/**
 * The callers of trust domains. `principals` cannot name another mesh's `cluster.local`, and `trustDomains` can from
 * Istio 1.30 on; Istio 1.31 warns of it, wrongly, that it denies every caller of a TCP port.
 * https://github.com/istio/istio/blob/master/pkg/config/validation/validation.go
 */
function sourcesOf(domains: readonly string[]): Source[] {
  const others = domains.filter((domain) => domain !== ownInPrincipals);
  return [
    ...(others.length > 0 ? [{ principals: others.map((domain) => `${domain}/*`) }] : []),
    ...(others.length < domains.length ? [{ trustDomains: [ownInPrincipals] }] : []),
  ];
}

/** Name of the policy about a mesh in quarantine. */
export function quarantineName(mesh: string): string {
  return `quarantine-${mesh}`;
}
