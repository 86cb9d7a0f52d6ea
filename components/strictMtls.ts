import * as pulumi from "@pulumi/pulumi";
import { strictMtls, strictMtlsSpec } from "../federation/cluster/strictMtls.ts";
import { componentTypes, type FederationObject } from "../federation/objects/federationObject.ts";
import { istioObject, security } from "./istioObject.ts";

/** Arguments of {@link StrictMtls}. */
export interface StrictMtlsArgs {
  /**
   * Istio's root namespace. A policy there applies to the whole mesh.
   * @default "istio-system"
   */
  rootNamespace?: pulumi.Input<string>;
}

/**
 * STRICT mutual TLS for the whole mesh: its workloads reject plaintext.
 * https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/#lock-down-mutual-tls-for-the-entire-mesh
 */
export class StrictMtls extends pulumi.ComponentResource {
  static readonly type = componentTypes.strictMtls;

  /** The objects that it creates. `npm run status` compares the cluster with them. */
  public readonly objects: pulumi.Output<FederationObject[]>;

  constructor(name: string, args: StrictMtlsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(StrictMtls.type, name, {}, opts);
    const rootNamespace = pulumi.output(args.rootNamespace ?? "istio-system");
    const policy = istioObject(
      `${name}-policy`,
      {
        apiVersion: security,
        kind: "PeerAuthentication",
        metadata: rootNamespace.apply((namespace) => strictMtls(namespace).metadata),
        spec: strictMtlsSpec,
      },
      { parent: this },
    );
    this.objects = pulumi.all([policy.object]);
    this.registerOutputs({ objects: this.objects });
  }
}
