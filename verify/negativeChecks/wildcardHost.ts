import type { KubeClient } from "../../kube/kubeClient.ts";
import { passthroughOf } from "../gather/peerSide.ts";
import { listed } from "../listed.ts";
import type { Inspection } from "./clusterCheck.ts";

/** Reads Gateway objects with a wildcard among the hosts that they pass through. */
export async function inspectWildcardHosts(cluster: KubeClient): Promise<Inspection> {
  const gateways = await cluster.istio("networking", "gateways");
  const wildcards = passthroughOf(gateways).flatMap(({ object, hosts }) =>
    hosts.filter((host) => host.includes("*")).map((host) => `${host} in ${object}`),
  );
  return {
    control: `${gateways.length} Gateway objects read`,
    problem:
      wildcards.length > 0
        ? `the gateway accepts ${listed(wildcards)}: every service there is exposed, exported or not`
        : undefined,
  };
}
