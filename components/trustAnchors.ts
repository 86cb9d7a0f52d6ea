import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { trustAnchor } from "../federation/trust/constrainedCa.ts";

/** A peer whose roots become anchors. */
export interface AnchorPeer {
  /** Name of the peer. */
  mesh: string;
  /** The only trust domain that its CA can name here. */
  trustDomain: string;
  /** Its roots, each a PEM text and its SHA-256. */
  roots: readonly { sha256: string; pem: string }[];
}

/** A trust anchor for a root of a peer. */
export interface TrustAnchor {
  /** Name of the peer. */
  mesh: string;
  /** SHA-256 of the peer's root. */
  root: string;
  trustDomain: string;
  /** The anchor's certificate, PEM. */
  pem: string;
}

/** Arguments of {@link TrustAnchors}. */
export interface TrustAnchorsArgs {
  /** Name of the mesh that makes them; part of their issuer's name. */
  mesh: pulumi.Input<string>;
  /** Peers of other roots. */
  peers: pulumi.Input<pulumi.Input<AnchorPeer>[]>;
}

/**
 * Trust anchors for the roots of peers: certificates over the peers' root keys that permit identities of the peer's
 * trust domain only. Istio has no setting that binds a root to a trust domain; Envoy enforces the constraint of an
 * anchor. The key that signs them signs nothing else, and nobody trusts it.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10
 */
export class TrustAnchors extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:trust:TrustAnchors";

  /** One for each root of each peer, in the order of the arguments. Not secret. */
  public readonly anchors: pulumi.Output<TrustAnchor[]>;

  constructor(name: string, args: TrustAnchorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TrustAnchors.type, name, {}, opts);
    const key = new tls.PrivateKey(
      `${name}-key`,
      { algorithm: "RSA", rsaBits: 2048 },
      { parent: this, ignoreChanges: ["algorithm", "rsaBits"] },
    );
    const made = pulumi.all([args.mesh, args.peers, key.privateKeyPem]).apply(([mesh, peers, keyPem]) =>
      Promise.all(
        peers.flatMap((peer) =>
          peer.roots.map(async ({ sha256, pem }): Promise<TrustAnchor> => {
            const { mesh: of, trustDomain } = peer;
            const issuerName = `anchor of ${mesh}`;
            return {
              mesh: of,
              root: sha256,
              trustDomain,
              pem: await trustAnchor({ rootPem: pem, trustDomain, issuerName, keyPem }),
            };
          }),
        ),
      ),
    );
    this.anchors = pulumi.unsecret(made);
    this.registerOutputs({ anchors: this.anchors });
  }
}
