import { printable } from "../../federation/errors/userError.ts";
import type { Listeners } from "../../kube/envoy.ts";
import { errorLine } from "../../kube/errors.ts";
import { IstioProxy } from "../../kube/istioProxy.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import { isLiving, isReady, type Pod } from "../../kube/objects.ts";
import { failed, type Failure } from "../evidence.ts";
import { rejectionOf } from "../hops/rejection.ts";
import { overlappingGateways } from "./overlappingGateways.ts";
import { defaultGateway, gatewayPods, maxPods, passthroughOf } from "./peerSide.ts";

/** What a gateway that exports use reports about itself. */
export interface GatewayHealth {
  /** `Deployment istio-system/istio-eastwestgateway`, or its pods by their labels. */
  gateway: string;
  /** Living pods. */
  pods: { name: string; ready: boolean; /** Milliseconds since 1970. */ created: number }[];
  /** The listeners of some of its pods: of those that are not ready first. */
  proxies: (Pick<Listeners, "rejected" | "warming"> | Failure)[];
  /** Gateway objects with overlapping hosts on its port. */
  overlapping: string[];
}

/**
 * Reads the gateways of a mesh that exports use: those that this project's Gateway objects select, else this project's
 * default gateway where it exists. Only reads.
 */
export async function readGatewayHealth(cluster: KubeClient): Promise<GatewayHealth[]> {
  const objects = await cluster.istio("networking", "gateways");
  const managed = passthroughOf(objects).filter((g) => g.managed);
  const key = ({ namespace, selector }: typeof defaultGateway) => JSON.stringify([namespace, selector]);
  const inUse = managed.length > 0 ? managed : [defaultGateway];
  const selections = [...new Map(inUse.map((g) => [key(g), g])).values()];
  const found = await Promise.all(
    selections.map(async ({ namespace, selector }): Promise<GatewayHealth> => {
      const pods = (await gatewayPods(cluster, { namespace, selector })).filter(isLiving);
      return {
        gateway: nameOf(namespace, selector, pods),
        pods: pods.map((pod) => ({
          name: `${pod.metadata.namespace}/${pod.metadata.name}`,
          ready: isReady(pod),
          created: Date.parse(pod.metadata.creationTimestamp ?? "") || 0,
        })),
        proxies: await Promise.all(readable(pods).map((pod) => readListeners(cluster, pod))),
        overlapping: overlappingGateways(objects, pods),
      };
    }),
  );
  return managed.length > 0 ? found : found.filter(({ pods }) => pods.length > 0);
}

/** Pods whose proxy answers: one that rejects its first listener runs, and is never ready. */
function readable(pods: Pod[]): Pod[] {
  const running = pods.filter((pod) => pod.status?.phase === "Running");
  return [
    ...running.filter((pod) => !isReady(pod)).slice(0, maxPods),
    ...running.filter((pod) => isReady(pod)).slice(0, maxPods),
  ];
}

async function readListeners(cluster: KubeClient, { metadata }: Pod): Promise<GatewayHealth["proxies"][number]> {
  try {
    const { rejected, warming } = await new IstioProxy(cluster, metadata.namespace, metadata.name).listeners();
    return { rejected, warming };
  } catch (error) {
    return { failure: printable(errorLine(error)) };
  }
}

/** A Deployment's pod belongs to a ReplicaSet of the Deployment's name and the template's hash. */
function nameOf(namespace: string, selector: Record<string, string>, pods: Pod[]): string {
  const labels = Object.entries(selector).map(([name, value]) => `${name}=${value}`);
  const owners = pods.flatMap(({ metadata }) => {
    const set = metadata.ownerReferences?.find(({ kind }) => kind === "ReplicaSet")?.name;
    const hash = metadata.labels?.["pod-template-hash"];
    return set && hash && set.endsWith(`-${hash}`)
      ? [`Deployment ${metadata.namespace}/${set.slice(0, -hash.length - 1)}`]
      : [];
  });
  return printable(owners[0] ?? `gateway with labels ${labels.join(",")} in namespace ${namespace}`);
}

/** The problems of a gateway, each with its remedy: a listener that it rejects, pods that are not ready. */
export function gatewayProblems({ gateway, pods, proxies, overlapping }: GatewayHealth): string[] {
  const read = proxies.flatMap((p) => (failed(p) ? [] : [p]));
  const rejection = rejectionOf({ rejected: read.flatMap((p) => p.rejected), overlapping });
  const ready = pods.filter((p) => p.ready).length;
  const warming = [...new Set(read.flatMap((p) => p.warming))];
  const waiting = warming.length > 0 ? `; listener ${warming.join(", ")} waits for a secret or a route` : "";
  return [
    ...(rejection ? [`${gateway} ${rejection.evidence}. ${rejection.remedy}`] : []),
    ...(pods.length === 0 ? [`${gateway} has no pod. Start it, or correct the selector of the Gateway objects`] : []),
    ...(ready < pods.length
      ? [`${gateway} has ${ready} of ${pods.length} pods ready${waiting}. See the events and the log of the other pods`]
      : []),
  ];
}
