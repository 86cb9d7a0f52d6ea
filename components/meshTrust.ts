import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { rootDefaults } from "../federation/config/rootConfig.ts";
import { findingText } from "../federation/errors/userError.ts";
import { renewalNotice } from "../federation/trust/renewalNotice.ts";
import {
  signRequests,
  type IntermediateValidity,
  type Issuer,
  type MeshRequests,
} from "../federation/trust/signRequests.ts";
import type { NumberedRoot } from "../federation/trust/chooseCa.ts";

/** Arguments of {@link MeshTrust}. Those of a root take effect when it is made: a root that exists never changes. */
export interface MeshTrustArgs {
  /** Certificate requests to sign, by mesh name. */
  requests: pulumi.Input<Record<string, pulumi.Input<MeshRequests>>>;
  /**
   * Numbers of the roots that exist. Plain: each root is a resource, whose logical name contains its number. Every
   * request is signed under each root.
   * @default [1]
   */
  generations?: number[];
  /**
   * Common name of a root.
   * @default "Root CA"
   */
  commonName?: pulumi.Input<string>;
  /**
   * Organization in a root.
   * @default "mesh-federation"
   */
  organization?: pulumi.Input<string>;
  /**
   * Locality in a root: the mesh whose own it is.
   * @default none
   */
  locality?: pulumi.Input<string>;
  /**
   * Validity of a root in hours.
   * @default 87600, which is ten years
   */
  validityHours?: pulumi.Input<number>;
  /**
   * Validity of an intermediate in hours.
   * @default 17520, which is two years
   */
  intermediateValidityHours?: pulumi.Input<number>;
  /**
   * How long before its end an intermediate is replaced by the next `up`, in hours.
   * @default 720, which is 30 days
   */
  earlyRenewalHours?: pulumi.Input<number>;
  /**
   * Size of a root's RSA key in bits.
   * @default 4096
   */
  rsaBits?: pulumi.Input<number>;
}

/**
 * Root CAs, and intermediates for meshes that keep their keys: each can issue identities of one trust domain only, and
 * no further CA. The keys of the roots are secrets in the state of the stack; nothing else that it has is secret.
 *
 * A root is never renewed: a new one gets a new number, and meshes change to it in phases.
 * https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
 */
export class MeshTrust extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:trust:MeshTrust";

  /** The roots, by number, PEM. */
  public readonly roots: pulumi.Output<NumberedRoot[]>;
  /** Certificates of the requests, PEM, by mesh name: one for each request and root. */
  public readonly certificates: pulumi.Output<Record<string, string[]>>;

  constructor(name: string, args: MeshTrustArgs, opts?: pulumi.ComponentResourceOptions) {
    super(MeshTrust.type, name, {}, opts);
    const roots = [...(args.generations ?? [1])].map((number) => this.root(name, number, args));
    const validity = {
      validityHours: args.intermediateValidityHours ?? rootDefaults.intermediateValidityHours,
      earlyRenewalHours: args.earlyRenewalHours ?? rootDefaults.earlyRenewalHours,
    };
    this.roots = pulumi.all(roots.map(({ number, cert }) => ({ number, pem: cert.certPem })));
    const issuers = roots.map(({ key, cert }) => ({
      certPem: cert.certPem,
      keyPem: key.privateKeyPem,
      since: cert.validityStartTime,
      until: cert.validityEndTime,
    }));
    this.certificates = pulumi.unsecret(
      pulumi
        .all([args.requests, issuers, validity] as const)
        .apply(([requests, all, hours]) => this.sign(requests, all, hours)),
    );
    this.registerOutputs({ roots: this.roots, certificates: this.certificates });
  }

  /** Signs what can be signed, and warns of the rest, and of renewals that are near. */
  private sign(
    meshes: Record<string, MeshRequests>,
    issuers: Issuer[],
    validity: IntermediateValidity,
  ): Promise<Record<string, string[]>> {
    const now = new Date();
    const warnings = new Set<string>();
    const warn = (text: string): void => {
      if (!warnings.has(text)) void pulumi.log.warn(text, this);
      warnings.add(text);
    };
    return signRequests(meshes, issuers, validity, now, {
      onRefused: (mesh, reason) => warn(`no certificate for mesh "${mesh}": ${reason}`),
      onSigned: (mesh, window) => renewalNotice(mesh, window, now).map(findingText).forEach(warn),
    });
  }

  /** Registers the key and the certificate of a root. The first has no number in its name. */
  private root(name: string, number: number, args: MeshTrustArgs) {
    const suffix = number === 1 ? "" : `-${number}`;
    const key = new tls.PrivateKey(
      `${name}-root-key${suffix}`,
      { algorithm: "RSA", rsaBits: args.rsaBits ?? 4096 },
      { parent: this, ignoreChanges: ["algorithm", "rsaBits"] },
    );
    const cert = new tls.SelfSignedCert(
      `${name}-root${suffix}`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: {
          commonName: args.commonName ?? rootDefaults.commonName,
          organization: args.organization ?? rootDefaults.organization,
          ...(args.locality === undefined ? {} : { locality: args.locality }),
        },
        validityPeriodHours: args.validityHours ?? rootDefaults.validityHours,
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
      },
      // A running istiod ignores a root that replaces another one, and its next restart cuts pods off from each other.
      {
        parent: this,
        ignoreChanges: ["subject", "validityPeriodHours", "earlyRenewalHours", "setSubjectKeyId", "allowedUses"],
      },
    );
    return { number, key, cert };
  }
}
