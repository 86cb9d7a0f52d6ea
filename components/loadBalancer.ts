import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { poolRange } from "../federation/cluster/addressPool.ts";
import { chartArgs, releaseTimeout } from "./helmChart.ts";

/** Arguments of {@link LoadBalancer}. */
export interface LoadBalancerArgs {
  /** Networks (CIDR) whose addresses Services get. MetalLB announces them on the nodes' network (layer 2). */
  pools: pulumi.Input<pulumi.Input<string>[]>;
  /** Chart of MetalLB: its name in `chartRepository`, or the path of a directory. */
  chart: pulumi.Input<string>;
  /**
   * URL of the chart repository: `https://...`, or `oci://...` without the chart's name.
   * @default none: `chart` is a directory
   */
  chartRepository?: pulumi.Input<string>;
  /**
   * Version of the chart. Ignored for a directory, which holds one version.
   * @default the newest version in the repository
   */
  chartVersion?: pulumi.Input<string>;
  /**
   * Values of the chart.
   * @default {}
   */
  values?: pulumi.Input<Record<string, unknown>>;
}

/** MetalLB in layer-2 mode with one address pool, so that Services of type LoadBalancer get addresses. */
export class LoadBalancer extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:cluster:LoadBalancer";

  /** Resource to depend on: after it, a Service of type LoadBalancer gets an address. */
  public readonly ready: pulumi.Resource;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super(LoadBalancer.type, name, {}, opts);
    const parent = { parent: this };
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: "metallb-system",
          // The speaker answers ARP requests itself, which the stricter pod security levels forbid.
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
        ...chartArgs(args),
        values: args.values ?? {},
        timeout: releaseTimeout,
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
