import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { gatewayDeployment, gatewayService, managedGatewayLabels } from "../federation/cluster/gatewayObjects.ts";
import { defaultGateway } from "../federation/config/defaults.ts";
import { federationLabels } from "../federation/objects/labels.ts";
import { annotated, waitForAddress } from "./annotations.ts";

/** Arguments of {@link EastWestGateway}. */
export interface EastWestGatewayArgs {
  /** Istio network of the mesh, as its istiod knows it. */
  network: pulumi.Input<string>;
  /**
   * Name of the Deployment, Service and service account.
   * @default "istio-eastwestgateway"
   */
  gatewayName?: pulumi.Input<string>;
  /**
   * Namespace of the gateway. It must exist.
   * @default "istio-system"
   */
  namespace?: pulumi.Input<string>;
  /**
   * Labels that select the gateway's pods, in the Service and in Istio's Gateway objects. Changing them replaces the
   * Deployment.
   * @default { "mesh-federation.dev/gateway": gatewayName }
   */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The gateway at which other networks reach this mesh's exports, with a Service of type LoadBalancer.
 *
 * It exposes nothing by itself; each {@link ExportedService} exposes one host. Needs istiod, whose injector fills in
 * the pod: give {@link IstioInstall.ready} in `dependsOn`.
 * https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/
 */
export class EastWestGateway extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:mesh:EastWestGateway";

  /** Addresses at which peers reach it, sorted: IP addresses, or host names where the load balancer assigns names. */
  public readonly addresses: pulumi.Output<string[]>;

  constructor(name: string, args: EastWestGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super(EastWestGateway.type, name, {}, opts);
    const parent = { parent: this };
    const gatewayName = pulumi.output(args.gatewayName ?? defaultGateway.name);
    const gateway = pulumi.output({
      name: gatewayName,
      namespace: args.namespace ?? defaultGateway.namespace,
      network: args.network,
      labels: args.labels ?? gatewayName.apply(managedGatewayLabels),
    });
    const deployment = gateway.apply(gatewayDeployment);
    const loadBalancer = gateway.apply(gatewayService);
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      {
        metadata: {
          name: gateway.name,
          namespace: gateway.namespace,
          labels: gateway.apply((known) => federationLabels("gateway", known.name)),
        },
      },
      parent,
    );
    new k8s.apps.v1.Deployment(
      `${name}-deployment`,
      { metadata: deployment.metadata, spec: deployment.spec },
      { parent: this, dependsOn: account },
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        // Peers need only its address. The Deployment above waits for the pods.
        metadata: annotated(loadBalancer.metadata, waitForAddress),
        spec: loadBalancer.spec,
      },
      parent,
    );
    this.addresses = service.status.apply((status) =>
      (status?.loadBalancer?.ingress ?? [])
        .map((ingress) => ingress.ip ?? ingress.hostname)
        .filter((address) => address !== undefined)
        .sort(),
    );
    this.registerOutputs({ addresses: this.addresses });
  }
}
