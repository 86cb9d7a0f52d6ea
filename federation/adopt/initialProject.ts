import { managedGatewayLabels } from "../cluster/gatewayObjects.ts";
import { defaultClusterDomain, defaultTrustDomain, istioNamespace } from "../config/defaults.ts";
import { istioChartNames } from "../config/sources.ts";
import { istioChartRepositories } from "../config/versions.ts";
import { firstExport, gatewayKey, ownKeys, type FirstImport, type ReadMesh } from "./initialStacks.ts";

/** Configuration of a stack of the project that `init` writes, without the prefix of its keys. */
export interface ProjectConfig {
  kubeconfigPath: string;
  context?: string;
  /** Arguments of `FederatedMesh`. */
  mesh: Record<string, unknown>;
  /** Arguments of `EastWestGateway`, for a mesh without a gateway that can serve the export. */
  gateway?: Record<string, unknown>;
  /** Arguments of `FederatedImport` by the name of the export; `from` is the stack of the exporter. */
  imports?: Record<string, Record<string, unknown>>;
}

/** Name of a gateway that the project makes. A gateway by hand has Istio's usual name, `istio-eastwestgateway`. */
const newGateway = "federation-gateway";

/** The configuration of the exporter's stack and of the importer's, as arguments of the components. */
export function projectConfigs(
  exporter: ReadMesh,
  importer: ReadMesh,
  { service, callers }: FirstImport,
): [ProjectConfig, ProjectConfig] {
  const { host, entry } = firstExport(exporter, service);
  const { name, ...settings } = entry as { name: string } & Record<string, unknown>;
  const { mesh, ...gateway } = exportingGateway(exporter, host);
  const from = own(exporter);
  const to = own(importer);
  const domain = exporter.facts.clusterDomain?.value ?? defaultClusterDomain;
  const isKnownDomain = [defaultClusterDomain, importer.facts.clusterDomain?.value].includes(domain);
  return [
    {
      ...from,
      ...gateway,
      mesh: {
        ...from.mesh,
        ...mesh,
        // The policy of the export admits this trust domain.
        peers: { [importer.name]: { trustDomain: importer.facts.trustDomain?.value ?? defaultTrustDomain } },
        exports: { [name]: { ...settings, to: [importer.name] } },
      },
    },
    {
      ...to,
      mesh: { ...to.mesh, ...(isKnownDomain ? {} : { peers: { [exporter.name]: { clusterDomain: domain } } }) },
      imports: { [name]: { from: exporter.name, visibleTo: [callers] } },
    },
  ];
}

function own(read: ReadMesh): ProjectConfig {
  const { kubeconfigPath, context } = read.access;
  const { mesh, istio } = ownKeys(read);
  const { name: meshName, ...names } = mesh;
  const ownNamespace = istio.namespace ?? istioNamespace;
  return {
    kubeconfigPath,
    ...(context ? { context } : {}),
    mesh: {
      meshName,
      istioVersion: istio.version,
      ...names,
      ...(ownNamespace === istioNamespace ? {} : { ownNamespaces: [ownNamespace] }),
    },
  };
}

/** The gateway as arguments of the mesh, and of `EastWestGateway` where there is none that can serve the export. */
function exportingGateway(read: ReadMesh, host: string): Pick<ProjectConfig, "mesh" | "gateway"> {
  const gateway = gatewayKey(read, host);
  if (gateway.provider === "existing") {
    const { namespace, labels, addresses, port } = gateway;
    return {
      mesh: { gatewayNamespace: namespace, gatewayLabels: labels, gatewayAddresses: addresses, gatewayPort: port },
    };
  }
  const { mesh, istio } = ownKeys(read);
  const namespace = istio.namespace ?? istioNamespace;
  return {
    mesh: { gatewayNamespace: namespace, gatewayLabels: managedGatewayLabels(newGateway) },
    gateway: {
      gatewayName: newGateway,
      namespace,
      network: mesh.network,
      ...(istio.revision ? { revision: istio.revision } : {}),
      chart: istioChartNames.gateway,
      chartRepository: istioChartRepositories.https,
      chartVersion: istio.version,
    },
  };
}
