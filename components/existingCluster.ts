import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { shortHash } from "../federation/cluster/kindConfig.ts";
import { contextOf } from "../federation/cluster/kubeconfig.ts";

/** Arguments of {@link ExistingCluster}. */
export interface ExistingClusterArgs {
  /** Text of the kubeconfig. Secret. Another API server replaces everything in the cluster; new credentials do not. */
  kubeconfig: pulumi.Input<string>;
  /**
   * Context in the kubeconfig. The kubeconfig must have it.
   * @default the kubeconfig's current context
   */
  context?: pulumi.Input<string>;
}

/** A cluster that this program does not manage: a provider bound to it by a kubeconfig. */
export class ExistingCluster extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:cluster:ExistingCluster";

  /** The given kubeconfig. Secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Provider bound to the cluster. */
  public readonly provider: k8s.Provider;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(ExistingCluster.type, name, {}, opts);
    this.kubeconfig = pulumi.secret(args.kubeconfig);
    // The API server is the cluster's identity, so new credentials for it replace nothing.
    const identity = pulumi.unsecret(
      pulumi
        .all([this.kubeconfig, args.context])
        .apply(([text, context]) => `${name}-${shortHash(contextOf(text, context).server)}`),
    );
    this.provider = new k8s.Provider(
      `${name}-k8s`,
      {
        kubeconfig: this.kubeconfig,
        context: args.context,
        clusterIdentifier: identity,
        // Updated in place: a replaced ConfigMap is absent for a moment, and Istio's configuration is a ConfigMap.
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      },
      { parent: this },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }
}
