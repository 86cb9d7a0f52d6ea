import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { gatewayDeployment, gatewayService, type GatewayIdentity } from "../federation/cluster/gatewayObjects.ts";
import { federationLabels } from "../federation/objects/labels.ts";

/** Arguments of {@link EastWestGateway}. */
export interface EastWestGatewayArgs {
  /** Name, namespace, network and pod labels of the gateway. */
  gateway: GatewayIdentity;
}

/**
 * The proxy through which other networks reach this mesh's exports, with a Service of type LoadBalancer.
 * It lets nothing through by itself; each {@link ExportedService} opens one host.
 */
export class EastWestGateway extends pulumi.ComponentResource {
  /** Addresses at which peers reach it: IPs, or host names where the load balancer gives names. */
  public readonly addresses: pulumi.Output<string[]>;

  constructor(name: string, args: EastWestGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:mesh:EastWestGateway", name, {}, opts);
    const parent = { parent: this };
    const { gateway } = args;
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      {
        metadata: {
          name: gateway.name,
          namespace: gateway.namespace,
          labels: federationLabels("gateway", gateway.name),
        },
      },
      parent,
    );
    new k8s.apps.v1.Deployment(`${name}-deployment`, gatewayDeployment(gateway), { parent: this, dependsOn: account });
    const service = new k8s.core.v1.Service(`${name}-service`, gatewayService(gateway), parent);
    this.addresses = service.status.apply((status) =>
      (status?.loadBalancer?.ingress ?? [])
        .map((i) => i.ip ?? i.hostname)
        .filter((a) => a !== undefined)
        .sort(),
    );
    this.registerOutputs({ addresses: this.addresses });
  }
}
