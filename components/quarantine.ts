import * as pulumi from "@pulumi/pulumi";
import { hasSourceTrustDomains, supportedIstioMinors } from "../federation/config/versions.ts";
import { componentTypes, type FederationObject } from "../federation/objects/federationObject.ts";
import { quarantinePolicy } from "../federation/trust/quarantinePolicy.ts";
import { istioObject, security } from "./istioObject.ts";

/** Arguments of {@link Quarantine}. */
export interface QuarantineArgs {
  /** Name of the mesh in quarantine, a part of the policy's name. */
  mesh: pulumi.Input<string>;
  /** Its trust domains. The mesh's own is refused; without any, the policy denies nobody. */
  trustDomains: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Trust domain of the mesh whose workloads deny.
   * @default "cluster.local"
   */
  trustDomain?: pulumi.Input<string>;
  /**
   * Minor of the Istio of that mesh, such as `1.30`; since then, policies can name a trust domain `cluster.local` that
   * is another mesh's.
   * @default the oldest supported minor
   */
  istioMinor?: pulumi.Input<string>;
  /**
   * Istio's root namespace. A policy there applies to the whole mesh.
   * @default "istio-system"
   */
  rootNamespace?: pulumi.Input<string>;
}

/**
 * Denies every caller of another mesh in all workloads of this mesh: HTTP callers get 403, others a reset. Connections
 * that exist end within Envoy's drain time, 45 seconds by default.
 *
 * Fails with a `UserError` (`quarantine-denies-own`) for a trust domain that would be the mesh's own.
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export class Quarantine extends pulumi.ComponentResource {
  static readonly type = componentTypes.quarantine;

  /** The objects that it creates. `npm run status` compares the cluster with them. */
  public readonly objects: pulumi.Output<FederationObject[]>;

  constructor(name: string, args: QuarantineArgs, opts?: pulumi.ComponentResourceOptions) {
    super(Quarantine.type, name, {}, opts);
    const planned = pulumi
      .all([
        args.mesh,
        args.trustDomains,
        args.trustDomain ?? "cluster.local",
        args.istioMinor ?? supportedIstioMinors[0],
        args.rootNamespace ?? "istio-system",
      ])
      .apply(([mesh, trustDomains, own, istioMinor, rootNamespace]) =>
        quarantinePolicy(mesh, trustDomains, { own, literal: hasSourceTrustDomains(istioMinor) }, rootNamespace),
      );
    const policy = istioObject(
      `${name}-policy`,
      { apiVersion: security, kind: "AuthorizationPolicy", metadata: planned.metadata, spec: planned.spec },
      { parent: this },
    );
    this.objects = pulumi.all([policy.object]);
    this.registerOutputs({ objects: this.objects });
  }
}
