import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { rootDefaults } from "../federation/config/rootConfig.ts";
import type { CaMaterial } from "../federation/trust/caMaterial.ts";

/** Arguments of {@link MeshTrust}. Changing any of them but `meshes` and `earlyRenewalHours` replaces certificates. */
export interface MeshTrustArgs {
  /** Names of the meshes that share the root. Plain: each mesh has an intermediate, whose logical name contains it. */
  meshes: string[];
  /**
   * Common name of the root.
   * @default "Root CA"
   */
  commonName?: pulumi.Input<string>;
  /**
   * Organization in the root and the intermediates.
   * @default "mesh-federation"
   */
  organization?: pulumi.Input<string>;
  /**
   * Validity of the root in hours.
   * @default 87600, which is ten years
   */
  validityHours?: pulumi.Input<number>;
  /**
   * Validity of an intermediate in hours.
   * @default 17520, which is two years
   */
  intermediateValidityHours?: pulumi.Input<number>;
  /**
   * How long before its expiry `up` renews a certificate, in hours.
   * @default 720, which is 30 days
   */
  earlyRenewalHours?: pulumi.Input<number>;
  /**
   * Size of the RSA keys in bits.
   * @default 4096 for the root and 2048 for the intermediates
   */
  rsaBits?: pulumi.Input<number>;
}

/**
 * One root CA and one intermediate CA per mesh, in the form of Istio's secret `cacerts`.
 *
 * Workloads of all meshes then trust each other's certificates. The locality (L) of the issuing intermediate names the
 * mesh of a certificate. The keys are secrets in the state of the stack: a person who can decrypt it can issue
 * certificates for every mesh.
 * https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
 */
export class MeshTrust extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:trust:MeshTrust";

  /** The root certificate, PEM. */
  public readonly rootCert: pulumi.Output<string>;
  /** The CA of each mesh, by mesh name; argument `ca` of {@link IstioInstall}. Secret. */
  public readonly intermediates: pulumi.Output<Record<string, CaMaterial>>;

  constructor(name: string, args: MeshTrustArgs, opts?: pulumi.ComponentResourceOptions) {
    super(MeshTrust.type, name, {}, opts);
    const rootKey = new tls.PrivateKey(
      `${name}-root-key`,
      { algorithm: "RSA", rsaBits: args.rsaBits ?? 4096 },
      { parent: this },
    );
    const root = new tls.SelfSignedCert(
      `${name}-root`,
      {
        privateKeyPem: rootKey.privateKeyPem,
        subject: {
          commonName: args.commonName ?? rootDefaults.commonName,
          organization: args.organization ?? rootDefaults.organization,
        },
        validityPeriodHours: args.validityHours ?? rootDefaults.validityHours,
        earlyRenewalHours: args.earlyRenewalHours ?? rootDefaults.earlyRenewalHours,
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
      },
      { parent: this },
    );
    const intermediates = [...args.meshes]
      .sort()
      .map((mesh) => [mesh, this.intermediate(`${name}-${mesh}`, mesh, args, { rootKey, root })] as const);
    this.rootCert = root.certPem;
    this.intermediates = pulumi.secret(pulumi.all(Object.fromEntries(intermediates)));
    this.registerOutputs({ rootCert: this.rootCert, intermediates: this.intermediates });
  }

  /** Registers key, request and certificate of a mesh's intermediate. */
  private intermediate(
    name: string,
    mesh: string,
    args: MeshTrustArgs,
    { rootKey, root }: { rootKey: tls.PrivateKey; root: tls.SelfSignedCert },
  ): pulumi.Output<CaMaterial> {
    const parent = { parent: this };
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "RSA", rsaBits: args.rsaBits ?? 2048 }, parent);
    const request = new tls.CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: {
          commonName: "Intermediate CA",
          organization: args.organization ?? rootDefaults.organization,
          locality: mesh,
        },
        dnsNames: ["istiod.istio-system.svc"],
      },
      parent,
    );
    const cert = new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: rootKey.privateKeyPem,
        caCertPem: root.certPem,
        validityPeriodHours: args.intermediateValidityHours ?? rootDefaults.intermediateValidityHours,
        earlyRenewalHours: args.earlyRenewalHours ?? rootDefaults.earlyRenewalHours,
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["digital_signature", "content_commitment", "key_encipherment", "cert_signing", "crl_signing"],
      },
      parent,
    );
    return pulumi
      .all([cert.certPem, key.privateKeyPem, root.certPem])
      .apply(([caCert, caKey, rootCert]) => ({ caCert, caKey, certChain: caCert + rootCert, rootCert }));
  }
}
