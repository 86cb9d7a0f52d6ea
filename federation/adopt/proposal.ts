import { selects, serviceOfHost, tcpPorts, type LivePort } from "../checks/liveCluster.ts";
import { portProtocols, type PortProtocol } from "../config/fields.ts";
import { listOf, mappingIn, mappingOf } from "../config/values.ts";
import { minorOf } from "../config/versions.ts";
import { rfc1123Label, rfc1123Subdomain } from "../objects/names.ts";
import type { Adoption } from "./classify.ts";
import { entryPorts, textsOf } from "./endpoints.ts";
import type { FoundImport } from "./foundImports.ts";
import { ofKind, type HandMade } from "./handMade.ts";
import type { GatewayFacts, MeshFacts } from "./meshFacts.ts";

/** How the cluster of a stack is reached. */
export interface ClusterAccess {
  kubeconfigPath: string;
  /** Undefined: the kubeconfig's current one. */
  context?: string | undefined;
}

/** A stack file of this project that says what a federation by hand does, as far as the cluster tells. */
export interface Proposal {
  /** Keys without their prefix. */
  config: Record<string, unknown>;
  imports: ProposedEntry[];
  exports: ProposedEntry[];
}

/** An entry of `imports` or `exports` for a host. */
export interface ProposedEntry {
  host: string;
  /** Undefined where no entry can say it; `notes` has the reason. */
  entry: Record<string, unknown> | undefined;
  /** What the owner has to add, or what the entry changes. */
  notes: string[];
}

/** What a proposal is made from. */
export interface ProposalInput {
  mesh: string;
  facts: MeshFacts;
  gateway: GatewayFacts | undefined;
  found: HandMade;
  adoption: Adoption;
  access: ClusterAccess;
  clusterDomain: string;
}

/** Writes down a federation by hand as a stack file of this project. Nothing in it is in force. */
export function proposalOf(input: ProposalInput): Proposal {
  const { adoption, gateway } = input;
  const peers = new Set<string>();
  const used = new Set<string>();
  const imports = adoption.imports.flatMap((found) =>
    found.hosts.map((host) => proposedImport(found, host, input, peers, used)),
  );
  const exports = adoption.exported.map((host) => proposedExport(host, input, used));
  const entries = (list: ProposedEntry[]) => list.flatMap(({ entry }) => (entry ? [entry] : []));
  const config = {
    ...meshKeys(input),
    ...(gateway && adoption.exported.length > 0
      ? {
          gateway: {
            provider: "existing",
            namespace: gateway.namespace,
            labels: gateway.labels,
            addresses: gateway.addresses,
            port: gateway.port,
          },
        }
      : {}),
    ...(entries(exports).length > 0 ? { exports: entries(exports) } : {}),
    ...(entries(imports).length > 0 ? { imports: entries(imports) } : {}),
    ...(entries(imports).length > 0 && adoption.imports.some(({ hasRule }) => hasRule)
      ? { importRules: "always" }
      : {}),
    ...(peers.size > 0
      ? { peers: Object.fromEntries([...peers].sort().map((peer) => [peer, { file: `contracts/${peer}.json` }])) }
      : {}),
  };
  return { config, imports, exports };
}

/** The keys that say which mesh it is, and where. What the cluster does not say keeps its default. */
export function meshKeys({ mesh, facts, access }: Pick<ProposalInput, "mesh" | "facts" | "access">) {
  const given = Object.entries({
    meshId: facts.meshId,
    cluster: facts.cluster,
    network: facts.network,
    trustDomain: facts.trustDomain,
    clusterDomain: facts.clusterDomain,
  }).flatMap(([key, fact]) => (fact ? [[key, fact.value]] : []));
  const accepted = acceptedDomains(facts);
  const { kubeconfigPath, context } = access;
  const version = facts.version?.value;
  return {
    mesh: {
      name: mesh,
      ...Object.fromEntries(given),
      ...(accepted.length > 0 ? { acceptedTrustDomains: accepted } : {}),
    },
    cluster: { provider: "existing", kubeconfigPath, ...(context ? { context } : {}) },
    loadBalancer: { provider: "none" },
    istio: {
      provider: "existing",
      ...(version && minorOf(version) ? { version } : {}),
      ...(facts.istioNamespace ? { namespace: facts.istioNamespace.value } : {}),
      ...(facts.revision ? { revision: facts.revision.value } : {}),
    },
  };
}

/**
 * Trust domains besides the mesh's own that its workloads accept.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig
 */
function acceptedDomains({ meshConfig, trustDomain }: MeshFacts): string[] {
  const config = mappingIn(meshConfig);
  const anchored = listOf(config["caCertificates"]).flatMap((entry) => listOf(mappingOf(entry)["trustDomains"]));
  const domains = [...anchored, ...listOf(config["trustDomainAliases"])].filter(
    (domain): domain is string => typeof domain === "string" && rfc1123Subdomain.test(domain),
  );
  return [...new Set(domains)].filter((domain) => domain !== trustDomain?.value).sort();
}

function proposedImport(
  found: FoundImport,
  host: string,
  { clusterDomain }: ProposalInput,
  peers: Set<string>,
  used: Set<string>,
): ProposedEntry {
  const notes: string[] = [];
  const from = [...new Set(found.endpoints.map(peerOf))];
  if (!rfc1123Subdomain.test(host))
    return { host, entry: undefined, notes: ["A host with a wildcard is no import of this project."] };
  for (const peer of from) peers.add(peer);
  if (from.includes(unknownPeer))
    notes.push(`Nothing names the mesh that answers; the entry calls it "${unknownPeer}". Give its name.`);
  const { namespace } = found.entry;
  const everywhere = found.exportTo.length === 0 || found.exportTo.includes("*");
  const visibleTo = everywhere ? ["*"] : found.exportTo.map((name) => (name === "." ? namespace : name));
  if (everywhere) notes.push("Every namespace may call it; name those that need it in visibleTo.");
  if (found.sans.length === 0)
    notes.push("Any workload with a trusted certificate may answer today; the import accepts the exporter's only.");
  if (found.modes.some((mode) => mode !== "ISTIO_MUTUAL") || (found.modes.length === 0 && !found.autoMtls))
    notes.push(`Its calls use TLS mode ${found.modes.join(", ") || "none"} today; the import uses ISTIO_MUTUAL.`);
  const ports = found.ports.flatMap(({ number, protocol }) => {
    const known = protocolOf(protocol);
    return [known ? { number, protocol: known } : { number }];
  });
  const name = unique(host.split(".")[0]!, used);
  return {
    host,
    entry: {
      name,
      from: from.length === 1 ? from[0] : from,
      ...(serviceOfHost(host, clusterDomain) ? {} : { as: host }),
      namespace,
      visibleTo: visibleTo.filter((one) => one === "*" || rfc1123Label.test(one)),
      ...(ports.length > 0 ? { ports } : {}),
    },
    notes: [...notes, `\`name\` is the name of the export in the other mesh; "${name}" is a guess.`],
  };
}

/** The name of a mesh of which nothing tells the name. */
const unknownPeer = "peer";

function peerOf({ peer, network }: FoundImport["endpoints"][number]): string {
  const name = (peer || network.replace(/^network-/, "")).toLowerCase();
  return rfc1123Label.test(name) ? name : unknownPeer;
}

/** An entry of `exports` for a host, without the meshes that may import it. `used`: names that others have. */
export function proposedExport(
  host: string,
  { found, clusterDomain }: Pick<ProposalInput, "found" | "clusterDomain">,
  used: Set<string>,
): ProposedEntry {
  const entry = ofKind(found.objects, "ServiceEntry").find(({ spec }) => [spec["hosts"]].flat().includes(host));
  const labels = textsOf(mappingOf(entry?.spec["workloadSelector"])["labels"]);
  const named = serviceOfHost(host, clusterDomain);
  const service = found.services.find((s) =>
    named
      ? s.namespace === named.namespace && s.name === named.name
      : s.namespace === entry?.namespace && selects(s.selector, labels),
  );
  if (!service) return { host, entry: undefined, notes: ["No Service of this cluster has the pods behind it."] };
  const pods = found.pods.filter((pod) => pod.namespace === service.namespace && selects(service.selector, pod.labels));
  const serviceAccounts = [...new Set(pods.map(({ account }) => account))].sort();
  const ports = named
    ? tcpPorts(service).map((port) => ({ name: port.name || `port-${port.number}`, ...numbered(port) }))
    : entryPorts(entry?.spec ?? {}).map(({ name, number, protocol }) => ({
        ...{ name, number },
        protocol: protocolOf(protocol) ?? "TCP",
      }));
  const notes = ["`to` must name the meshes that may import it: today every mesh that reaches the gateway can."];
  if (serviceAccounts.length === 0) notes.push("It has no pods, so nothing tells its service accounts. Name them.");
  return {
    host,
    entry: {
      name: unique(service.name, used),
      namespace: service.namespace,
      service: service.name,
      ...(named ? {} : { host }),
      ports,
      ...(Object.keys(service.selector).length > 0 ? { selector: service.selector } : {}),
      serviceAccounts: serviceAccounts.length > 0 ? serviceAccounts : ["default"],
      to: [],
    },
    notes,
  };
}

function numbered({ number, name, appProtocol }: LivePort) {
  const protocol = protocolOf((appProtocol ?? name).split("-")[0]!) ?? "TCP";
  return { number, protocol };
}

/** https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
function protocolOf(text: string): PortProtocol | undefined {
  return portProtocols.find((protocol) => protocol === text.toUpperCase());
}

function unique(name: string, used: Set<string>): string {
  const base = rfc1123Label.test(name) ? name : "service";
  let found = base;
  for (let i = 2; used.has(found); i++) found = `${base.slice(0, 59)}-${i}`;
  used.add(found);
  return found;
}
