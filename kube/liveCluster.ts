import { servicesInvolved } from "../federation/checks/liveChecks.ts";
import type { GatewayObject, LiveCluster, LiveObject } from "../federation/checks/liveCluster.ts";
import type { GatewaySelector } from "../federation/cluster/gatewayObjects.ts";
import { hasRoutes } from "../federation/imports/routePolicy.ts";
import { isManaged } from "../federation/objects/labels.ts";
import { fullHost } from "../federation/objects/names.ts";
import type { FederationPlan } from "../federation/planFederation.ts";
import { readDomains } from "./clusterDomain.ts";
import type { IstioPlace } from "./existingIstio.ts";
import { KubeClient } from "./kubeClient.ts";
import { livePod, liveService } from "./liveObjects.ts";
import { liveSidecar, routedHosts } from "./liveRouting.ts";
import { isLiving, type IstioObject, type Pod } from "./objects.ts";
import { pathSegment } from "./request.ts";
import { Reader } from "./reader.ts";
import { livePeerAuthentications, ruleEjects } from "./liveMtls.ts";
import { clientTls, ruleTls } from "./ruleTls.ts";

/** Milliseconds that the API server may take for one answer: a preview waits for it. */
const timeout = 5_000;

/** What else is read of a cluster. */
interface ReadOptions {
  /** Names of namespaces whose labels matter. Default: none. */
  namespaces?: readonly string[];
  /** An existing Istio, whose cluster domain is read. Default: none. */
  istio?: IstioPlace | undefined;
}

/**
 * Reads what the live checks of a plan need from the cluster; only reads. What the API server refuses to show is in
 * `unread`; of the cluster's domain, only what it shows counts. Rejects when the API server cannot be reached in five
 * seconds.
 */
export async function readLiveCluster(
  kubeconfig: string,
  context: string | undefined,
  plan: Pick<FederationPlan, "imports" | "exports" | "identity">,
  gateway?: GatewaySelector,
  { namespaces = [], istio }: ReadOptions = {},
): Promise<LiveCluster> {
  const client = new KubeClient(kubeconfig, context, timeout);
  const reader = new Reader();
  const { clusterDomain } = plan.identity;
  const [rules, entries, ofGateway, ofClients, domains, services] = await Promise.all([
    reader.read("DestinationRules", () => client.istio("networking", "destinationrules"), []),
    reader.read("ServiceEntries", () => client.istio("networking", "serviceentries"), []),
    gateway && readGateway(client, reader, gateway),
    plan.imports.length > 0 ? readClientSide(client, reader, plan, namespaces) : {},
    readDomains(client, istio),
    Promise.all(
      servicesInvolved(plan).map(({ namespace, name }) =>
        reader.read(`Service ${namespace}/${name}`, () => client.service(namespace, name), undefined),
      ),
    ),
  ]);
  const found = services.flatMap((service) => (service ? [liveService(service)] : []));
  const pods = await Promise.all(
    plan.exports.map(async ({ spec }): Promise<[string, Pod[]]> => {
      const service = found.find((s) => s.namespace === spec.namespace && s.name === spec.service);
      if (!service || Object.keys(service.selector).length === 0) return [spec.name, []];
      const list = () => client.pods(service.namespace, { labels: service.selector });
      const listed = await reader.read(`pods of namespace ${service.namespace}`, list, []);
      return [spec.name, listed.filter(isLiving)];
    }),
  );
  return {
    services: found,
    rules: foreignRules(rules, clusterDomain),
    entries: foreignObjects(entries, clusterDomain),
    accounts: new Map(pods.map(([name, found]) => [name, accountsOf(found)])),
    pods: new Map(pods.map(([name, found]) => [name, found.map(livePod)])),
    ...(ofGateway ? { gateway: ofGateway } : {}),
    ...ofClients,
    domains,
    unread: reader.unread,
  };
}

/**
 * What decides how clients see imports. VirtualServices matter where one has routes, or a Sidecar may hide it;
 * PeerAuthentications, where one has no DestinationRule.
 */
async function readClientSide(
  client: KubeClient,
  reader: Reader,
  { imports, identity: { clusterDomain } }: Pick<FederationPlan, "imports" | "identity">,
  namespaces: readonly string[],
): Promise<Pick<LiveCluster, "sidecars" | "routed" | "virtualServices" | "namespaces" | "peerAuthentications">> {
  const dependsOnMtls = imports.some(({ hasRule }) => !hasRule);
  const [sidecars, policies, labels] = await Promise.all([
    reader.read("Sidecars", () => client.istio("networking", "sidecars"), []),
    dependsOnMtls ? reader.read("PeerAuthentications", () => client.istio("security", "peerauthentications"), []) : [],
    Promise.all(
      namespaces.map(async (name): Promise<[string, Record<string, string>][]> => {
        const path = `/api/v1/namespaces/${pathSegment(name)}`;
        const found = await reader.read(`Namespace ${name}`, () => client.get(path), undefined);
        return found ? [[name, found.metadata.labels ?? {}]] : [];
      }),
    ),
  ]);
  const haveRoutes = imports.some((spec) => hasRoutes(spec.routes ?? {}));
  const isRead = haveRoutes || sidecars.length > 0;
  const read = isRead
    ? await reader.read("VirtualServices", () => client.istio("networking", "virtualservices"), [])
    : [];
  const routes = read.filter(isForeign).filter(appliesInSidecars);
  return {
    ...(sidecars.length > 0 ? { sidecars: sidecars.map(liveSidecar), routed: routedHosts(routes, clusterDomain) } : {}),
    ...(haveRoutes ? { virtualServices: foreignObjects(routes, clusterDomain) } : {}),
    ...(policies.length > 0 ? { peerAuthentications: livePeerAuthentications(policies) } : {}),
    ...(namespaces.length > 0 ? { namespaces: new Map(labels.flat()) } : {}),
  };
}

/** The pods of a gateway, and the Gateway objects of others. */
async function readGateway(client: KubeClient, reader: Reader, { namespace, labels }: GatewaySelector) {
  const [pods, objects] = await Promise.all([
    reader.read(`pods of namespace ${namespace}`, () => client.pods(namespace, { labels }), []),
    reader.read("Gateways", () => client.istio("networking", "gateways"), []),
  ]);
  return {
    pods: pods.map(({ metadata, spec }) => ({
      labels: metadata.labels ?? {},
      networkView: spec?.containers
        ?.flatMap(({ env }) => env ?? [])
        .find(({ name }) => name === "ISTIO_META_REQUESTED_NETWORK_VIEW")?.value,
    })),
    objects: objects.filter(isForeign).map(({ metadata, spec }): GatewayObject => {
      const servers = (spec["servers"] ?? []) as { port?: { number?: number }; hosts?: string[] }[];
      return {
        namespace: metadata.namespace,
        name: metadata.name,
        selector: spec["selector"] ?? {},
        servers: servers.map(({ port, hosts }) => ({ port: port?.number ?? 0, hosts: hosts ?? [] })),
      };
    }),
  };
}

/** Whether this project does not manage an object. */
function isForeign({ metadata }: IstioObject): boolean {
  return !isManaged(metadata);
}

/** Whether sidecars use a VirtualService: one without gateways, or with the reserved `mesh` among them. */
function appliesInSidecars({ spec = {} }: IstioObject): boolean {
  const gateways = (spec["gateways"] ?? []) as string[];
  return gateways.length === 0 || gateways.includes("mesh");
}

/** The service accounts of pods. */
function accountsOf(pods: Pod[]): string[] {
  return [...new Set(pods.map(({ spec }) => spec?.serviceAccountName ?? "default"))].sort();
}

/** The DestinationRules that this project does not manage. */
function foreignRules(rules: IstioObject[], clusterDomain: string): LiveObject[] {
  return rules.filter(isForeign).map((rule) => {
    const { metadata, spec = {} } = rule;
    return {
      ...liveObject(rule, clusterDomain, [spec["host"] as string]),
      tls: ruleTls(spec),
      clientTls: clientTls(spec),
      ...(ruleEjects(spec) ? { ejects: true } : {}),
      selective: spec["workloadSelector"] !== undefined,
      ...(metadata.creationTimestamp ? { created: metadata.creationTimestamp } : {}),
    };
  });
}

/** The objects with a list of hosts that this project does not manage. */
function foreignObjects(objects: IstioObject[], clusterDomain: string): LiveObject[] {
  return objects.filter(isForeign).map((object) => liveObject(object, clusterDomain, object.spec?.["hosts"] ?? []));
}

/** An object as the checks need it. A short host is one of the object's namespace. */
function liveObject({ metadata, spec = {} }: IstioObject, clusterDomain: string, hosts: string[]): LiveObject {
  const { name, namespace } = metadata;
  return {
    name,
    namespace,
    hosts: hosts.map((host) => fullHost(host, namespace, clusterDomain)),
    exportTo: spec["exportTo"] ?? [],
    subsets: (spec["subsets"] ?? []).map((s: { name: string }) => s.name),
  };
}
