import type { SiblingMesh } from "../config/declaredMesh.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import { quarantineCause, type ContractQuarantine, type PendingReason } from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import type { ExportPlan } from "../exports/exportPlan.ts";
import type { Peer } from "../imports/resolveImports.ts";
import { rfc1123Subdomain } from "../objects/names.ts";
import { isDeniable } from "./quarantinePolicy.ts";
import { trustDomainsOf, type TrustDomains } from "./trustDomains.ts";

/** Most trust domains that are denied of one peer: it can publish another one before each `up`. */
const maxDomains = 16;

/** The peers that a mesh does not trust for now. */
export interface QuarantinePlan {
  peers: ContractQuarantine[];
  /** Trust domains that it does not accept: those of these peers, but for its own and those of meshes it exports to. */
  refused: string[];
  /** Peers that no policy denies, and what is left to the mesh's owner. */
  warnings: readonly Finding[];
}

/** What plans a federation. */
interface Inputs {
  config: MeshConfig;
  siblings: SiblingMesh[];
  peers: ReadonlyMap<string, Peer>;
}

/**
 * Plans the quarantine of peers.
 *
 * A peer is denied by each trust domain that is known for it: the stated one, the one in its contract, and those that
 * the last `up` denied. So it does not leave the quarantine by another contract, or by none.
 *
 * @param before the quarantine that the mesh has published
 */
export function planQuarantine(
  { config, siblings, peers }: Inputs,
  before: readonly ContractQuarantine[] = [],
): QuarantinePlan {
  const outside = outsideQuarantine({ config, siblings, peers }, []);
  const { exports } = outside.config;
  const domains = trustDomainsOf(outside.config, outside.siblings, outside.peers);
  const plan: QuarantinePlan = { peers: [], refused: [], warnings: [] };
  const findings = new Findings();
  for (const mesh of [...new Set(config.quarantine)].sort()) {
    const known = domainsOf(mesh, { config, siblings, peers }, before);
    const owners = new Map(known.map((domain) => [domain.name, ownersOf(domain, exports, domains)]));
    const refused = known.map(({ name }) => name).filter((name) => owners.get(name)!.length === 0);
    const denied = refused.filter((name) => isDeniable(name, domains));
    plan.refused.push(...refused);
    plan.peers.push({ mesh, trustDomains: [...denied].sort() });
    const add = (problem: string): void =>
      findings.add("quarantine-not-denied", {
        subject: `quarantine of mesh "${mesh}"`,
        problem: `no policy denies ${problem}. ${stillExported(exports)}`,
        remedy:
          "Close the gateway to that mesh's network, or remove these exports, and give the meshes trust domains of " +
          `their own (mesh.trustDomain, peers.${mesh}.trustDomain)`,
      });
    if (known.length === 0) add("its callers, because its trust domain is not known");
    for (const { name } of known.filter((domain) => !denied.includes(domain.name)))
      add(
        `callers of trust domain ${name}, because ` +
          (owners.get(name)!.length > 0
            ? `it is that of ${owners.get(name)!.join(" and ")} too`
            : `that name means this mesh's own (${domains.own}) in policies before Istio 1.30`),
      );
    findings.addAll(leftToOwner(mesh, config, refused));
  }
  return { ...plan, warnings: findings.all };
}

/** What a mesh plans with while peers are in quarantine: whatever these say, or others say of them, does not count. */
export function outsideQuarantine({ config, siblings, peers }: Inputs, refused: readonly string[]): Inputs {
  const isOutside = (name: string): boolean => !config.quarantine.includes(name);
  return {
    config: {
      ...config,
      mesh: {
        ...config.mesh,
        acceptedTrustDomains: config.mesh.acceptedTrustDomains.filter((domain) => !refused.includes(domain)),
      },
      exports: exportsOutside(config.exports, config.quarantine),
      peers: Object.fromEntries(Object.entries(config.peers).filter(([name]) => isOutside(name))),
    },
    siblings: siblings.filter(({ name }) => isOutside(name)),
    peers: new Map([...peers].filter(([name]) => isOutside(name))),
  };
}

/** Why imports from meshes in quarantine wait, by mesh name. */
export function waitingInQuarantine(quarantine: readonly string[]): Map<string, PendingReason> {
  return new Map(
    quarantine.map((mesh) => [mesh, { reason: `mesh "${mesh}" is in quarantine`, cause: quarantineCause }]),
  );
}

/** Exports without the meshes in quarantine; without those that are for such meshes only. */
function exportsOutside(exports: readonly ExportPlan[], quarantine: readonly string[]): ExportPlan[] {
  return exports.flatMap((spec) => {
    const to = spec.to.filter((mesh) => !quarantine.includes(mesh));
    return to.length === 0 && spec.to.length > 0 ? [] : [{ ...spec, to }];
  });
}

/** A trust domain that a mesh may have. */
interface KnownDomain {
  name: string;
  /** Whether the owner of the mesh that plans says so, and not the mesh in quarantine. */
  stated: boolean;
}

/** The trust domains that are known for a mesh: first what this mesh's owner states, last what was denied before. */
function domainsOf(mesh: string, inputs: Inputs, before: readonly ContractQuarantine[]): KnownDomain[] {
  const { config, siblings, peers } = inputs;
  const peer = peers.get(mesh);
  const stated = [
    ...siblings.map(({ name, trustDomain }) => (name === mesh ? trustDomain : undefined)),
    config.peers[mesh]?.trustDomain,
  ].filter((domain) => domain !== undefined);
  const claimed = [
    ...(peer?.state === "up" ? [peer.contract.mesh.trustDomain] : []),
    ...before.flatMap((entry) => (entry.mesh === mesh ? entry.trustDomains : [])),
  ];
  return (
    [...new Set([...stated, ...claimed])]
      // A stack file is checked by its own stack only.
      .filter((name) => rfc1123Subdomain.test(name))
      .slice(0, maxDomains)
      .map((name) => ({ name, stated: stated.includes(name) }))
  );
}

/**
 * Whose callers a policy for a trust domain would deny besides: this mesh's, and those of meshes that it exports to. A
 * trust domain that only the mesh in quarantine claims is not denied to any other mesh.
 */
function ownersOf(
  { name, stated }: KnownDomain,
  exports: readonly ExportPlan[],
  { own, ofMeshes }: TrustDomains,
): string[] {
  const callers = stated ? exports.flatMap(({ to }) => to) : [...ofMeshes.keys()];
  const others = [...new Set(callers)].filter((mesh) => ofMeshes.get(mesh) === name);
  return [...(name === own ? ["this mesh"] : []), ...others.map((mesh) => `mesh "${mesh}"`)];
}

function stillExported(exports: readonly ExportPlan[]): string {
  const hosts = exports.map(({ host }) => host);
  return hosts.length === 0
    ? "No host stays exported"
    : `What stays exported to others may answer them: ${hosts.join(", ")}`;
}

/** What this program does not manage, and does not take from the mesh's Istio. */
function leftToOwner(mesh: string, { istio, mesh: own }: MeshConfig, refused: readonly string[]): Finding[] {
  const accepted = own.acceptedTrustDomains.filter((domain) => refused.includes(domain));
  if (istio.provider === "managed" && accepted.length === 0) return [];
  const where = istio.provider === "managed" ? "istio.values" : "its existing Istio";
  return [
    {
      code: "quarantine-left-to-owner",
      subject: `quarantine of mesh "${mesh}"`,
      problem: `meshConfig.caCertificates of ${where} may still accept its certificates; this program keeps them`,
      remedy:
        `Remove the root and the trust domain of mesh "${mesh}" there` +
        (accepted.length > 0 ? ` (${accepted.join(", ")})` : ""),
    },
  ];
}
