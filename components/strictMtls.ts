import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { componentTypes } from "./plan/federationObject.ts";

/** Arguments of {@link StrictMtls}. */
export interface StrictMtlsArgs {
  /** Istio's root namespace; a policy there is mesh-wide. */
  rootNamespace: pulumi.Input<string>;
}

/** Mesh-wide STRICT mTLS: no workload of the mesh takes plaintext. */
export class StrictMtls extends pulumi.ComponentResource {
  constructor(name: string, args: StrictMtlsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentTypes.strictMtls, name, {}, opts);
    const object = {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      // Whoever weakened it in the cluster is overruled, instead of stopping an `up` with a conflict.
      metadata: { name: "default", namespace: args.rootNamespace, annotations: { "pulumi.com/patchForce": "true" } },
      spec: { mtls: { mode: "STRICT" } },
    };
    new k8s.apiextensions.CustomResource(`${name}-policy`, object, { parent: this });
    this.registerOutputs({ objects: [object] });
  }
}
