import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { managedGatewayLabels } from "../federation/cluster/gatewayObjects.ts";
import { gatewayService } from "../federation/cluster/gatewayService.ts";
import { gatewayValues } from "../federation/cluster/gatewayValues.ts";
import type { Profile } from "../federation/cluster/profile.ts";
import { defaultGateway, defaultGatewayPort } from "../federation/config/defaults.ts";
import { skipAwait, waitForAddress } from "./annotations.ts";
import { chartArgs } from "./helmChart.ts";

/** Arguments of {@link EastWestGateway}. */
export interface EastWestGatewayArgs {
  /** Istio network of the mesh, as its istiod knows it. */
  network: pulumi.Input<string>;
  /** Istio's chart `gateway`: its name in `chartRepository`, or the path of a directory. */
  chart: pulumi.Input<string>;
  /**
   * URL of the chart repository.
   * @default none: the chart is a directory
   */
  chartRepository?: pulumi.Input<string>;
  /**
   * Version of the chart. Ignored for a directory, which holds one version.
   * @default the newest version in the repository
   */
  chartVersion?: pulumi.Input<string>;
  /**
   * Name of the Deployment, Service and service account. Another name makes another gateway, with another address.
   * @default "istio-eastwestgateway"
   */
  gatewayName?: pulumi.Input<string>;
  /**
   * Namespace of the gateway.
   * @default "istio-system"
   */
  namespace?: pulumi.Input<string>;
  /**
   * Whether to create the namespace. It must not exist then, and is deleted with the gateway.
   * @default false
   */
  createNamespace?: boolean;
  /**
   * Labels that select the gateway's pods, in the Service and in Istio's Gateway objects.
   * @default { "mesh-federation.dev/gateway": gatewayName }
   */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Port at which peers reach the gateway: of the Service, or of the nodes with a Service of type NodePort.
   * @default 15443
   */
  port?: pulumi.Input<number>;
  /**
   * Size of the gateway: `production` has two replicas or more, `small` has one.
   * @default "production"
   */
  profile?: pulumi.Input<Profile>;
  /**
   * Revision of the control plane that injects the pods.
   * @default "": the control plane without a revision
   */
  revision?: pulumi.Input<string>;
  /**
   * Version or image of the proxy that the control plane injects. The pods roll when it changes, because injection
   * happens only when a pod is created.
   * @default "": the pods roll when the chart's version changes
   */
  proxyVersion?: pulumi.Input<string>;
  /**
   * Values of the chart. Those of `service` become the gateway's Service, whose ports and selector are fixed. The
   * gateway's name, labels, network and revision win over values that set them.
   * https://istio.io/latest/docs/setup/additional-setup/gateway/
   * @default {}
   */
  values?: pulumi.Input<Record<string, unknown>>;
}

/**
 * The gateway at which other networks reach this mesh's exports: Istio's chart `gateway`, and a Service, by default of
 * type LoadBalancer.
 *
 * It exposes nothing by itself; each {@link ExportedService} exposes one host. Needs istiod, whose injector fills in
 * the pod: give {@link IstioInstall.ready} in `dependsOn`.
 * https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/
 */
export class EastWestGateway extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:mesh:EastWestGateway";

  /**
   * Addresses of its load balancer, sorted: IP addresses, or host names where the load balancer assigns names. Empty
   * for a Service of another type.
   */
  public readonly addresses: pulumi.Output<string[]>;

  constructor(name: string, args: EastWestGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super(EastWestGateway.type, name, {}, opts);
    const gatewayName = pulumi.output(args.gatewayName ?? defaultGateway.name);
    const gateway = pulumi.output({
      name: gatewayName,
      namespace: this.namespace(name, args),
      network: args.network,
      labels: args.labels ?? gatewayName.apply(managedGatewayLabels),
      port: args.port ?? defaultGatewayPort,
      profile: args.profile ?? ("production" as const),
      revision: args.revision ?? "",
      proxyVersion: args.proxyVersion ?? "",
      values: args.values ?? {},
    });
    new k8s.helm.v4.Chart(
      `${name}-chart`,
      {
        name: gateway.name,
        namespace: gateway.namespace,
        ...chartArgs(args),
        values: gateway.apply(gatewayValues),
      },
      { parent: this },
    );
    const objects = gateway.apply(gatewayService);
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        // Peers need only its address. The chart above waits for the pods.
        metadata: objects.apply(({ metadata, spec }) => ({
          ...metadata,
          annotations: { ...metadata.annotations, ...(spec.type === "LoadBalancer" ? waitForAddress : skipAwait) },
        })),
        spec: objects.spec,
      },
      { parent: this },
    );
    this.addresses = service.status.apply((status) =>
      (status?.loadBalancer?.ingress ?? [])
        .map((ingress) => ingress.ip ?? ingress.hostname)
        .filter((address) => address !== undefined)
        .sort(),
    );
    this.registerOutputs({ addresses: this.addresses });
  }

  /** The namespace's name, known once the namespace exists where it is created here. */
  private namespace(name: string, args: EastWestGatewayArgs): pulumi.Input<string> {
    const given = args.namespace ?? defaultGateway.namespace;
    if (!args.createNamespace) return given;
    const labels = { "topology.istio.io/network": args.network };
    const metadata = { name: given, labels };
    return new k8s.core.v1.Namespace(`${name}-namespace`, { metadata }, { parent: this }).metadata.name;
  }
}
