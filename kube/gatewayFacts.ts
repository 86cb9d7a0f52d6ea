import type { GatewayFacts } from "../federation/adopt/meshFacts.ts";
import { textsOf } from "../federation/adopt/endpoints.ts";
import { isAutoPassthrough, serversOf } from "../federation/adopt/gateways.ts";
import { ofKind, type HandMade, type HandMadePod } from "../federation/adopt/handMade.ts";
import { matches, selects } from "../federation/checks/liveCluster.ts";
import { autoPassthroughPort } from "../federation/cluster/gatewayObjects.ts";
import type { KubeClient } from "./kubeClient.ts";
import type { KubeObject, Service } from "./objects.ts";
import { unlessRefused } from "./retry.ts";

interface Node extends KubeObject {
  status?: { addresses?: { type: string; address: string }[] };
}

/** A Service with what says where it is reached. */
type ReachedService = Service & {
  spec?: { externalIPs?: string[]; ports?: { port: number; targetPort?: number | string; nodePort?: number }[] };
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
};

/** Label of the gateway in Istio's guide. https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/ */
const usualLabels = { istio: "eastwestgateway" };

/**
 * Where other meshes reach a mesh: at the gateway of a Gateway that passes their calls on, or else at one with the
 * usual label. Undefined where there is none. Rejects where the cluster cannot be reached.
 */
export async function readOwnGateway(client: KubeClient, found: HandMade): Promise<GatewayFacts | undefined> {
  const passing = ofKind(found.objects, "Gateway").filter((object) => serversOf(object).some(isAutoPassthrough));
  for (const labels of [...passing.map(({ spec }) => textsOf(spec["selector"])), usualLabels]) {
    const facts = await readGatewayFacts(client, labels, found.pods);
    if (facts) return facts;
  }
  return undefined;
}

/**
 * Where other meshes reach the gateway that a Gateway selects: its load balancer, or a port of the nodes. Undefined
 * where nothing says so. Rejects where the cluster cannot be reached.
 * @param selector labels of the gateway's pods
 */
async function readGatewayFacts(
  client: KubeClient,
  selector: Record<string, string>,
  pods: readonly HandMadePod[],
): Promise<GatewayFacts | undefined> {
  const own = pods.filter(({ labels }) => matches(selector, labels));
  const services = (await unlessRefused(() => client.services())) as ReachedService[] | undefined;
  const behind = (services ?? []).filter(({ metadata, spec }) =>
    own.some((pod) => pod.namespace === metadata.namespace && selects(spec?.selector ?? {}, pod.labels)),
  );
  for (const service of behind) {
    const found = await reachedAt(client, service);
    if (!found) continue;
    const { namespace, name } = service.metadata;
    return { namespace, labels: selector, ...found, from: `Service ${namespace}/${name}` };
  }
  return undefined;
}

async function reachedAt(client: KubeClient, { spec, status }: ReachedService) {
  const ports = (spec?.ports ?? []) as { port: number; targetPort?: number | string; nodePort?: number }[];
  const port = ports.find((p) => p.targetPort === autoPassthroughPort || p.port === autoPassthroughPort);
  if (!port) return undefined;
  const balanced = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  const addresses = [...balanced, ...(spec?.externalIPs ?? [])];
  if (addresses.length > 0) return { addresses, port: port.port };
  if (!port.nodePort) return undefined;
  const nodes = (await unlessRefused(() => client.list<Node>("/api/v1", "nodes", undefined))) ?? [];
  const ofType = (type: string) =>
    nodes.flatMap((node) => (node.status?.addresses ?? []).filter((a) => a.type === type).map((a) => a.address));
  const external = ofType("ExternalIP");
  const found = external.length > 0 ? external : ofType("InternalIP");
  return found.length > 0 ? { addresses: found, port: port.nodePort } : undefined;
}
