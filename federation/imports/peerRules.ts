import { isIP } from "node:net";
import { isInRange, isRange, unusableGatewayAddress } from "../cluster/addressRange.ts";
import { rootNamespaceOf } from "../cluster/istioValueConflicts.ts";
import { defaultClusterDomain, istioNamespace } from "../config/defaults.ts";
import type { SiblingMesh } from "../config/declaredMesh.ts";
import type { PeerSettings } from "../config/peerSettings.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import type { ContractExport, FederationContract } from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { serviceHost } from "../objects/names.ts";
import type { ImportConfig } from "./importConfig.ts";

/** What an importing mesh believes of its peers' contracts, beyond their form. */
export interface PeerRules {
  /** Networks of this mesh, in which no peer's gateway can be. */
  ownNetworks: string[];
  /** Namespaces of this mesh's own control plane and gateway. */
  ownNamespaces: string[];
  /** The cluster domain of this mesh. */
  ownDomain: string;
  /** By peer. */
  peers: ReadonlyMap<string, PeerRule>;
}

/** What a mesh accepts from one peer. */
export interface PeerRule {
  /** Suffixes of hosts, besides Services' own. */
  hosts: string[];
  /** Ranges of addresses, and names, that its gateways may have although no other mesh's should. */
  allowedAddresses: string[];
  /** Its cluster domain, as this mesh's configuration states it. */
  clusterDomain?: string | undefined;
  /** Its cluster domain, as its stack file in this project declares it. */
  declaredDomain?: string | undefined;
  /** Hosts of its exports that its stack file in this project declares, by name of the export. */
  declaredHosts: ReadonlyMap<string, string>;
}

/** Nothing beyond what is accepted from any peer. */
export const noPeerRules: PeerRules = {
  ownNetworks: [],
  ownNamespaces: [istioNamespace],
  ownDomain: defaultClusterDomain,
  peers: new Map(),
};

const noRule: PeerRule = { hosts: [], allowedAddresses: [], declaredHosts: new Map() };

/** Namespaces that every cluster has, whose Services are the cluster's own. */
const systemNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** The rules of a mesh for its peers, from its configuration and the stack files of this project. */
export function peerRules(
  config: Pick<MeshConfig, "mesh" | "peers" | "cluster" | "loadBalancer" | "istio" | "gateway">,
  siblings: readonly SiblingMesh[],
): PeerRules {
  const { cluster, loadBalancer, istio, gateway } = config;
  const networks = [
    cluster.podSubnet,
    cluster.serviceSubnet,
    ...(loadBalancer.provider === "metallb" ? (loadBalancer.addresses ?? []) : []),
  ];
  return {
    ownNetworks: networks.filter((network) => network !== undefined),
    ownNamespaces: [
      rootNamespaceOf({ istio }),
      istio.provider === "existing" ? istio.namespace : istioNamespace,
      ...(gateway.provider === "none" ? [] : [gateway.namespace]),
    ],
    ownDomain: config.mesh.clusterDomain,
    peers: rulesByPeer(config.peers, siblings),
  };
}

/** The rules for each peer, from what a mesh's owner says of its peers and the stack files of this project, if any. */
export function rulesByPeer(
  peers: Readonly<Record<string, PeerSettings>>,
  siblings: readonly SiblingMesh[] = [],
): ReadonlyMap<string, PeerRule> {
  const names = new Set([...Object.keys(peers), ...siblings.map(({ name }) => name)]);
  const ruleOf = (name: string): PeerRule => {
    const [settings, sibling] = [peers[name], siblings.find((mesh) => mesh.name === name)];
    return {
      hosts: settings?.hosts ?? [],
      allowedAddresses: settings?.allowedAddresses ?? [],
      clusterDomain: settings?.clusterDomain,
      declaredDomain: sibling?.clusterDomain,
      declaredHosts: new Map(
        sibling?.exports?.flatMap((spec) => (spec.host === undefined ? [] : [[spec.name, spec.host]])),
      ),
    };
  };
  return new Map([...names].map((name) => [name, ruleOf(name)]));
}

/** Why an import cannot use what a peer's contract says; empty when it can. */
export function peerRuleFindings(
  spec: ImportConfig,
  exported: ContractExport,
  { mesh, gateways }: FederationContract,
  rules: PeerRules,
): readonly Finding[] {
  const rule = rules.peers.get(mesh.name) ?? noRule;
  const findings = new Findings();
  if (spec.as === undefined && !spec.blend) findings.addAll(hostFindings(spec, exported, mesh, rule, rules));
  for (const { address } of gateways) {
    const reason = unusableGatewayAddress(address, rules.ownNetworks);
    if (reason === undefined || rule.allowedAddresses.some((allowed) => allows(allowed, address))) continue;
    findings.add("peer-gateway-address", {
      subject: `import "${spec.name}"`,
      problem: `mesh "${mesh.name}" publishes gateway address ${address}, which is ${reason}`,
      remedy:
        "Ask its owner for the address that this mesh reaches, " + `or allow it in peers.${mesh.name}.allowedAddresses`,
    });
  }
  return findings.all;
}

/** Whether a range or a name takes an address or a name. */
function allows(allowed: string, address: string): boolean {
  return allowed === address || (isRange(allowed) && isIP(address) !== 0 && isInRange(address, allowed));
}

/**
 * The cluster domains of a peer's Services that a mesh accepts. Where it states none, the peer's own word counts only
 * for the mesh's own domain, whose names meshes of one domain share anyway. By any other word, a peer could take names
 * below `svc.` of a domain of its choice.
 */
function acceptedDomains(published: string, rule: PeerRule, ownDomain: string): string[] {
  if (rule.clusterDomain !== undefined) return [rule.clusterDomain];
  const believed = [defaultClusterDomain, ...(published === ownDomain ? [ownDomain] : []), rule.declaredDomain];
  return [...new Set(believed.filter((domain) => domain !== undefined))];
}

/** A host that this mesh would resolve to the peer although the peer has no right to the name. */
function hostFindings(
  spec: ImportConfig,
  { host, service, namespace, name }: ContractExport,
  { name: peer, clusterDomain: published }: FederationContract["mesh"],
  rule: PeerRule,
  { ownNamespaces, ownDomain }: PeerRules,
): readonly Finding[] {
  const findings = new Findings();
  const subject = `import "${spec.name}"`;
  const domains = acceptedDomains(published, rule, ownDomain);
  const domain = domains.find((accepted) => host === serviceHost(service, namespace, accepted));
  const reserved = [...systemNamespaces, ...ownNamespaces];
  if (domain !== undefined && [ownDomain, defaultClusterDomain].includes(domain) && reserved.includes(namespace))
    findings.add("import-host-refused", {
      subject,
      problem: `mesh "${peer}" exports host "${host}", and namespace ${namespace} is this cluster's own`,
      remedy: "Import it under another name (as)",
    });
  const ofServices = domains.map((accepted) => `svc.${accepted}`).join(", ");
  const allowed = rule.hosts.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  if (domain !== undefined || allowed || rule.declaredHosts.get(name) === host) return findings.all;
  findings.add("import-host-refused", {
    subject,
    problem:
      `mesh "${peer}" exports host "${host}"; accepted are hosts of its Services (${ofServices})` +
      (rule.hosts.length > 0 ? ` and below ${rule.hosts.join(", ")}` : ""),
    remedy:
      host === serviceHost(service, namespace, published)
        ? `If ${published} is the domain of its cluster, set it in peers.${peer}.clusterDomain, ` +
          "or import it under another name (as)"
        : `Name a suffix of the host in peers.${peer}.hosts, or import it under another name (as)`,
  });
  return findings.all;
}
