import * as pulumi from "@pulumi/pulumi";
import {
  importDestinationRule,
  importName,
  importServiceEntry,
  importWorkloadEntries,
} from "../federation/imports/importObjects.ts";
import { importVirtualService } from "../federation/imports/importRoutes.ts";
import { hasRoutes } from "../federation/imports/routePolicy.ts";
import type { ResolvedImport } from "../federation/imports/resolveImports.ts";
import { componentTypes, type FederationObject } from "../federation/objects/federationObject.ts";
import { federationMetadata } from "../federation/objects/labels.ts";
import { createsRule } from "./createsRule.ts";
import { resolvedImport, workloadEntryParts, type ImportedServiceArgs } from "./importedServiceArgs.ts";
import { istioObject, networking, type IstioObject } from "./istioObject.ts";

/**
 * A service of one or more peers, callable in this mesh by its host.
 *
 * It creates a ServiceEntry, a DestinationRule unless `destinationRule` leaves it out, and with `retries` or `timeout`
 * a VirtualService. For a blended import, the endpoints join the local Service of the same name: WorkloadEntries take
 * the ServiceEntry's place.
 */
export class ImportedService extends pulumi.ComponentResource {
  static readonly type: string = componentTypes.importedService;

  /** Host by which workloads of this mesh call it. */
  public readonly host: pulumi.Output<string>;
  /** The objects that it creates. `npm run status` compares the cluster with them. */
  public readonly objects: pulumi.Output<FederationObject[]>;

  constructor(name: string, args: ImportedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(new.target.type, name, {}, opts);
    const parts = workloadEntryParts(name, args);
    const resolved = resolvedImport(args);
    this.host = resolved.host;

    // Names are known in a preview in which the gateways are not.
    const identity = pulumi.output({ id: args.importName, namespace: args.namespace });
    const register = (
      part: string,
      kind: string,
      spec: (known: ResolvedImport) => object,
      { suffix = "", dependsOn }: { suffix?: string; dependsOn?: pulumi.Resource[] } = {},
    ): IstioObject =>
      istioObject(
        `${name}-${part}`,
        {
          apiVersion: networking,
          kind,
          metadata: identity.apply(({ id, namespace }) => {
            const objectName = importName({ id, name: id, from: "", meshes: [] });
            return federationMetadata("import", objectName, namespace, { name: `${objectName}${suffix}` });
          }),
          spec: resolved.apply(spec),
        },
        { parent: this, dependsOn },
      );

    const rules = createsRule(args)
      ? [register("rule", "DestinationRule", (known) => importDestinationRule(known)!.spec)]
      : [];
    // After the rule, where there is one: it has the SNI of a renamed import, and without it a blended import spreads
    // calls over all meshes. A rule that is no longer needed is deleted last, when the endpoints have had the label of
    // auto mTLS for long: calls go on with the same identities and SNI, in the same connections or new ones.
    const dependsOn = rules.map(({ resource }) => resource);
    const endpoints =
      args.blendLabels === undefined
        ? [register("entry", "ServiceEntry", (known) => importServiceEntry(known)!.spec, { dependsOn })]
        : parts.map((part) =>
            register(
              `workload-${part}`,
              "WorkloadEntry",
              (known) => importWorkloadEntries(known).find((entry) => entry.part === part)!.spec,
              { suffix: `-${part}`, dependsOn },
            ),
          );
    const routes = hasRoutes(args)
      ? [register("routes", "VirtualService", (known) => importVirtualService(known)!.spec, { dependsOn })]
      : [];
    this.objects = pulumi.all([...rules, ...endpoints, ...routes].map(({ object }) => object));
    this.registerOutputs({ host: this.host, objects: this.objects });
  }
}
