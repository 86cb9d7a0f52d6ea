import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ContractExport } from "./plan/contract.ts";
import { exportGateway, type GatewayIdentity } from "./plan/gatewayObjects.ts";

/** Arguments of {@link ExportedService}. */
export interface ExportedServiceArgs {
  /** What is exported. */
  spec: ContractExport;
  /** The gateway that lets it through. */
  gateway: GatewayIdentity;
}

/** One service that peers may reach: opens exactly its host on the east-west gateway. */
export class ExportedService extends pulumi.ComponentResource {
  /** Host by which peers call it. */
  public readonly host: string;

  constructor(name: string, args: ExportedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:federation:ExportedService", name, {}, opts);
    this.host = args.spec.host;
    new k8s.apiextensions.CustomResource(
      `${name}-gateway`,
      { apiVersion: "networking.istio.io/v1", kind: "Gateway", ...exportGateway(args.gateway, args.spec) },
      { parent: this },
    );
    this.registerOutputs({ host: this.host });
  }
}
