import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { importDestinationRule, importServiceEntry } from "./plan/importObjects.ts";
import type { ResolvedImport } from "./plan/resolveImports.ts";

/** Arguments of {@link ImportedService}. */
export interface ImportedServiceArgs {
  /** The import, with what the peer's contract says of it. */
  spec: ResolvedImport;
}

/** One service of a peer, callable in this mesh by its host: a ServiceEntry and a DestinationRule. */
export class ImportedService extends pulumi.ComponentResource {
  /** Host by which workloads here call it. */
  public readonly host: string;

  constructor(name: string, args: ImportedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:federation:ImportedService", name, {}, opts);
    this.host = args.spec.host;
    const rule = new k8s.apiextensions.CustomResource(
      `${name}-rule`,
      { apiVersion: "networking.istio.io/v1", kind: "DestinationRule", ...importDestinationRule(args.spec) },
      { parent: this },
    );
    // The rule first: the entry alone would send plaintext, which the gateway resets.
    new k8s.apiextensions.CustomResource(
      `${name}-entry`,
      { apiVersion: "networking.istio.io/v1", kind: "ServiceEntry", ...importServiceEntry(args.spec) },
      { parent: this, dependsOn: rule },
    );
    this.registerOutputs({ host: this.host });
  }
}
