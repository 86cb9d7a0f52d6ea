import { Findings, type Finding } from "../errors/userError.ts";
import { federationMetadata } from "../objects/labels.ts";
import type { TrustDomains } from "../trust/trustDomains.ts";
import type { ExportPlan } from "./exportPlan.ts";

/** In a policy, `cluster.local` means the mesh's own trust domain. A peer's of that name cannot be expressed. */
const ownTrustDomainInPolicies = "cluster.local";

/** The fields of a DENY rule that are used here. */
export interface DenyRule {
  from: [{ source: { principals?: string[]; notPrincipals?: string[] } }];
  to?: [{ operation: { ports: string[] } }];
  when?: [{ key: string; values: string[] }];
}

/** An AuthorizationPolicy with the action DENY. */
export interface DenyPolicy {
  metadata: ReturnType<typeof federationMetadata>;
  spec: { selector: { matchLabels: Record<string, string> }; action: "DENY"; rules: DenyRule[] };
}

/**
 * Why a policy cannot enforce an export's callers; empty when it can.
 *
 * With one trust domain, a peer's caller and a caller in this mesh have the same principal. Only the SNI of a
 * mesh-neutral host distinguishes them. Without it a restriction applies to both, which `callersApplyTo: everyone` must
 * allow.
 */
export function callerFindings(spec: ExportPlan, domains: TrustDomains): readonly Finding[] {
  const findings = new Findings();
  if (spec.callers.length === 0) return findings.all;
  const code = "export-callers-not-enforceable";
  const subject = `export "${spec.name}"`;
  for (const mesh of spec.to.filter((name) => !domains.ofMeshes.has(name)))
    findings.add(code, {
      subject,
      problem: `its callers cannot be enforced for mesh "${mesh}", whose trust domain is not known`,
      remedy: `Set peers.${mesh}.trustDomain`,
    });
  const sameDomain = spec.to.filter((mesh) => domains.ofMeshes.get(mesh) === domains.own);
  if (sameDomain.length > 0 && !spec.meshNeutral && spec.callersApplyTo !== "everyone")
    findings.add(code, {
      subject,
      problem:
        `mesh ${sameDomain.map((mesh) => `"${mesh}"`).join(", ")} has this mesh's trust domain (${domains.own}), ` +
        `so callers ${spec.callers.join(", ")} of both meshes have the same principals, ` +
        "and the restriction would apply to callers in this mesh too",
      remedy:
        "Accept that with callersApplyTo: everyone, give the export a mesh-neutral host " +
        `(such as ${spec.service}.mesh.global), or give the meshes different trust domains`,
    });
  if (domains.own !== ownTrustDomainInPolicies)
    for (const mesh of spec.to.filter((name) => domains.ofMeshes.get(name) === ownTrustDomainInPolicies))
      findings.add(code, {
        subject,
        problem:
          `mesh "${mesh}" has trust domain ${ownTrustDomainInPolicies}, which means this mesh's own (${domains.own}) ` +
          "in every policy, so its callers cannot be named",
        remedy: `Give mesh "${mesh}" another trust domain`,
      });
  return findings.all;
}

/**
 * AuthorizationPolicy that denies the callers for whom an export is not meant; undefined if it restricts no caller.
 *
 * It is a DENY on the serving pods, because an ALLOW would exclude callers in this mesh, and the gateway's
 * AUTO_PASSTHROUGH chains have no authorization. HTTP callers get 403, others a reset. It denies, depending on the
 * export:
 *
 * - with peers of other trust domains: their principals that are not listed, and all principals of accepted trust
 *   domains of meshes that are not in `to`. Callers in this mesh are not affected.
 * - with `callersApplyTo: everyone`: all principals that are not listed, of any mesh.
 * - with a mesh-neutral host and one trust domain: all principals that are not listed and call with that host's SNI.
 *
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/
 *
 * @param accepted trust domains besides its own that the mesh accepts
 */
export function exportPolicy(spec: ExportPlan, domains: TrustDomains, accepted: string[]): DenyPolicy | undefined {
  if (!spec.selector) return undefined;
  const rules = denyRules(spec, domains, accepted);
  if (rules.length === 0) return undefined;
  return {
    metadata: federationMetadata("export", spec.name, spec.namespace),
    spec: { selector: { matchLabels: spec.selector }, action: "DENY", rules },
  };
}

function denyRules(spec: ExportPlan, domains: TrustDomains, accepted: string[]): DenyRule[] {
  const peerDomains = [...new Set(spec.to.flatMap((mesh) => domains.ofMeshes.get(mesh) ?? []))].sort();
  const principals = (domain: string): string[] =>
    spec.callers.map((caller) => `${domain}/ns/${caller.replace("/", "/sa/")}`);
  const listed = peerDomains.flatMap(principals);
  const restricted = spec.callers.length > 0;
  const appliesToAll = restricted && spec.callersApplyTo === "everyone";
  const appliesToPeers = restricted && !appliesToAll;
  const onPorts = portsOf(spec);
  const rules: DenyRule[] = [];
  if (appliesToAll) {
    const notPrincipals = [...new Set([...listed, ...principals(domains.own)])].sort();
    rules.push({ from: [{ source: { notPrincipals } }], ...onPorts });
  }
  const domainsNotInTo = accepted.filter((domain) => !peerDomains.includes(domain));
  const restrictedDomains = appliesToPeers ? peerDomains.filter((domain) => domain !== domains.own) : [];
  const denied = [...new Set([...restrictedDomains, ...domainsNotInTo])].sort();
  if (denied.length > 0) {
    const exceptListed = restrictedDomains.length > 0 ? { notPrincipals: restrictedDomains.flatMap(principals) } : {};
    const source = { principals: denied.map((domain) => `${domain}/*`), ...exceptListed };
    rules.push({ from: [{ source }], ...onPorts });
  }
  if (appliesToPeers && spec.meshNeutral && peerDomains.includes(domains.own))
    rules.push({
      from: [{ source: { notPrincipals: listed } }],
      when: [{ key: "connection.sni", values: [`*_.${spec.host}`] }],
    });
  return rules;
}

/**
 * Restricts a rule to the export's pod ports. If not every pod port is declared, the rule applies to all ports of the
 * pods: denying too much shows and can be corrected, denying too little is a security hole.
 */
function portsOf(spec: ExportPlan): Pick<DenyRule, "to"> {
  const targets = spec.ports.flatMap((port) => spec.targetPorts[port.name] ?? []);
  return targets.length === spec.ports.length ? { to: [{ operation: { ports: targets.map(String) } }] } : {};
}
