import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { shortHash } from "../federation/cluster/kindConfig.ts";
import { contextOf } from "../federation/cluster/kubeconfig.ts";

/** Arguments of {@link ExistingCluster}. */
export interface ExistingClusterArgs {
  /** Kubeconfig text. Secret. */
  kubeconfig: pulumi.Input<string>;
  /** Context in the kubeconfig; default: its current context. */
  context?: string;
}

/** A cluster somebody else made and keeps: only a provider, bound to it by kubeconfig, which must have the context. */
export class ExistingCluster extends pulumi.ComponentResource {
  /** The kubeconfig that was given. Secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Provider bound to the cluster. */
  public readonly provider: k8s.Provider;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:cluster:ExistingCluster", name, {}, opts);
    this.kubeconfig = pulumi.secret(args.kubeconfig);
    // The API server is the cluster's identity: new credentials for it replace nothing.
    const identity = pulumi.unsecret(
      this.kubeconfig.apply((text) => `${name}-${shortHash(contextOf(text, args.context).server)}`),
    );
    // Changed in place: a ConfigMap that is replaced is gone for a moment, and Istio's configuration is one.
    this.provider = new k8s.Provider(
      `${name}-k8s`,
      {
        kubeconfig: this.kubeconfig,
        context: args.context,
        clusterIdentifier: identity,
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      },
      { parent: this },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }
}
