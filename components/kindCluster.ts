import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterIdentifier, kindConfig, type KindClusterSpec } from "../federation/cluster/kindConfig.ts";
import { checkNodeNetwork, type NodeNetwork } from "../federation/cluster/meshPools.ts";
import { Problem } from "../federation/errors/problem.ts";

/** Arguments of {@link KindCluster}. Changing any of them replaces the cluster and everything in it. */
export interface KindClusterArgs {
  /** Name of the cluster for KinD; RFC 1123 label. */
  clusterName: string;
  /** Pod network, CIDR. */
  podSubnet: string;
  /** Service network, CIDR. */
  serviceSubnet: string;
  /** KinD node image. */
  nodeImage: string;
  /** Kubernetes version of the node image, without `v`. */
  kubernetesVersion: string;
  /** Label `topology.kubernetes.io/region` of the nodes; Istio's locality. */
  region: string;
  /** Label `topology.kubernetes.io/zone` of the nodes. */
  zone: string;
}

/**
 * A Kubernetes cluster in docker, made by KinD through its command line, and the provider for what goes into it.
 *
 * Adopts a cluster that this clone made before and lost sight of, replaces a half-made one, and refuses one that is
 * not ours. Fails in `up` when docker or kind is missing, with their own words, and when pods or services would have
 * addresses of the nodes' network.
 */
export class KindCluster extends pulumi.ComponentResource {
  /** Kubeconfig for the cluster's API server, as the machine that runs Pulumi reaches it. Secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Provider bound to this cluster. */
  public readonly provider: k8s.Provider;
  /** The nodes' docker network. */
  public readonly nodeNetwork: pulumi.Output<NodeNetwork>;

  constructor(name: string, args: KindClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:cluster:KindCluster", name, {}, opts);
    const spec: KindClusterSpec = { ...args, name: args.clusterName };
    const identity = clusterIdentifier(spec);

    const cluster = new command.local.Command(
      `${name}-kind`,
      {
        create: "sh components/kind/create.sh",
        delete: "sh components/kind/delete.sh",
        stdin: kindConfig(spec),
        environment: { CLUSTER: args.clusterName, IDENTITY: identity },
        triggers: [identity],
        logging: "none",
      },
      // Two clusters of one name cannot stand side by side.
      { parent: this, deleteBeforeReplace: true, customTimeouts: { create: "10m", delete: "5m" } },
    );
    const environment = { CLUSTER: args.clusterName };
    const kubeconfig = new command.local.Command(
      `${name}-kubeconfig`,
      { create: 'kind get kubeconfig --name "$CLUSTER"', environment, triggers: [identity], logging: "none" },
      { parent: this, dependsOn: cluster, deletedWith: cluster, additionalSecretOutputs: ["stdout"] },
    );
    const network = new command.local.Command(
      `${name}-network`,
      { create: inspectNetwork, environment, triggers: [identity], logging: "none" },
      { parent: this, dependsOn: cluster, deletedWith: cluster },
    );
    this.kubeconfig = pulumi.secret(kubeconfig.stdout);
    this.nodeNetwork = network.stdout.apply((stdout) => parseNetwork(stdout, args));
    // Changed in place: a ConfigMap that is replaced is gone for a moment, and Istio's configuration is one.
    this.provider = new k8s.Provider(
      `${name}-k8s`,
      {
        kubeconfig: this.kubeconfig,
        clusterIdentifier: identity,
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      },
      { parent: this },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig, nodeNetwork: this.nodeNetwork });
  }
}

/** Command that tells the subnets of the docker network `kind`, then the addresses of the containers on it, one per line. */
export const inspectNetwork =
  "docker network inspect kind -f '{{range .IPAM.Config}}subnet {{.Subnet}}{{println}}{{end}}{{range .Containers}}address {{.IPv4Address}}{{println}}{{end}}'";

/** Reads what `inspectNetwork` prints. Throws a `Problem` when the network has no IPv4 subnet, or pods or services share addresses with it. */
export function parseNetwork(
  stdout: string,
  cluster: Pick<KindClusterArgs, "podSubnet" | "serviceSubnet">,
): NodeNetwork {
  const words = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  // An IPv6 subnet may stand beside; the pools are IPv4.
  const values = (kind: string) =>
    words.flatMap(([k, value]) => (k === kind && value && !value.includes(":") ? [value] : []));
  const subnet = values("subnet")[0];
  if (!subnet)
    throw new Problem(
      `the docker network "kind" has no IPv4 subnet (docker said: ${JSON.stringify(stdout)}); delete it when no cluster uses it and let KinD make it anew`,
    );
  checkNodeNetwork(subnet, cluster);
  return {
    subnet,
    addresses: values("address")
      .map((a) => a.split("/")[0]!)
      .sort(),
  };
}
