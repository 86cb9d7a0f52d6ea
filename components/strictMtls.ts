import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { componentTypes } from "../federation/objects/federationObject.ts";
import { winsOverEdits } from "../federation/objects/labels.ts";

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
      metadata: { name: "default", namespace: args.rootNamespace, annotations: winsOverEdits },
      spec: { mtls: { mode: "STRICT" } },
    };
    new k8s.apiextensions.CustomResource(`${name}-policy`, object, { parent: this });
    this.registerOutputs({ objects: [object] });
  }
}
