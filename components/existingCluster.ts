import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { shortHash } from "./plan/kindConfig.ts";

/** Arguments of {@link ExistingCluster}. */
export interface ExistingClusterArgs {
  /** Kubeconfig text. Secret. */
  kubeconfig: pulumi.Input<string>;
  /** Context in the kubeconfig; default: its current context. */
  context?: string;
}

/** A cluster somebody else made and keeps: only a provider, bound to it by kubeconfig. */
export class ExistingCluster extends pulumi.ComponentResource {
  /** The kubeconfig that was given. Secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Provider bound to the cluster. */
  public readonly provider: k8s.Provider;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:cluster:ExistingCluster", name, {}, opts);
    this.kubeconfig = pulumi.secret(args.kubeconfig);
    // The API server is the cluster's identity: new credentials for it replace nothing.
    const identity = pulumi.unsecret(this.kubeconfig.apply((text) => `${name}-${shortHash(serverOf(text, args.context))}`));
    // Changed in place: a ConfigMap that is replaced is gone for a moment, and Istio's configuration is one.
    this.provider = new k8s.Provider(
      `${name}-k8s`,
      { kubeconfig: this.kubeconfig, context: args.context, clusterIdentifier: identity, enableSecretMutable: true, enableConfigMapMutable: true },
      { parent: this },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }
}

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context: { cluster: string } }[];
  clusters?: { name: string; cluster: { server?: string } }[];
}

/**
 * URL of the API server that a kubeconfig's context points to.
 * Throws, without repeating any of the text, when it is no kubeconfig or lacks the context; names the contexts there are.
 */
export function serverOf(text: string, context?: string): string {
  let config: Kubeconfig | null;
  try {
    config = parse(text) as Kubeconfig | null;
  } catch {
    throw new Error("the kubeconfig is not YAML; give the text of a kubeconfig file (key kubeconfig) or its path (cluster.kubeconfigPath)");
  }
  const contexts = config?.contexts ?? [];
  const wanted = context ?? config?.["current-context"];
  const found = contexts.find((c) => c.name === wanted);
  const server = config?.clusters?.find((c) => c.name === found?.context.cluster)?.cluster.server;
  if (!server)
    throw new Error(
      `the kubeconfig has no usable context ${wanted ? `"${wanted}"` : "(no current-context)"}; it has: ${contexts.map((c) => c.name).join(", ") || "none"}. Set cluster.context to one of them`,
    );
  return server;
}
