import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { exportDestinationRule, exportGateway, exportServiceEntry } from "../federation/exports/exportObjects.ts";
import type { DenyPolicy } from "../federation/exports/exportPolicy.ts";
import type { ExportPlan } from "../federation/exports/exportPlan.ts";
import { componentTypes, type FederationObject } from "../federation/objects/federationObject.ts";
import type { GatewayIdentity } from "../federation/cluster/gatewayObjects.ts";

/** Arguments of {@link ExportedService}. */
export interface ExportedServiceArgs {
  /** What is exported. */
  spec: ExportPlan;
  /** The gateway that lets it through. */
  gateway: GatewayIdentity;
  /** The policy that turns away callers it is not for (`exportPolicy`); none where it restricts nobody. */
  policy?: DenyPolicy;
}

/**
 * One service that peers may reach: opens exactly its host on the east-west gateway, after the policy that says who may
 * call it. A mesh-neutral host gets a ServiceEntry, subsets a DestinationRule, both seen by the gateway only.
 */
export class ExportedService extends pulumi.ComponentResource {
  /** Host by which peers call it. */
  public readonly host: string;
  /** What it makes in the cluster. */
  public readonly objects: FederationObject[] = [];

  constructor(name: string, args: ExportedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentTypes.exportedService, name, {}, opts);
    const { spec, gateway, policy } = args;
    this.host = spec.host;
    const make = (
      part: string,
      apiVersion: string,
      kind: string,
      object: Pick<FederationObject, "metadata" | "spec"> | undefined,
      dependsOn: pulumi.Resource[] = [],
    ) => {
      if (!object) return [];
      const whole = { apiVersion, kind, ...object };
      this.objects.push(whole);
      return [new k8s.apiextensions.CustomResource(`${name}-${part}`, whole, { parent: this, dependsOn })];
    };
    const first = [
      ...make("policy", "security.istio.io/v1", "AuthorizationPolicy", policy),
      ...make("entry", "networking.istio.io/v1", "ServiceEntry", exportServiceEntry(gateway, spec)),
      ...make("rule", "networking.istio.io/v1", "DestinationRule", exportDestinationRule(gateway, spec)),
    ];
    // The door opens last, and closes first: nobody comes through it past a policy that is not there yet.
    make("gateway", "networking.istio.io/v1", "Gateway", exportGateway(gateway, spec), first);
    this.registerOutputs({ host: this.host, objects: this.objects });
  }
}
