import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { importDestinationRule, importServiceEntry, importWorkloadEntries } from "./plan/importObjects.ts";
import type { ResolvedImport } from "./plan/resolveImports.ts";

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

  constructor(name: string, args: ImportedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:federation:ImportedService", name, {}, opts);
    const { spec } = args;
    this.host = spec.host;
    const rule = new k8s.apiextensions.CustomResource(
      `${name}-rule`,
      { apiVersion: "networking.istio.io/v1", kind: "DestinationRule", ...importDestinationRule(spec) },
      { parent: this },
    );
    // The rule first: an entry alone would send plaintext, which the gateway resets, or spread calls over all meshes.
    const after = { parent: this, dependsOn: rule };
    const entry = importServiceEntry(spec);
    if (entry) new k8s.apiextensions.CustomResource(`${name}-entry`, { apiVersion: "networking.istio.io/v1", kind: "ServiceEntry", ...entry }, after);
    for (const { part, ...workload } of importWorkloadEntries(spec))
      new k8s.apiextensions.CustomResource(`${name}-workload-${part}`, { apiVersion: "networking.istio.io/v1", kind: "WorkloadEntry", ...workload }, after);
    this.registerOutputs({ host: this.host });
  }
}
