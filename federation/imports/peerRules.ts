import { isIP } from "node:net";
import { isInRange, isRange, unusableGatewayAddress } from "../cluster/addressRange.ts";
import { rootNamespaceOf } from "../cluster/istioValueConflicts.ts";
import { istioNamespace } from "../config/defaults.ts";
import type { SiblingMesh } from "../config/declaredMesh.ts";
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
  /** By peer. */
  peers: ReadonlyMap<string, PeerRule>;
}

/** What a mesh accepts from one peer. */
export interface PeerRule {
  /** Suffixes of hosts, besides Services' own. */
  hosts: string[];
  /** Ranges of addresses, and names, that its gateways may have although no other mesh's should. */
  allowedAddresses: string[];
  /** Hosts of its exports that its stack file in this project declares, by name of the export. */
  declaredHosts: ReadonlyMap<string, string>;
}

/** Nothing beyond what is accepted from any peer. */
export const noPeerRules: PeerRules = { ownNetworks: [], ownNamespaces: [istioNamespace], peers: new Map() };

const noRule: PeerRule = { hosts: [], allowedAddresses: [], declaredHosts: new Map() };

/** Namespaces that every cluster has, whose Services are the cluster's own. */
const systemNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** The rules of a mesh for its peers, from its configuration and the stack files of this project. */
export function peerRules(
  config: Pick<MeshConfig, "peers" | "cluster" | "loadBalancer" | "istio" | "gateway">,
  siblings: readonly SiblingMesh[],
): PeerRules {
  const { cluster, loadBalancer, istio, gateway } = config;
  const networks = [
    cluster.podSubnet,
    cluster.serviceSubnet,
    ...(loadBalancer.provider === "metallb" ? (loadBalancer.addresses ?? []) : []),
  ];
  const names = new Set([...Object.keys(config.peers), ...siblings.map(({ name }) => name)]);
  const ruleOf = (name: string): PeerRule => ({
    hosts: config.peers[name]?.hosts ?? [],
    allowedAddresses: config.peers[name]?.allowedAddresses ?? [],
    declaredHosts: new Map(
      siblings
        .find((sibling) => sibling.name === name)
        ?.exports?.flatMap((spec) => (spec.host === undefined ? [] : [[spec.name, spec.host]])),
    ),
  });
  return {
    ownNetworks: networks.filter((network) => network !== undefined),
    ownNamespaces: [
      rootNamespaceOf({ istio }),
      istio.provider === "existing" ? istio.namespace : istioNamespace,
      ...(gateway.provider === "none" ? [] : [gateway.namespace]),
    ],
    peers: new Map([...names].map((name) => [name, ruleOf(name)])),
  };
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
  if (spec.as === undefined && !spec.blend)
    findings.addAll(hostFindings(spec, exported, mesh.name, rule, rules.ownNamespaces));
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

/** A host that this mesh would resolve to the peer although the peer has no right to the name. */
function hostFindings(
  spec: ImportConfig,
  { host, service, namespace, name }: ContractExport,
  peer: string,
  rule: PeerRule,
  ownNamespaces: string[],
): readonly Finding[] {
  const findings = new Findings();
  const subject = `import "${spec.name}"`;
  const isService = host === serviceHost(service, namespace);
  const reserved = [...systemNamespaces, ...ownNamespaces];
  if (isService && reserved.includes(namespace))
    findings.add("import-host-refused", {
      subject,
      problem: `mesh "${peer}" exports host "${host}", and namespace ${namespace} is this cluster's own`,
      remedy: "Import it under another name (as)",
    });
  const allowed = rule.hosts.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  if (!isService && !allowed && rule.declaredHosts.get(name) !== host)
    findings.add("import-host-refused", {
      subject,
      problem:
        `mesh "${peer}" exports host "${host}"; accepted are hosts of its Services (svc.cluster.local)` +
        (rule.hosts.length > 0 ? ` and below ${rule.hosts.join(", ")}` : ""),
      remedy: `Name a suffix of the host in peers.${peer}.hosts, or import it under another name (as)`,
    });
  return findings.all;
}
