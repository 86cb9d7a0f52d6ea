import { Findings, type Finding } from "../errors/userError.ts";
import { federationMetadata } from "../objects/labels.ts";
import type { TrustDomains } from "../trust/trustDomains.ts";
import { callerIdFindings, idPrincipals, isForeignLocal, ownTrustDomainInPolicies } from "./callerPrincipals.ts";
import { callersFor, callersOfDomain, indistinctCallers } from "./exportCallers.ts";
import { allCallers, type ExportPlan } from "./exportPlan.ts";

/** Number of `notServiceAccounts` that a source may have. */
const maxServiceAccounts = 16;

/** Whom a rule applies to, as far as it is used here. */
export interface DenySource {
  principals?: string[];
  notPrincipals?: string[];
  trustDomains?: string[];
  notTrustDomains?: string[];
  notServiceAccounts?: string[];
}

/** The fields of a DENY rule that are used here. */
export interface DenyRule {
  from: [{ source: DenySource }];
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
  if (allCallers(spec).length === 0) return findings.all;
  const code = "export-callers-not-enforceable";
  const subject = `export "${spec.name}"`;
  for (const mesh of spec.to.filter((name) => !domains.ofMeshes.has(name)))
    findings.add(code, {
      subject,
      problem: `its callers cannot be enforced for mesh "${mesh}", whose trust domain is not known`,
      remedy: `Set peers.${mesh}.trustDomain`,
    });
  findings.addAll(indistinctCallers(spec, domains));
  const sameDomain = spec.to.filter((mesh) => domains.ofMeshes.get(mesh) === domains.own);
  if (sameDomain.length > 0 && !spec.meshNeutral && spec.callersApplyTo !== "everyone")
    findings.add(code, {
      subject,
      problem:
        `mesh ${sameDomain.map((mesh) => `"${mesh}"`).join(", ")} has this mesh's trust domain (${domains.own}), ` +
        `so callers ${allCallers(spec).join(", ")} of both meshes have the same principals, ` +
        "and the restriction would apply to callers in this mesh too",
      remedy:
        "Accept that with callersApplyTo: everyone, give the export a mesh-neutral host " +
        `(such as ${spec.service}.mesh.global), or give the meshes different trust domains`,
    });
  for (const mesh of spec.to.filter((name) => isForeignLocal(domains.ofMeshes.get(name), domains)))
    if (!domains.literal)
      findings.add(code, {
        subject,
        problem:
          `mesh "${mesh}" has trust domain ${ownTrustDomainInPolicies}, which means this mesh's own (${domains.own}) ` +
          "in policies before Istio 1.30, so its callers cannot be named",
        remedy: `Upgrade this mesh's Istio to 1.30, or give mesh "${mesh}" another trust domain`,
      });
    else if (callersFor(spec, mesh).length > maxServiceAccounts)
      findings.add(code, {
        subject,
        problem:
          `mesh "${mesh}" has trust domain ${ownTrustDomainInPolicies}, of which a policy can name ` +
          `${maxServiceAccounts} callers, and the export names ${callersFor(spec, mesh).length}`,
        remedy: `Give mesh "${mesh}" another trust domain, or name fewer callers`,
      });
  findings.addAll(callerIdFindings(spec, domains));
  return findings.all;
}

/**
 * Why a policy cannot tell the callers of a mesh that the export is not for from others; empty when it can.
 * @param accepted trust domains besides its own that the mesh accepts
 */
export function outsiderFindings(spec: ExportPlan, domains: TrustDomains, accepted: string[]): readonly Finding[] {
  const findings = new Findings();
  if (!spec.selector) return findings.all;
  const code = "export-callers-not-enforceable";
  const subject = `export "${spec.name}"`;
  const inTo = spec.to.flatMap((mesh) => domains.ofMeshes.get(mesh) ?? []);
  const outsiders = accepted.filter((domain) => !inTo.includes(domain));
  if (!domains.literal && outsiders.some((domain) => isForeignLocal(domain, domains)))
    findings.add(code, {
      subject,
      problem:
        `this mesh accepts trust domain ${ownTrustDomainInPolicies}, of no mesh in \`to\`, and a policy before Istio ` +
        `1.30 takes that name for its own (${domains.own})`,
      remedy: "Upgrade this mesh's Istio to 1.30, or remove the trust domain from mesh.acceptedTrustDomains",
    });
  const known = [...domains.ofMeshes.values()];
  const unattributed = outsiders.filter((domain) => !known.includes(domain));
  for (const mesh of spec.to.filter((name) => !domains.ofMeshes.has(name) && unattributed.length > 0))
    findings.add(code, {
      subject,
      problem:
        `the trust domain of mesh "${mesh}" is not known, and its policy would deny ${unattributed.join(", ")}, ` +
        "which this mesh accepts and which may be that mesh's",
      remedy: `Set peers.${mesh}.trustDomain`,
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
 * - with a peer of trust domain `cluster.local` in a mesh of another: its service accounts that are not listed, by
 *   `trustDomains` (Istio 1.30 and later).
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
  const named = peerDomains.filter((domain) => !isForeignLocal(domain, domains));
  const principals = (domain: string): string[] => [
    ...new Set([
      ...callersOfDomain(spec, domain, domains).map((caller) => `${domain}/ns/${caller.replace("/", "/sa/")}`),
      ...idPrincipals(spec, domain),
    ]),
  ];
  const listed = named.flatMap(principals);
  // A peer's `cluster.local` has a rule of its own, so the rules with principals leave it out.
  const exceptLocal = named.length < peerDomains.length ? { notTrustDomains: [ownTrustDomainInPolicies] } : {};
  const restricted = allCallers(spec).length > 0;
  const appliesToAll = restricted && spec.callersApplyTo === "everyone";
  const appliesToPeers = restricted && !appliesToAll;
  const rules: DenyRule[] = [];
  const add = (source: DenySource): void => void rules.push({ from: [{ source }], ...portsOf(spec) });
  if (appliesToAll)
    add({ notPrincipals: [...new Set([...listed, ...principals(domains.own)])].sort(), ...exceptLocal });
  const outsiders = accepted.filter((domain) => !peerDomains.includes(domain));
  const restrictedDomains = appliesToPeers ? named.filter((domain) => domain !== domains.own) : [];
  const denied = [...new Set([...restrictedDomains, ...outsiders])].sort();
  const byPrincipal = denied.filter((domain) => !isForeignLocal(domain, domains));
  if (byPrincipal.length > 0) {
    const admitted = restrictedDomains.flatMap(principals);
    const exceptListed = admitted.length > 0 ? { notPrincipals: admitted } : {};
    add({ principals: byPrincipal.map((domain) => `${domain}/*`), ...exceptListed });
  }
  if (denied.length > byPrincipal.length) add({ trustDomains: [ownTrustDomainInPolicies] });
  const ofLocal = callersOfDomain(spec, ownTrustDomainInPolicies, domains);
  if (restricted && named.length < peerDomains.length)
    add({
      trustDomains: [ownTrustDomainInPolicies],
      ...(ofLocal.length > 0 ? { notServiceAccounts: [...ofLocal].sort() } : {}),
    });
  if (appliesToPeers && spec.meshNeutral && peerDomains.includes(domains.own))
    rules.push({
      from: [{ source: { notPrincipals: listed, ...exceptLocal } }],
      when: [{ key: "connection.sni", values: [`*_.${spec.host}`] }],
    });
  return rules;
}

/**
 * Restricts a rule to the export's pod ports. If not every pod port is declared, or peers reach others too, the rule
 * applies to all ports of the pods: denying too much shows and can be corrected, denying too little is a security hole.
 */
function portsOf(spec: ExportPlan): Pick<DenyRule, "to"> {
  if (spec.allowUndeclared.ports) return {};
  const targets = spec.ports.flatMap((port) => spec.targetPorts[port.name] ?? []);
  return targets.length === spec.ports.length ? { to: [{ operation: { ports: targets.map(String) } }] } : {};
}
