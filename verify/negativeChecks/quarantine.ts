import { isDeepStrictEqual } from "node:util";
import { hasSourceTrustDomains } from "../../federation/config/versions.ts";
import { importedFrom, type ContractQuarantine, type FederationContract } from "../../federation/contract/contract.ts";
import { printable } from "../../federation/errors/userError.ts";
import { isManaged } from "../../federation/objects/labels.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import type { CertificateFacts } from "../../federation/trust/certificate.ts";
import { quarantineName, quarantinePolicy } from "../../federation/trust/quarantinePolicy.ts";
import { isUnread, type TrustContract } from "../../federation/trust/trustEvidence.ts";
import type { Contracts } from "../edge.ts";
import { failed } from "../evidence.ts";
import type { QuarantineEvidence } from "../gather/quarantineEvidence.ts";
import { negativeResult, type NegativeCheck, type NegativeResult } from "./result.ts";

/** Things of one kind that are shown at most. */
const maxShown = 3;

/** A mesh, a peer that it has in quarantine, and what is known of all meshes. */
export interface QuarantineSubject {
  own: FederationContract;
  entry: ContractQuarantine;
  contracts: Contracts;
  /** What the contracts say of roots. */
  trust: ReadonlyMap<string, TrustContract>;
}

/** The result for a peer in quarantine. It passes where every proxy was read and nothing is left of the peer. */
export function quarantineResult(
  check: NegativeCheck,
  subject: QuarantineSubject,
  evidence: QuarantineEvidence,
): NegativeResult {
  const { own, entry } = subject;
  const problems = [
    ...contractProblems(subject),
    ...endpointProblems(subject, evidence),
    ...anchorProblems(subject, evidence),
    ...policyProblems(subject, evidence),
    ...hostProblems(subject, evidence),
    ...evidence.calls.filter(({ outcome }) => outcome === "accepted").map((c) => `${c.call} is answered: ${c.detail}`),
  ];
  const unread = unreadOf(evidence);
  const read = evidence.trust.filter((proxy) => !isUnread(proxy)).length;
  const refused = evidence.calls.filter(({ outcome }) => outcome === "refused").length;
  const state = problems.length > 0 ? "failed" : unread ? "unknown" : "passed";
  const seen = {
    failed: problems.join("; "),
    unknown: `${unread}, so the check is not conclusive`,
    passed: `no endpoint, anchor or host of ${entry.mesh} is left; ${callsText(entry.mesh, evidence)}`,
  }[state];
  return negativeResult(
    check,
    own.mesh.name,
    {
      state,
      control: `${read} proxies read${refused > 0 ? `, ${refused} calls refused` : ""}`,
      evidence: printable(seen),
      seenFrom: own.mesh.name,
    },
    entry.mesh,
  );
}

function callsText(mesh: string, { calls }: QuarantineEvidence): string {
  const [first] = calls.filter(({ outcome }) => outcome === "refused");
  if (first) return `${first.call} is refused ${first.detail}`;
  const [open] = calls;
  return open ? `${open.call} proves nothing: ${open.detail}` : `there is no call from ${mesh} to try`;
}

/** What the mesh publishes although the peer is in quarantine. */
function contractProblems({ own, entry: { mesh } }: QuarantineSubject): string[] {
  const imports = own.imports.filter((spec) => importedFrom(spec).includes(mesh)).map(({ name }) => name);
  const exports = own.exports.filter(({ to }) => to.includes(mesh)).map(({ name }) => name);
  return [
    ...(imports.length > 0 ? [`${shown(imports)} is still imported from ${mesh}`] : []),
    ...(exports.length > 0 ? [`${shown(exports)} is still exported to ${mesh}`] : []),
  ];
}

/**
 * Endpoints of the peer's gateways. An address that the mesh has itself, or that it imports from another peer, is not
 * the peer's alone; what other contracts say does not count.
 */
function endpointProblems({ own, entry, contracts }: QuarantineSubject, { traffic }: QuarantineEvidence): string[] {
  const imported = own.imports.flatMap(({ gateways }) => gateways.filter(({ mesh }) => mesh !== entry.mesh));
  const others = new Set([...own.gateways, ...imported].map(socketAddress));
  const gateways = (contracts.get(entry.mesh)?.gateways ?? []).map(socketAddress).filter((at) => !others.has(at));
  const left = traffic.flatMap((proxy) =>
    failed(proxy) ? [] : gateways.filter((at) => proxy.endpoints.has(at)).map((at) => `${at} in ${proxy.pod}`),
  );
  return left.length > 0 ? [`the gateway of ${entry.mesh} is an endpoint: ${shown(left)}`] : [];
}

/**
 * Anchors and roots of the peer in the proxies' bundles: certificates that permit a trust domain of it, or have the key
 * of one of its roots. A root that the mesh has itself, or by which it trusts another peer, is not the peer's alone.
 * Neither is another mesh's trust domain that the peer claims, unless the mesh denies it.
 */
function anchorProblems({ own, entry, trust }: QuarantineSubject, evidence: QuarantineEvidence): string[] {
  const peer = trust.get(entry.mesh);
  const others = [...trust.values()].filter(({ mesh }) => mesh !== entry.mesh);
  const claimed = peer && others.every(({ trustDomain }) => trustDomain !== peer.trustDomain) ? [peer.trustDomain] : [];
  const domains = new Set([...entry.trustDomains, ...claimed]);
  const keys = new Set(peer?.roots.map(({ certificate }) => certificate.keySha256));
  for (const { mesh, roots } of others)
    for (const { certificate: c } of roots)
      if (mesh === own.mesh.name || own.mesh.trusts[mesh]?.includes(c.sha256)) keys.delete(c.keySha256);
  const isPeers = ({ permittedUris, keySha256 }: CertificateFacts): boolean =>
    keys.has(keySha256) || permittedUris.some((domain) => domains.has(domain));
  const left = evidence.trust.flatMap((proxy) =>
    isUnread(proxy) ? [] : proxy.bundle.filter(isPeers).map(({ sha256 }) => `${sha256.slice(0, 16)} in ${proxy.pod}`),
  );
  return left.length > 0 ? [`certificates of ${entry.mesh} are still trusted: ${shown(left)}`] : [];
}

/** What is wrong with the policy that denies the peer: the object, and what the sidecars have of it. */
function policyProblems({ own, entry }: QuarantineSubject, { policies, traffic, gateways }: QuarantineEvidence) {
  const { mesh, trustDomains } = entry;
  if (trustDomains.length === 0) {
    const hosts = gateways.flatMap((gateway) => gateway.hosts);
    return hosts.length > 0 ? [`no policy denies callers of ${mesh}, and a gateway passes on ${shown(hosts)}`] : [];
  }
  const name = quarantineName(mesh);
  const found = policies.filter(({ metadata }) => metadata.name === name && isManaged(metadata));
  if (found.length === 0) return [`AuthorizationPolicy ${name} does not exist`];
  const { trustDomain, istioMinor } = own.mesh;
  const domains = { own: trustDomain, literal: hasSourceTrustDomains(istioMinor) };
  const expected = quarantinePolicy(mesh, trustDomains, domains, "").spec;
  if (!found.some(({ spec }) => isDeepStrictEqual(spec, expected)))
    return [`AuthorizationPolicy ${name} is not as \`up\` made it`];
  const without = traffic.flatMap((proxy) =>
    failed(proxy) || !proxy.denials || denies(proxy.denials, entry) ? [] : [proxy.pod],
  );
  return without.length > 0 ? [`AuthorizationPolicy ${name} is not in force in ${shown(without)}`] : [];
}

/** Whether a proxy denies each trust domain. It has them in URIs, as texts or as regular expressions. */
function denies(denials: ReadonlyMap<string, string>, { mesh, trustDomains }: ContractQuarantine): boolean {
  const rules = [...denials].filter(([rule]) => rule.includes(`-policy[${quarantineName(mesh)}]-rule[`));
  const named = rules.flatMap(([, text]) => text.replaceAll("\\", "").split(/[^A-Za-z0-9.-]+/));
  return trustDomains.every((domain) => named.includes(domain));
}

/** Hosts that a Gateway object of this project still passes on, although no export publishes them. */
function hostProblems({ own }: QuarantineSubject, { gateways }: QuarantineEvidence): string[] {
  const exported = own.exports.map(({ host }) => host);
  const left = gateways
    .filter(({ managed }) => managed)
    .flatMap(({ object, hosts }) => hosts.filter((host) => !exported.includes(host)).map((h) => `${h} in ${object}`));
  return left.length > 0 ? [`a gateway passes on what no export publishes: ${shown(left)}`] : [];
}

/** Why not everything was seen; undefined where it was. */
function unreadOf({ trust, traffic }: QuarantineEvidence): string | undefined {
  const failures = [
    ...trust.flatMap((proxy) => (isUnread(proxy) ? [`${proxy.pod}: ${proxy.failure}`] : [])),
    ...traffic.flatMap((proxy) => (failed(proxy) ? [`${proxy.pod}: ${proxy.failure}`] : [])),
  ];
  if (failures.length > 0) return `proxies cannot be read: ${shown(failures)}`;
  return trust.length === 0 ? "no proxy runs" : undefined;
}

function shown(items: readonly string[]): string {
  const more = items.length > maxShown ? ` and ${items.length - maxShown} more` : "";
  return `${items.slice(0, maxShown).join(", ")}${more}`;
}
