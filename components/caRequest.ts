import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { rootDefaults } from "../federation/config/rootConfig.ts";

/** Arguments of {@link CaRequest}. A change of any of them has no effect: a new key needs a new component. */
export interface CaRequestArgs {
  /** Name of the mesh. It becomes the locality (L) of the certificate, by which people tell CAs apart. */
  mesh: pulumi.Input<string>;
  /**
   * Organization in the request.
   * @default "mesh-federation"
   */
  organization?: pulumi.Input<string>;
  /**
   * Size of the RSA key in bits.
   * @default 2048
   */
  rsaBits?: pulumi.Input<number>;
}

/**
 * The key of a mesh's CA, which never leaves the mesh's stack, and the request by which another stack, or a person,
 * makes its certificate. The request asks for no names: nothing of Istio needs them, and they would keep peers from
 * anchoring the mesh's root.
 * https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
 */
export class CaRequest extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:trust:CaRequest";

  /** The certificate request, PEM. Not secret. */
  public readonly requestPem: pulumi.Output<string>;
  /** The key, PEM (PKCS #1). Secret. */
  public readonly privateKeyPem: pulumi.Output<string>;

  constructor(name: string, args: CaRequestArgs, opts?: pulumi.ComponentResourceOptions) {
    super(CaRequest.type, name, {}, opts);
    const key = new tls.PrivateKey(
      `${name}-key`,
      { algorithm: "RSA", rsaBits: args.rsaBits ?? 2048 },
      // Without its key, an installed certificate is of no use.
      { parent: this, ignoreChanges: ["algorithm", "rsaBits"] },
    );
    const request = new tls.CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: {
          commonName: "Intermediate CA",
          organization: args.organization ?? rootDefaults.organization,
          locality: args.mesh,
        },
      },
      { parent: this, ignoreChanges: ["subject"] },
    );
    this.privateKeyPem = pulumi.secret(key.privateKeyPem);
    this.requestPem = pulumi.unsecret(request.certRequestPem);
    this.registerOutputs({ requestPem: this.requestPem });
  }
}
