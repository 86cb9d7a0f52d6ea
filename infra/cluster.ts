import { ExistingCluster, KindCluster, LoadBalancer } from "../components/index.ts";
import {
  nodesOf,
  poolOf,
  poolsOnNetwork,
  releaseSources,
  type ArtifactSources,
  type MeshConfig,
  type SiblingMesh,
} from "../federation/index.ts";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** The cluster of a mesh, with its load balancer. */
export interface MeshCluster {
  kubeconfig: pulumi.Output<string>;
  provider: k8s.Provider;
  /** Its components. */
  components: pulumi.Resource[];
  /** What a Service of type LoadBalancer needs before it gets an address. */
  loadBalancerReady: pulumi.Resource[];
}

/** The directory of the marks of this clone's KinD clusters, from the project's directory. */
export const markDirectory = ".federation/clusters";

/**
 * Creates the cluster of the configuration or binds to it, and creates a load balancer where one is configured.
 * @param siblings the other meshes of this project, whose pools must not overlap this one's
 * @param kubeconfig of an existing cluster
 */
export function createCluster(
  config: MeshConfig,
  sources: ArtifactSources,
  siblings: SiblingMesh[],
  kubeconfig: pulumi.Output<string> | undefined,
): MeshCluster {
  const { mesh, cluster } = config;
  const pool = poolOf(config);
  let component: KindCluster | ExistingCluster;
  let pools: pulumi.Input<string[]> | undefined;
  if (cluster.provider === "kind") {
    const kind = new KindCluster(mesh.cluster, {
      clusterName: mesh.cluster,
      podSubnet: cluster.podSubnet,
      serviceSubnet: cluster.serviceSubnet,
      ...nodesOf(cluster, sources),
      ...mesh.locality,
      clusterDomain: mesh.clusterDomain,
      workers: cluster.workers,
      markDirectory,
    });
    deleteWithCluster(kind.provider);
    pools = pool && kind.nodeNetwork.apply((network) => poolsOnNetwork({ name: mesh.name, pool }, network, siblings));
    component = kind;
  } else {
    component = new ExistingCluster(mesh.cluster, { kubeconfig: kubeconfig!, context: cluster.context });
    pools = pool && "addresses" in pool ? pool.addresses : undefined;
  }
  const loadBalancer = pools && createLoadBalancer(config, pools, sources, component.provider);
  return {
    kubeconfig: component.kubeconfig,
    provider: component.provider,
    components: loadBalancer ? [component, loadBalancer] : [component],
    loadBalancerReady: loadBalancer ? [loadBalancer.ready] : [],
  };
}

function createLoadBalancer(
  { loadBalancer }: MeshConfig,
  pools: pulumi.Input<string[]>,
  { metallb }: ArtifactSources,
  provider: k8s.Provider,
): LoadBalancer {
  const { version: chartVersion, values } = metallb;
  const own = loadBalancer.provider === "metallb" ? loadBalancer.chartRepository : undefined;
  // In a repository the chart has its official name; a lab has it in a folder.
  const { chart } = own === undefined ? metallb : releaseSources.metallb;
  const chartRepository = own ?? metallb.chartRepository;
  return new LoadBalancer("load-balancer", { pools, chart, chartRepository, chartVersion, values }, { provider });
}

/**
 * Marks every object in a cluster as deleted with the cluster. Otherwise `destroy` deletes each object through an API
 * server that is about to be deleted, and a recreated cluster leaves the objects of its predecessor to be deleted in
 * it.
 *
 * The provider represents the cluster: of the two, it alone is deleted last in both cases. This is a transformation and
 * not one of the newer transforms, which the language host of registry mode does not pass on.
 */
function deleteWithCluster(provider: k8s.Provider): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type.startsWith("kubernetes:") ? { props, opts: pulumi.mergeOptions(opts, { deletedWith: provider }) } : undefined,
  );
}
