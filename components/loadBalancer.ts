import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { poolRange } from "../federation/cluster/addressPool.ts";
import type { Sources } from "../federation/config/sources.ts";

/** Arguments of {@link LoadBalancer}. */
export interface LoadBalancerArgs {
  /** Address pools as CIDRs; MetalLB announces them on the nodes' network (layer 2). */
  pools: pulumi.Input<string[]>;
  /** Chart and images of MetalLB. */
  source: Sources["metallb"];
}

/** MetalLB in layer-2 mode with one address pool, so that Services of type LoadBalancer get addresses. */
export class LoadBalancer extends pulumi.ComponentResource {
  /** The pool. What needs an address depends on it. */
  public readonly ready: pulumi.Resource;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:cluster:LoadBalancer", name, {}, opts);
    const parent = { parent: this };
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: "metallb-system",
          // The speaker answers ARP itself, which the stricter pod security levels forbid.
          labels: {
            "pod-security.kubernetes.io/enforce": "privileged",
            "pod-security.kubernetes.io/audit": "privileged",
            "pod-security.kubernetes.io/warn": "privileged",
          },
        },
      },
      parent,
    );
    const release = new k8s.helm.v3.Release(
      `${name}-metallb`,
      {
        name: "metallb",
        namespace: namespace.metadata.name,
        chart: args.source.chart,
        ...(args.source.chartRepository
          ? { repositoryOpts: { repo: args.source.chartRepository }, version: args.source.version }
          : {}),
        values: args.source.values ?? {},
        timeout: 300,
      },
      parent,
    );
    const metadata = { name: "federation", namespace: namespace.metadata.name };
    const pool = new k8s.apiextensions.CustomResource(
      `${name}-pool`,
      {
        apiVersion: "metallb.io/v1beta1",
        kind: "IPAddressPool",
        metadata,
        spec: { addresses: pulumi.output(args.pools).apply((pools) => pools.map(poolRange)) },
      },
      { parent: this, dependsOn: release },
    );
    const advertisement = new k8s.apiextensions.CustomResource(
      `${name}-advertisement`,
      { apiVersion: "metallb.io/v1beta1", kind: "L2Advertisement", metadata, spec: { ipAddressPools: ["federation"] } },
      { parent: this, dependsOn: pool },
    );
    this.ready = advertisement;
    this.registerOutputs({});
  }
}
