import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { CaMaterial } from "../federation/trust/caMaterial.ts";
import { rootDefaults } from "../federation/config/rootConfig.ts";

/** Arguments of {@link MeshTrust}. */
export interface MeshTrustArgs {
  /** Names of the meshes that share the root; one intermediate each. */
  meshes: string[];
  /** Common name of the root. Default `Root CA`. */
  commonName?: string;
  /** Organization in root and intermediates. Default `mesh-federation`. */
  organization?: string;
  /** Validity of the root in hours. Default ten years. */
  validityHours?: number;
  /** Validity of an intermediate in hours. Default two years. */
  intermediateValidityHours?: number;
  /** How long before its end a certificate is made anew by the next `up`, in hours. Default 30 days. */
  earlyRenewalHours?: number;
  /** Size of the RSA keys in bits. Default 4096 for the root and 2048 for intermediates. */
  rsaBits?: number;
}

/**
 * One root CA and one intermediate CA per mesh, as Istio takes them in the secret `cacerts`.
 *
 * Workloads of all meshes then trust each other's certificates, and the issuing intermediate (its L) tells which mesh
 * a certificate is from. Keys are secrets in this stack's state: whoever can decrypt it can act for every mesh.
 * https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
 */
export class MeshTrust extends pulumi.ComponentResource {
  /** The root certificate, PEM. */
  public readonly rootCert: pulumi.Output<string>;
  /** What each mesh needs, by mesh name. Secret. */
  public readonly intermediates: pulumi.Output<Record<string, CaMaterial>>;

  constructor(name: string, args: MeshTrustArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:trust:MeshTrust", name, {}, opts);
    const parent = { parent: this };
    const { commonName, organization, validityHours, intermediateValidityHours, earlyRenewalHours } = {
      ...rootDefaults,
      ...args,
    };

    const rootKey = new tls.PrivateKey(`${name}-root-key`, { algorithm: "RSA", rsaBits: args.rsaBits ?? 4096 }, parent);
    const root = new tls.SelfSignedCert(
      `${name}-root`,
      {
        privateKeyPem: rootKey.privateKeyPem,
        subject: { commonName, organization },
        validityPeriodHours: validityHours,
        earlyRenewalHours,
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
      },
      parent,
    );
    const intermediates: Record<string, pulumi.Output<CaMaterial>> = {};
    for (const mesh of [...args.meshes].sort()) {
      const key = new tls.PrivateKey(
        `${name}-${mesh}-key`,
        { algorithm: "RSA", rsaBits: args.rsaBits ?? 2048 },
        parent,
      );
      const request = new tls.CertRequest(
        `${name}-${mesh}-request`,
        {
          privateKeyPem: key.privateKeyPem,
          subject: { commonName: "Intermediate CA", organization, locality: mesh },
          dnsNames: ["istiod.istio-system.svc"],
        },
        parent,
      );
      const cert = new tls.LocallySignedCert(
        `${name}-${mesh}`,
        {
          certRequestPem: request.certRequestPem,
          caPrivateKeyPem: rootKey.privateKeyPem,
          caCertPem: root.certPem,
          validityPeriodHours: intermediateValidityHours,
          earlyRenewalHours,
          isCaCertificate: true,
          setSubjectKeyId: true,
          allowedUses: ["digital_signature", "content_commitment", "key_encipherment", "cert_signing", "crl_signing"],
        },
        parent,
      );
      intermediates[mesh] = pulumi
        .all([cert.certPem, key.privateKeyPem, root.certPem])
        .apply(([caCert, caKey, rootCert]) => ({
          caCert,
          caKey,
          certChain: caCert + rootCert,
          rootCert,
        }));
    }
    this.rootCert = root.certPem;
    this.intermediates = pulumi.secret(pulumi.all(intermediates));
    this.registerOutputs({ rootCert: this.rootCert, intermediates: this.intermediates });
  }
}
