import type * as pulumi from "@pulumi/pulumi";

/** A port of an exported service. */
export interface ExportedPort {
  /** Name of the port. */
  name: pulumi.Input<string>;
  /** Port by which the service is called. It is part of the SNI. */
  number: pulumi.Input<number>;
  /** Istio protocol: `HTTP`, `HTTP2`, `GRPC`, `TCP`, `TLS` or `HTTPS`. */
  protocol: pulumi.Input<string>;
  /**
   * Port of the pods. Where every port has one, the policy applies to these ports of the pods alone.
   * @default number
   */
  targetPort?: pulumi.Input<number>;
}

/** A version of an exported service that importers may address by name. */
export interface ExportedSubset {
  /** Name of the subset. */
  name: pulumi.Input<string>;
  /**
   * Labels of the subset's pods. Whether they are given is plain: with labels, a DestinationRule is created.
   * @default none: a DestinationRule of the service's owner has the subset
   */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What a service is exported as: the arguments of an export that say nothing of its mesh. */
export interface ExportSettings {
  /** Namespace of the Service and of the pods that serve it. */
  namespace: pulumi.Input<string>;
  /** Name of the Service. */
  service: pulumi.Input<string>;
  /**
   * Host by which importers call it. Any other host than the default is mesh-neutral and needs a `selector`.
   * @default the host of the Service, `<service>.<namespace>.svc.<clusterDomain>`
   */
  host?: pulumi.Input<string>;
  /**
   * Whether `host` is mesh-neutral. Plain, because a mesh-neutral host gets a ServiceEntry.
   * @default true when `host` is given
   */
  meshNeutralHost?: boolean;
  /** Ports of the service; at least one. */
  ports: pulumi.Input<pulumi.Input<ExportedPort>[]>;
  /**
   * Labels of the serving pods, as in the selector of the Service. Required with `callers` and for a mesh-neutral host.
   * @default none
   */
  selector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Service accounts that serve it, in `namespace`. Importers pin their SPIFFE ids. At least one here or in
   * `subjectAltNames`.
   * @default []
   */
  serviceAccounts?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Further SPIFFE ids that serve it.
   * @default []
   */
  subjectAltNames?: pulumi.Input<pulumi.Input<string>[]>;
  /** Names of the meshes that may import it. */
  to: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Callers that may call it, as `namespace/serviceAccount`. An AuthorizationPolicy denies all others.
   * @default none, which admits every identity of the meshes in `to`
   */
  callers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Callers of single meshes in `to`, in place of `callers`, by mesh name. The meshes need different trust domains.
   * @default {}
   */
  callersByMesh?: pulumi.Input<Record<string, pulumi.Input<string[]>>>;
  /**
   * Which callers the list `callers` restricts: those of other meshes, or those of this mesh too.
   * @default "peers"
   */
  callersApplyTo?: pulumi.Input<"peers" | "everyone">;
  /**
   * Whether an AuthorizationPolicy is created. Plain, because it decides whether the object exists. `false` is rejected
   * when the other arguments need a policy.
   * @default true when `selector` is given
   */
  enforceCallers?: boolean;
  /**
   * Declares that every identity of the meshes in `to` may call it, for reviews that require named callers.
   * @default false
   */
  public?: pulumi.Input<boolean>;
  /**
   * Whether peers may reach ports of the Service that `ports` does not name. The policy then applies to all ports.
   * @default false
   */
  allowUndeclaredPorts?: pulumi.Input<boolean>;
  /**
   * Versions that importers may address by name. A plain array, because labels decide whether a DestinationRule exists.
   * @default []
   */
  subsets?: ExportedSubset[];
}

/** Arguments of {@link ExportedService}. */
export interface ExportedServiceArgs extends ExportSettings {
  /** Name by which importers refer to the export, unique in the mesh. Objects are named `export-<exportName>`. */
  exportName: pulumi.Input<string>;
  /**
   * Minor of this mesh's Istio, such as `1.30`. It decides what a policy can say.
   * @default the oldest minor that this project supports
   */
  istioMinor?: pulumi.Input<string>;
  /**
   * Namespace of the east-west gateway.
   * @default "istio-system"
   */
  gatewayNamespace?: pulumi.Input<string>;
  /**
   * Labels that select the pods of the east-west gateway.
   * @default { "mesh-federation.dev/gateway": "istio-eastwestgateway" }, those of EastWestGateway
   */
  gatewayLabels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Trust domain of this mesh.
   * @default "cluster.local"
   */
  trustDomain?: pulumi.Input<string>;
  /**
   * DNS domain of this mesh's cluster, which its Istio has as `global.proxy.clusterDomain`.
   * @default "cluster.local"
   */
  clusterDomain?: pulumi.Input<string>;
  /**
   * Trust domains of other meshes, by mesh name. Required for the meshes in `to` when `callers` is given.
   * @default {}
   */
  peerTrustDomains?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Trust domains besides its own whose certificates the mesh accepts. The policy denies those of meshes not in `to`.
   * @default []
   */
  acceptedTrustDomains?: pulumi.Input<pulumi.Input<string>[]>;
}
