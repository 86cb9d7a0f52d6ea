import * as pulumi from "@pulumi/pulumi";
import type { FederationContract } from "../federation/contract/contract.ts";
import { describeMesh, type MeshDescription } from "../federation/meshes/meshDescription.ts";
import { contractOf } from "./contractOf.ts";
import type { ExportSettings } from "./exportedServiceArgs.ts";
import { FederatedExport } from "./federatedExport.ts";

/** A gateway address of a mesh, as its peers reach it. */
export interface MeshGateway {
  /** IP address or host name. */
  address: pulumi.Input<string>;
  /**
   * Port at which peers reach it.
   * @default gatewayPort of the mesh
   */
  port?: pulumi.Input<number>;
  /**
   * Share of the calls in relation to the mesh's other addresses, a whole number from 1 to 1000.
   * @default 1
   */
  weight?: pulumi.Input<number>;
}

/** What a mesh's owner lays down for one peer. */
export interface MeshPeer {
  /**
   * Trust domain of the peer. Required where an export names callers of it.
   * @default none
   */
  trustDomain?: pulumi.Input<string>;
  /**
   * Suffixes of hosts that the peer may export, besides those of its Services.
   * @default []
   */
  hosts?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Ranges and names that its gateways may have although they are loopback or this mesh's own.
   * @default []
   */
  allowedAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Its cluster domain, where that is neither this mesh's nor `cluster.local`.
   * @default none
   */
  clusterDomain?: pulumi.Input<string>;
}

/** What a team may export and import. What is not named is not allowed. */
export interface MeshTeam {
  /** Namespaces of the Services that it exports, and of those that may call what it imports; `*`: all. */
  namespaces: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Meshes to which it may export; `*`: all.
   * @default []
   */
  exportTo?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Meshes from which it may import; `*`: all.
   * @default []
   */
  importFrom?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Suffixes of hosts that its exports may have, besides those of its Services.
   * @default []
   */
  hosts?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Suffixes of hosts under which it may import, besides the exporters' own.
   * @default []
   */
  importHosts?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether it may export to every identity of a mesh, without named callers.
   * @default false
   */
  withoutCallers?: pulumi.Input<boolean>;
}

/** Arguments of {@link FederatedMesh}. */
export interface FederatedMeshArgs {
  /** Name of the mesh, by which its peers know it; an RFC 1123 label. */
  meshName: pulumi.Input<string>;
  /** Version of its Istio, such as `1.30.5`. */
  istioVersion: pulumi.Input<string>;
  /**
   * Minor of its Istio, for a version that is not one of Istio's releases.
   * @default follows from istioVersion
   */
  istioMinor?: pulumi.Input<string>;
  /**
   * `global.meshID` of its Istio.
   * @default meshName
   */
  meshId?: pulumi.Input<string>;
  /**
   * `global.multiCluster.clusterName` of its Istio.
   * @default meshName
   */
  cluster?: pulumi.Input<string>;
  /**
   * `global.network` of its Istio.
   * @default network-<meshName>
   */
  network?: pulumi.Input<string>;
  /**
   * Trust domain of the mesh.
   * @default "cluster.local"
   */
  trustDomain?: pulumi.Input<string>;
  /**
   * DNS domain of its cluster, which its Istio has as `global.proxy.clusterDomain`.
   * @default "cluster.local"
   */
  clusterDomain?: pulumi.Input<string>;
  /**
   * Region of the mesh, the first part of its locality.
   * @default meshName
   */
  region?: pulumi.Input<string>;
  /**
   * Zone of the mesh, the second part of its locality.
   * @default <meshName>-1
   */
  zone?: pulumi.Input<string>;
  /**
   * Trust domains besides its own whose certificates the mesh accepts (`meshConfig.caCertificates[].trustDomains`).
   * @default []
   */
  acceptedTrustDomains?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Roots of the mesh as PEM text, the one that signs first. Without it, the meshes are believed to share a root.
   * @default "": not known
   */
  roots?: pulumi.Input<string>;
  /**
   * SHA-256 of the roots of peers that the mesh has as anchors, by mesh name. Needed where there is no common root.
   * @default {}
   */
  trusts?: pulumi.Input<Record<string, pulumi.Input<pulumi.Input<string>[]>>>;
  /**
   * Addresses of the east-west gateway as peers reach it, such as {@link EastWestGateway.addresses}.
   * @default []: imports of the mesh's exports are pending
   */
  gatewayAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Further addresses of gateways, with ports or weights of their own.
   * @default []
   */
  gateways?: pulumi.Input<pulumi.Input<MeshGateway>[]>;
  /**
   * Port at which peers reach the gateway.
   * @default 15443
   */
  gatewayPort?: pulumi.Input<number>;
  /**
   * Namespace of the gateway's pods.
   * @default "istio-system"
   */
  gatewayNamespace?: pulumi.Input<string>;
  /**
   * Labels that select the gateway's pods.
   * @default those of EastWestGateway
   */
  gatewayLabels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * What the mesh lays down for single peers, by mesh name.
   * @default {}
   */
  peers?: pulumi.Input<Record<string, pulumi.Input<MeshPeer>>>;
  /**
   * Ranges in which no peer's gateway can be: those of the mesh's pods, Services and load balancers.
   * @default []
   */
  ownNetworks?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Namespaces of the mesh's own control plane, besides `istio-system` and the gateway's.
   * @default []
   */
  ownNamespaces?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * What other programs may export and import, by team. Each of their exports and imports then names its team.
   * @default none: only who has the description's stack decides
   */
  teams?: pulumi.Input<Record<string, pulumi.Input<MeshTeam>>>;
  /**
   * Services that the mesh exports, by name of the export. Plain, because each makes objects.
   * @default {}
   */
  exports?: Record<string, ExportSettings>;
  /**
   * Contracts of the meshes that may import, by mesh name. What they import can then not be removed or narrowed.
   * @default {}
   */
  importers?: Record<string, pulumi.Input<FederationContract>>;
}

/**
 * A mesh of a federation: what it is, and the services that it exports.
 *
 * It installs nothing. Istio and the east-west gateway exist, or come from {@link IstioInstall} and
 * {@link EastWestGateway}. Arguments that are not valid fail the preview, with code `mesh-description-invalid`.
 */
export class FederatedMesh extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:federation:FederatedMesh";

  /** What peers read: give it as output `federation` of the stack, or as `from` of a {@link FederatedImport}. */
  public readonly contract: pulumi.Output<FederationContract>;
  /** The mesh as exports and imports of its owner need it: in this program, or as output `mesh` of the stack. */
  public readonly description: pulumi.Output<MeshDescription>;

  constructor(name: string, args: FederatedMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super(FederatedMesh.type, name, {}, opts);
    const { exports = {}, importers = {}, meshName, ...facts } = args;
    this.description = pulumi
      .output({ name: meshName, ...facts })
      .apply((known) => describeMesh(known as Parameters<typeof describeMesh>[0]));
    // Teams are for others: the owner lays them down.
    const own = this.description.apply(({ teams: _teams, ...description }): MeshDescription => description);
    const exported = Object.entries(exports).map(
      ([exportName, settings]) =>
        new FederatedExport(`${name}-${exportName}`, { ...settings, exportName, mesh: own }, { parent: this }),
    );
    this.contract = contractOf(this.description, { exports: exported }, importers);
    this.registerOutputs({ contract: this.contract, description: this.description });
  }
}
