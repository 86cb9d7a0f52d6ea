import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster } from "../components/existingCluster.ts";
import { KindCluster } from "../components/kindCluster.ts";
import { LoadBalancer } from "../components/loadBalancer.ts";
import { poolsOnNetwork } from "../federation/cluster/meshPools.ts";
import { nodesOf } from "../federation/cluster/nodeImage.ts";
import { poolOf, type MeshConfig, type Neighbour } from "../federation/config/readMeshConfig.ts";
import type { Sources } from "../federation/config/sources.ts";

/** The cluster that a mesh runs in. */
export interface Cluster {
  kubeconfig: pulumi.Output<string>;
  provider: k8s.Provider;
  /** The components that it is made of. */
  parts: pulumi.Resource[];
  /** What must be there before a Service of type LoadBalancer gets an address. */
  addresses: pulumi.Resource[];
}

/**
 * Makes or takes the cluster that the configuration names, with a load balancer where one is asked for.
 * @param neighbours the other meshes of this project, whose pools must be apart from this one's
 * @param kubeconfig of a cluster that exists
 */
export function makeCluster(
  config: MeshConfig,
  sources: Sources,
  neighbours: Neighbour[],
  kubeconfig: pulumi.Output<string> | undefined,
): Cluster {
  const { mesh, cluster } = config;
  const pool = poolOf(config);
  let made: KindCluster | ExistingCluster;
  let pools: pulumi.Input<string[]> | undefined;
  if (cluster.provider === "kind") {
    const kind = new KindCluster(mesh.cluster, {
      clusterName: mesh.cluster,
      podSubnet: cluster.podSubnet,
      serviceSubnet: cluster.serviceSubnet,
      ...nodesOf(cluster, sources),
      ...mesh.locality,
    });
    goesWith(kind.provider);
    pools = pool && kind.nodeNetwork.apply((network) => poolsOnNetwork({ name: mesh.name, pool }, network, neighbours));
    made = kind;
  } else {
    made = new ExistingCluster(mesh.cluster, { kubeconfig: kubeconfig!, context: cluster.context });
    pools = pool && "addresses" in pool ? pool.addresses : undefined;
  }
  const balancer =
    pools && new LoadBalancer("load-balancer", { pools, source: sources.metallb }, { provider: made.provider });
  return {
    kubeconfig: made.kubeconfig,
    provider: made.provider,
    parts: balancer ? [made, balancer] : [made],
    addresses: balancer ? [balancer.ready] : [],
  };
}

/**
 * Objects in a cluster are gone with it: without this, `destroy` would delete each through an API server about to go,
 * and a cluster made anew to another configuration would leave its predecessor's objects to be deleted where none is.
 *
 * Their provider stands for the cluster, since of the two it alone is deleted last in both cases.
 * By a transformation and not by the newer transforms, which the language host of registry mode does not pass on.
 */
function goesWith(provider: k8s.Provider): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type.startsWith("kubernetes:") ? { props, opts: pulumi.mergeOptions(opts, { deletedWith: provider }) } : undefined,
  );
}
