import * as pulumi from "@pulumi/pulumi";
import type { ContractExport } from "../federation/contract/contract.ts";
import { exportDestinationRule, exportGateway, exportServiceEntry } from "../federation/exports/exportObjects.ts";
import { publishedExport } from "../federation/exports/exportPlan.ts";
import { componentTypes, type FederationObject } from "../federation/objects/federationObject.ts";
import { federationMetadata, publicAnnotation } from "../federation/objects/labels.ts";
import type { ExportedServiceArgs } from "./exportedServiceArgs.ts";
import { istioObject, networking, security, type IstioObject } from "./istioObject.ts";
import { checkPlainArgs, plannedExport, policySpec, whichObjects, type PlannedExport } from "./planExportedService.ts";

/**
 * A service that peers may import: exposes exactly its host on the east-west gateway.
 *
 * An AuthorizationPolicy on the serving pods denies the callers that the export is not for. A mesh-neutral host gets a
 * ServiceEntry, subsets with labels get a DestinationRule; only the gateway's namespace sees both.
 */
export class ExportedService extends pulumi.ComponentResource {
  static readonly type: string = componentTypes.exportedService;

  /** Host by which peers call it. */
  public readonly host: pulumi.Output<string>;
  /** The entry of the contract by which peers import it. */
  public readonly published: pulumi.Output<ContractExport>;
  /** The objects that it creates. `npm run status` compares the cluster with them. */
  public readonly objects: pulumi.Output<FederationObject[]>;

  constructor(name: string, args: ExportedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(new.target.type, name, {}, opts);
    checkPlainArgs(args, name);
    const which = whichObjects(args);
    const planned = plannedExport(args);
    this.host = planned.plan.host;
    this.published = planned.apply(({ plan }) => publishedExport(plan));

    // Names are known in a preview in which other arguments are not.
    const metadata = pulumi
      .all([args.exportName, args.namespace])
      .apply(([exportName, namespace]) => federationMetadata("export", exportName, namespace));
    const register = (
      part: string,
      apiVersion: string,
      kind: string,
      spec: (known: PlannedExport) => object,
    ): IstioObject =>
      istioObject(`${name}-${part}`, { apiVersion, kind, metadata, spec: planned.apply(spec) }, { parent: this });

    const optional: IstioObject[] = [];
    if (which.policy) optional.push(register("policy", security, "AuthorizationPolicy", policySpec));
    if (which.serviceEntry)
      optional.push(
        register("entry", networking, "ServiceEntry", (known) => exportServiceEntry(known.gateway, known.plan)!.spec),
      );
    if (which.destinationRule)
      optional.push(
        register(
          "rule",
          networking,
          "DestinationRule",
          (known) => exportDestinationRule(known.gateway, known.plan)!.spec,
        ),
      );
    // Created last and deleted first: the gateway never exposes the host without its policy.
    const gateway = istioObject(
      `${name}-gateway`,
      {
        apiVersion: networking,
        kind: "Gateway",
        metadata: gatewayMetadata(args),
        spec: planned.apply((known) => exportGateway(known.gateway, known.plan).spec),
      },
      { parent: this, dependsOn: optional.map(({ resource }) => resource) },
    );
    this.objects = pulumi.all([...optional, gateway].map(({ object }) => object));
    this.registerOutputs({ host: this.host, published: this.published, objects: this.objects });
  }
}

function gatewayMetadata(args: ExportedServiceArgs) {
  return pulumi
    .all([args.exportName, args.gatewayNamespace ?? "istio-system", args.public ?? false])
    .apply(([exportName, namespace, isPublic]) =>
      federationMetadata(
        "export",
        exportName,
        namespace,
        isPublic ? { annotations: { [publicAnnotation]: "true" } } : {},
      ),
    );
}
