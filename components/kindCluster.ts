import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterIdentifier, kindConfig } from "../federation/cluster/kindConfig.ts";
import type { NodeNetwork } from "../federation/cluster/meshPools.ts";
import { inspectNetwork, parseNetwork } from "./kind/nodeNetwork.ts";

/** Arguments of {@link KindCluster}. Changing any of them but `markDirectory` replaces the cluster and its contents. */
export interface KindClusterArgs {
  /** Name of the cluster in KinD; an RFC 1123 label. */
  clusterName: pulumi.Input<string>;
  /** Network of the pods, CIDR. */
  podSubnet: pulumi.Input<string>;
  /** Network of the Services, CIDR. */
  serviceSubnet: pulumi.Input<string>;
  /** KinD node image. */
  nodeImage: pulumi.Input<string>;
  /** Kubernetes version of the node image, without `v`. */
  kubernetesVersion: pulumi.Input<string>;
  /** Label `topology.kubernetes.io/region` of the nodes, which is the region of Istio's locality. */
  region: pulumi.Input<string>;
  /** Label `topology.kubernetes.io/zone` of the nodes, which is the zone of Istio's locality. */
  zone: pulumi.Input<string>;
  /**
   * DNS domain of the cluster: the end of the hosts of its Services.
   * @default "cluster.local"
   */
  clusterDomain?: pulumi.Input<string>;
  /**
   * Nodes besides the one of the control plane. Pods run on every node.
   * @default 0
   */
  workers?: pulumi.Input<number>;
  /**
   * Directory in which the marks of the clusters that this machine created are kept; see kind/create.sh. A relative
   * path counts from the directory of the Pulumi program.
   * @default "$XDG_STATE_HOME/mesh-federation/clusters", where XDG_STATE_HOME defaults to "~/.local/state"
   */
  markDirectory?: pulumi.Input<string>;
}

/** The text of a script in kind/. Commands run the text, so that they do not depend on the working directory. */
const script = (name: string): string => readFileSync(new URL(`./kind/${name}.sh`, import.meta.url), "utf8");

/**
 * A Kubernetes cluster in docker, created with the command line of KinD, and a provider bound to it.
 *
 * It adopts a cluster that this machine created and that is not in the state, recreates an incomplete one, and rejects
 * one that was created otherwise. `up` fails with the message of docker or kind when either is missing, and when the
 * networks of pods or Services overlap the nodes' network.
 */
export class KindCluster extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:cluster:KindCluster";

  /** Kubeconfig for the cluster's API server, as the machine that runs Pulumi reaches it. Secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Provider bound to this cluster. */
  public readonly provider: k8s.Provider;
  /** The nodes' docker network. */
  public readonly nodeNetwork: pulumi.Output<NodeNetwork>;

  constructor(name: string, args: KindClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(KindCluster.type, name, {}, opts);
    const { clusterName, markDirectory, ...nodes } = args;
    const spec = pulumi.output({ name: clusterName, ...nodes });
    const identity = spec.apply(clusterIdentifier);
    const environment = { CLUSTER: clusterName };
    const triggers = [identity];

    const cluster = new command.local.Command(
      `${name}-kind`,
      {
        // The scripts are in the environment: a failing command is reported with its text.
        create: 'exec sh -c "$CREATE_CLUSTER" create-cluster',
        // Another script text changes nothing about an existing cluster.
        update: ":",
        delete: 'exec sh -c "$DELETE_CLUSTER" delete-cluster',
        stdin: spec.apply(kindConfig),
        environment: {
          ...environment,
          IDENTITY: identity,
          ...(markDirectory === undefined ? {} : { MARKS: markDirectory }),
          CREATE_CLUSTER: script("create"),
          DELETE_CLUSTER: script("delete"),
          START_NODES: script("start"),
        },
        triggers,
        logging: "none",
      },
      // Two clusters cannot have the same name at the same time.
      { parent: this, deleteBeforeReplace: true, customTimeouts: { create: "10m", delete: "5m" } },
    );
    const inCluster = { parent: this, dependsOn: cluster, deletedWith: cluster };
    const kubeconfig = new command.local.Command(
      `${name}-kubeconfig`,
      { create: 'kind get kubeconfig --name "$CLUSTER"', environment, triggers, logging: "none" },
      { ...inCluster, additionalSecretOutputs: ["stdout"] },
    );
    const network = new command.local.Command(
      `${name}-network`,
      { create: inspectNetwork, environment, triggers, logging: "none" },
      inCluster,
    );
    this.kubeconfig = pulumi.secret(kubeconfig.stdout);
    this.nodeNetwork = pulumi.all([network.stdout, spec]).apply(([stdout, known]) => parseNetwork(stdout, known));
    this.provider = new k8s.Provider(
      `${name}-k8s`,
      {
        kubeconfig: this.kubeconfig,
        clusterIdentifier: identity,
        // Updated in place: a replaced ConfigMap is absent for a moment, and Istio's configuration is a ConfigMap.
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      },
      { parent: this },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig, nodeNetwork: this.nodeNetwork });
  }
}
