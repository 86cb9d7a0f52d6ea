import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { componentTypes, type FederationObject } from "../federation/objects/federationObject.ts";
import {
  importDestinationRule,
  importServiceEntry,
  importWorkloadEntries,
} from "../federation/imports/importObjects.ts";
import type { ResolvedImport } from "../federation/imports/resolveImports.ts";

/** Arguments of {@link ImportedService}. */
export interface ImportedServiceArgs {
  /** The import, with what the peers' contracts say of it. */
  spec: ResolvedImport;
}

/**
 * One service of one or several peers, callable in this mesh by its host: a DestinationRule with a ServiceEntry, or,
 * blended with a local Service, with WorkloadEntries.
 */
export class ImportedService extends pulumi.ComponentResource {
  /** Host by which workloads here call it. */
  public readonly host: string;
  /** What it makes in the cluster. */
  public readonly objects: FederationObject[] = [];

  constructor(name: string, args: ImportedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentTypes.importedService, name, {}, opts);
    const { spec } = args;
    this.host = spec.host;
    const make = (
      part: string,
      kind: string,
      { metadata, spec }: Pick<FederationObject, "metadata" | "spec">,
      dependsOn: pulumi.Resource[] = [],
    ) => {
      const object = { apiVersion: "networking.istio.io/v1", kind, metadata, spec };
      this.objects.push(object);
      return new k8s.apiextensions.CustomResource(`${name}-${part}`, object, { parent: this, dependsOn });
    };
    const rule = make("rule", "DestinationRule", importDestinationRule(spec));
    // The rule first: an entry alone would send plaintext, which the gateway resets, or spread calls over all meshes.
    const entry = importServiceEntry(spec);
    if (entry) make("entry", "ServiceEntry", entry, [rule]);
    for (const { part, ...workload } of importWorkloadEntries(spec))
      make(`workload-${part}`, "WorkloadEntry", workload, [rule]);
    this.registerOutputs({ host: this.host, objects: this.objects });
  }
}
