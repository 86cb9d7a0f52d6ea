import type { ProxyReading } from "../../federation/trust/trustEvidence.ts";
import { errorLine } from "../../kube/errors.ts";
import { inParallel } from "../../kube/inParallel.ts";
import { IstioProxy } from "../../kube/istioProxy.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import { readMeshTrust } from "../../kube/meshTrust.ts";
import { runsProxy, type IstioObject } from "../../kube/objects.ts";
import { retry } from "../../kube/retry.ts";
import type { Failure } from "../evidence.ts";
import type { PassthroughGateway } from "./gatewayFor.ts";
import { passthroughOf } from "./peerSide.ts";
import type { QuarantineCall } from "./quarantineCalls.ts";

/** Number of proxies that are asked in parallel. */
const concurrency = 8;

/** What a proxy sends to, and whom it denies. */
export interface ProxyTraffic {
  /** `namespace/name`. */
  pod: string;
  /** Addresses of its endpoints, `address:port`. */
  endpoints: ReadonlySet<string>;
  /** DENY policies in force for calls that arrive, by rule; undefined for a gateway. */
  denials: ReadonlyMap<string, string> | undefined;
}

/** What the cluster of a mesh has, of whatever peer. */
export interface ClusterEvidence {
  /** The bundle of each proxy that runs. */
  trust: readonly ProxyReading[];
  traffic: readonly (ProxyTraffic | (Failure & { pod: string }))[];
  /** AuthorizationPolicies of all namespaces. */
  policies: readonly IstioObject[];
  gateways: readonly PassthroughGateway[];
}

/** What was observed about a peer in quarantine. */
export interface QuarantineEvidence extends ClusterEvidence {
  calls: readonly QuarantineCall[];
}

/** Reads every proxy of a mesh, and its policies and gateways. Rejects where these objects cannot be listed. */
export async function readClusterEvidence(cluster: KubeClient, mesh: string): Promise<ClusterEvidence> {
  const [{ proxies }, traffic, policies, gateways] = await Promise.all([
    readMeshTrust(cluster, { mesh }),
    readTraffic(cluster),
    retry(() => cluster.istio("security", "authorizationpolicies")),
    retry(() => cluster.istio("networking", "gateways")),
  ]);
  return { trust: proxies, traffic, policies, gateways: passthroughOf(gateways) };
}

async function readTraffic(cluster: KubeClient): Promise<ClusterEvidence["traffic"]> {
  const pods = (await retry(() => cluster.pods())).filter(runsProxy);
  return inParallel(pods, concurrency, async ({ metadata: { namespace, name } }) => {
    const proxy = new IstioProxy(cluster, namespace, name);
    const pod = `${namespace}/${name}`;
    try {
      const [endpoints, denials] = [await proxy.endpointAddresses(), await proxy.denials()];
      return { pod, endpoints, denials };
    } catch (error) {
      return { pod, failure: errorLine(error) };
    }
  });
}
