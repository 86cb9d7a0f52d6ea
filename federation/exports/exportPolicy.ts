import type { ExportPlan } from "./exportPlan.ts";
import { federationMetadata } from "../objects/labels.ts";
import type { TrustDomains } from "../trust/trustDomains.ts";

/** `cluster.local` in a policy means the mesh's own trust domain, whatever that is; another mesh's cannot be named so. */
const ownInPolicies = "cluster.local";

/** A rule of a DENY policy, as far as it is used here. */
interface DenyRule {
  from: [{ source: { principals?: string[]; notPrincipals?: string[] } }];
  to?: [{ operation: { ports: string[] } }];
  when?: [{ key: string; values: string[] }];
}

/** An AuthorizationPolicy that denies. */
export interface DenyPolicy {
  metadata: ReturnType<typeof federationMetadata>;
  spec: { selector: { matchLabels: Record<string, string> }; action: "DENY"; rules: DenyRule[] };
}

/**
 * What is wrong with an export's callers; empty when its policy can enforce them.
 *
 * Under one trust domain a caller of a peer and one of this mesh look alike. Only the SNI of a mesh-neutral host tells
 * them apart; without it a restriction binds both, which its owner has to want.
 */
export function callerProblems(spec: ExportPlan, domains: TrustDomains): string[] {
  if (spec.callers.length === 0) return [];
  const problems: string[] = [];
  const unknown = spec.to.filter((mesh) => !domains.ofMeshes.has(mesh));
  for (const mesh of unknown)
    problems.push(
      `its callers cannot be enforced for mesh "${mesh}", whose trust domain is not known; set peers.${mesh}.trustDomain`,
    );
  const shared = spec.to.filter((mesh) => domains.ofMeshes.get(mesh) === domains.own);
  if (shared.length > 0 && !spec.neutral && spec.callersApplyTo !== "everyone")
    problems.push(
      `mesh ${shared.map((m) => `"${m}"`).join(", ")} has this mesh's trust domain (${domains.own}), so callers ${spec.callers.join(", ")} of either mesh look alike and the restriction would bind callers in this mesh too: ` +
        `accept that with callersApplyTo: everyone, give the export a mesh-neutral host (such as ${spec.service}.mesh.global), or give the meshes trust domains of their own`,
    );
  for (const mesh of spec.to.filter((m) => domains.ofMeshes.get(m) === ownInPolicies && domains.own !== ownInPolicies))
    problems.push(
      `mesh "${mesh}" has trust domain ${ownInPolicies}, which Istio takes for this mesh's own (${domains.own}) in every policy, so its callers cannot be told apart; give "${mesh}" a trust domain of its own`,
    );
  return problems;
}

/**
 * AuthorizationPolicy that turns away callers an export is not meant for; undefined where it restricts nobody.
 *
 * A DENY on the serving pods: an ALLOW would shut out callers in this mesh, and the gateway's AUTO_PASSTHROUGH chains
 * carry no authorization at all. HTTP answers 403, other protocols reset. Three forms:
 *
 * - a peer with a trust domain of its own: its principals that are not listed; also all principals of accepted trust
 *   domains that the export is not for. Callers in this mesh are not concerned.
 * - `callersApplyTo: everyone`: whoever is not listed, wherever it is.
 * - a mesh-neutral host under one trust domain: whoever is not listed and came by that host's SNI.
 *
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/
 *
 * @param accepted trust domains besides its own that the mesh accepts
 */
export function exportPolicy(spec: ExportPlan, domains: TrustDomains, accepted: string[]): DenyPolicy | undefined {
  if (!spec.selector) return undefined;
  const domainsOfPeers = [...new Set(spec.to.flatMap((mesh) => domains.ofMeshes.get(mesh) ?? []))].sort();
  const principals = (domain: string): string[] =>
    spec.callers.map((caller) => `${domain}/ns/${caller.replace("/", "/sa/")}`);
  const listed = domainsOfPeers.flatMap(principals);
  const restricted = spec.callers.length > 0;
  const everyone = restricted && spec.callersApplyTo === "everyone";
  const rules: DenyRule[] = [];
  const targets = spec.ports.flatMap((p) => spec.targetPorts[p.name] ?? []);
  // Without every pod port declared, all ports of the pods are bound: too much is mended, too little is a hole.
  const onPorts: Pick<DenyRule, "to"> =
    targets.length === spec.ports.length ? { to: [{ operation: { ports: targets.map(String) } }] } : {};
  if (everyone)
    rules.push({
      from: [{ source: { notPrincipals: [...new Set([...listed, ...principals(domains.own)])].sort() } }],
      ...onPorts,
    });
  const outsiders = accepted.filter((domain) => !domainsOfPeers.includes(domain));
  const bound = restricted && !everyone ? domainsOfPeers.filter((domain) => domain !== domains.own) : [];
  const foreign = [...new Set([...bound, ...outsiders])].sort();
  if (foreign.length > 0)
    rules.push({
      from: [
        {
          source: {
            principals: foreign.map((domain) => `${domain}/*`),
            ...(bound.length > 0 ? { notPrincipals: bound.flatMap(principals) } : {}),
          },
        },
      ],
      ...onPorts,
    });
  if (restricted && !everyone && spec.neutral && domainsOfPeers.includes(domains.own))
    rules.push({
      from: [{ source: { notPrincipals: listed } }],
      when: [{ key: "connection.sni", values: [`*_.${spec.host}`] }],
    });
  if (rules.length === 0) return undefined;
  return {
    metadata: federationMetadata("export", spec.name, spec.namespace),
    spec: { selector: { matchLabels: spec.selector }, action: "DENY", rules },
  };
}

/**
 * Exports that the same pods serve for different callers: a DENY binds the pods, so each would shut out the other's
 * callers. Rules for one SNI, or for other ports, do not meet.
 */
export function clashingPolicies(exports: { spec: ExportPlan; policy?: DenyPolicy | undefined }[]): string[] {
  const problems: string[] = [];
  for (const [i, a] of exports.entries())
    for (const b of exports.slice(i + 1)) {
      const [x, y] = [a, b].map(({ spec }) =>
        JSON.stringify([spec.namespace, Object.entries(spec.selector ?? {}).sort()]),
      );
      if (x !== y || (!a.policy && !b.policy)) continue;
      const [of, other] = [broadRules(a.policy), broadRules(b.policy)];
      const meet =
        of.some((r) => !other.some((o) => JSON.stringify(r) === JSON.stringify(o)) && reaches(r, b.spec)) ||
        other.some((r) => !of.some((o) => JSON.stringify(r) === JSON.stringify(o)) && reaches(r, a.spec));
      if (meet)
        problems.push(
          `exports "${a.spec.name}" and "${b.spec.name}" are served by the same pods for different callers, and the policy of one would turn away callers of the other: give both the same to, callers and callersApplyTo, declare targetPort for every port of both, or serve them by different pods`,
        );
    }
  return problems;
}

function broadRules(policy: DenyPolicy | undefined): DenyRule[] {
  return policy?.spec.rules.filter((rule) => !rule.when) ?? [];
}

/** Whether a rule concerns the pod ports of another export; where they are not declared, it may. */
function reaches(rule: DenyRule, spec: ExportPlan): boolean {
  const ports = rule.to?.[0].operation.ports;
  return (
    !ports ||
    spec.ports.some((p) => spec.targetPorts[p.name] === undefined || ports.includes(String(spec.targetPorts[p.name])))
  );
}
