import * as pulumi from "@pulumi/pulumi";
import type { PortProtocol } from "../federation/config/fields.ts";
import { autoPassthroughPort } from "../federation/cluster/gatewayObjects.ts";
import { createsRule } from "./createsRule.ts";
import { UserError } from "../federation/errors/userError.ts";
import type { Retries } from "../federation/imports/routePolicy.ts";
import type { ResolvedImport } from "../federation/imports/resolveImports.ts";
import type { ConnectionPool, LoadBalancing, OutlierDetection } from "../federation/imports/trafficPolicy.ts";

/** A port of an imported service. */
export interface ImportedPort {
  /** Name of the port. */
  name: pulumi.Input<string>;
  /** Port by which the service is called. */
  number: pulumi.Input<number>;
  /** Istio protocol: `HTTP`, `HTTP2`, `GRPC`, `TCP`, `TLS` or `HTTPS`. */
  protocol: pulumi.Input<PortProtocol>;
}

/** A gateway address of a peer. */
export interface ImportedGateway {
  /** Name of the mesh. */
  mesh: pulumi.Input<string>;
  /** IP address or host name. Host names make the ServiceEntry resolve by DNS. */
  address: pulumi.Input<string>;
  /**
   * Port of the gateway.
   * @default 15443
   */
  port?: pulumi.Input<number>;
  /**
   * Share of the calls in relation to the other gateways, a whole number from 1 to 1000.
   * @default 1
   */
  weight?: pulumi.Input<number>;
  /**
   * Istio network of the endpoint. The importing mesh's Istio must know no gateway of it, or the calls go to that
   * gateway. So it is not the peer's own name for its network, but one such as `peer-west`.
   */
  network: pulumi.Input<string>;
  /** Locality of the mesh, `region/zone`. Istio prefers near endpoints. */
  locality: pulumi.Input<string>;
}

/** How clients call an import. */
export interface ImportPolicy {
  /**
   * Subsets of the export that routes in this mesh address.
   * @default []
   */
  subsets?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Limits of connections and calls, as in a DestinationRule.
   * https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings
   * @default Istio's
   */
  connectionPool?: pulumi.Input<ConnectionPool>;
  /**
   * How an endpoint is chosen, as in a DestinationRule.
   * https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings
   * @default Istio's
   */
  loadBalancer?: pulumi.Input<LoadBalancing>;
  /**
   * When an endpoint is left out, as in a DestinationRule.
   * https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
   * @default per field: that of an import with several endpoints, otherwise Istio's
   */
  outlierDetection?: pulumi.Input<OutlierDetection>;
  /**
   * Retries of HTTP calls, as in a VirtualService. Whether `retries` or `timeout` is given is plain, because it decides
   * whether there is a VirtualService. Some port must be of HTTP, HTTP2 or GRPC (`import-without-routes`).
   * https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry
   * @default the mesh's
   */
  retries?: pulumi.Input<Retries>;
  /**
   * How long an HTTP call may take, retries included, such as `10s`.
   * @default no limit
   */
  timeout?: pulumi.Input<string>;
}

/** Arguments of {@link ImportedService}. */
export interface ImportedServiceArgs extends ImportPolicy {
  /** Name of the import, unique in the mesh. Its objects are named `import-<importName>`; changing it replaces them. */
  importName: pulumi.Input<string>;
  /** Host by which the exporting meshes know the service. It is the last part of the SNI that their gateways match. */
  exportedHost: pulumi.Input<string>;
  /**
   * Host by which workloads of this mesh call it.
   * @default exportedHost
   */
  host?: pulumi.Input<string>;
  /** Namespace of the objects. For a blended import, the namespace of the local Service. Changing it replaces them. */
  namespace: pulumi.Input<string>;
  /**
   * Namespaces whose workloads see the import. `["*"]` for a blended import, which everything sees that sees the
   * Service.
   * @default the import's namespace
   */
  visibleTo?: pulumi.Input<pulumi.Input<string>[]>;
  /** Ports of the service, as the exporting meshes publish them. */
  ports: pulumi.Input<pulumi.Input<ImportedPort>[]>;
  /** SPIFFE ids that may answer. Without them, any workload with a trusted certificate could answer. */
  subjectAltNames: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Gateway addresses of the exporting meshes. For a blended import the array must be plain, because each address gets
   * WorkloadEntries; its elements may be outputs.
   */
  gateways: pulumi.Input<pulumi.Input<ImportedGateway>[]>;
  /**
   * Labels in the selector of the local Service of the same name. They make the import blended: its endpoints join the
   * Service. Whether they are given is plain, because it decides between a ServiceEntry and WorkloadEntries.
   * @default none: the import is not blended
   */
  blendLabels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Service accounts of the remote endpoints of a blended import. A plain array, because each address gets a
   * WorkloadEntry per account; its elements may be outputs. Required with `blendLabels`.
   * @default []
   */
  blendServiceAccounts?: pulumi.Input<string>[];
  /**
   * Whether a DestinationRule is created where it says nothing that Istio does not do by itself. `whenNeeded` creates
   * none for an import with a single gateway address, the exporter's host, no subsets, no blend, and no settings of
   * clients; of these the arguments must tell when the program runs, so outputs make a rule. Such an import needs
   * `meshConfig.enableAutoMtls`, no `meshConfig.defaultTrafficPolicy` with outlier detection, no PeerAuthentication
   * that disables mTLS in its namespace, and no DestinationRule of others that sets TLS for it. Nothing here checks
   * that; the program of this project does. Plain, because it decides whether the object exists.
   * @default "always"
   */
  destinationRule?: "always" | "whenNeeded";
}

/** The import in the form that the model's builders take. */
export function resolvedImport(args: ImportedServiceArgs): pulumi.Output<ResolvedImport> {
  return pulumi
    .output({
      importName: args.importName,
      exportedHost: args.exportedHost,
      host: args.host,
      namespace: args.namespace,
      visibleTo: args.visibleTo,
      ports: args.ports,
      subjectAltNames: args.subjectAltNames,
      gateways: args.gateways,
      subsets: args.subsets,
      connectionPool: args.connectionPool,
      loadBalancer: args.loadBalancer,
      outlierDetection: args.outlierDetection,
      retries: args.retries,
      timeout: args.timeout,
      blendLabels: args.blendLabels,
      blendServiceAccounts: args.blendServiceAccounts,
    })
    .apply((known): ResolvedImport => {
      const gateways = known.gateways.map((gateway) => ({ ...gateway, port: gateway.port ?? autoPassthroughPort }));
      const meshes = [...new Set(gateways.map((gateway) => gateway.mesh))];
      const host = known.host ?? known.exportedHost;
      return {
        id: known.importName,
        name: known.importName,
        from: meshes[0] ?? "",
        meshes,
        host,
        exportedHost: known.exportedHost,
        namespace: known.namespace,
        visibleTo: known.visibleTo ?? [known.namespace],
        ports: known.ports,
        subjectAltNames: known.subjectAltNames,
        gateways,
        subsets: known.subsets ?? [],
        trafficPolicy: {
          connectionPool: known.connectionPool,
          loadBalancer: known.loadBalancer,
          outlierDetection: known.outlierDetection,
        },
        routes: { retries: known.retries, timeout: known.timeout },
        blended: known.blendLabels !== undefined,
        hasRule: createsRule(args),
        blend: known.blendLabels && {
          service: host.split(".")[0]!,
          labels: known.blendLabels,
          serviceAccounts: known.blendServiceAccounts ?? [],
        },
        probe: {},
      };
    });
}

/**
 * The part of each WorkloadEntry's name, as `importWorkloadEntries` names them; empty unless the import is blended.
 * @throws UserError when the number of WorkloadEntries is not known when the program runs, or is zero
 */
export function workloadEntryParts(name: string, args: ImportedServiceArgs): string[] {
  if (args.blendLabels === undefined) return [];
  const subject = `import "${name}"`;
  if (!Array.isArray(args.gateways))
    throw new UserError("blended-import-gateways-unknown", {
      subject,
      problem: "a blended import creates a WorkloadEntry for each gateway address, but gateways is an output",
      remedy: "Give a plain array, whose elements may be outputs",
    });
  const accounts = args.blendServiceAccounts ?? [];
  if (accounts.length === 0)
    throw new UserError("blended-import-without-accounts", {
      subject,
      problem: "blendLabels is set, but blendServiceAccounts is empty, so no endpoint joins the local Service",
      remedy: "Name the service accounts of the remote endpoints",
    });
  return args.gateways.flatMap((_, i) => accounts.map((_, j) => (accounts.length > 1 ? `${i}-${j}` : String(i))));
}
