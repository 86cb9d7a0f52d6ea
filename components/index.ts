/**
 * Components by which a Pulumi program federates Istio meshes. They depend on no configuration, stack or working
 * directory, so that any program can import them.
 */
export { CaRequest, type CaRequestArgs } from "./caRequest.ts";
export { contractOf, type PublishedServices } from "./contractOf.ts";
export {
  contractFromFile,
  contractFromUrl,
  descriptionOf,
  federationOf,
  type ContractRequest,
} from "./contractSources.ts";
export { EastWestGateway, type EastWestGatewayArgs } from "./eastWestGateway.ts";
export { ExistingCluster, type ExistingClusterArgs } from "./existingCluster.ts";
export { ExportGuard, type ContractSource, type ExportGuardArgs } from "./exportGuard.ts";
export { ExportedService } from "./exportedService.ts";
export type { ExportedPort, ExportedServiceArgs, ExportedSubset, ExportSettings } from "./exportedServiceArgs.ts";
export { FederatedExport, type FederatedExportArgs } from "./federatedExport.ts";
export { FederatedImport, type FederatedImportArgs, type RequiredPort } from "./federatedImport.ts";
export {
  FederatedMesh,
  type FederatedMeshArgs,
  type MeshGateway,
  type MeshPeer,
  type MeshTeam,
} from "./federatedMesh.ts";
export { ImportedService } from "./importedService.ts";
export type { ImportedGateway, ImportedPort, ImportedServiceArgs, ImportPolicy } from "./importedServiceArgs.ts";
export { ImportVerification, type ImportVerificationArgs } from "./importVerification.ts";
export { IstioInstall, type IstioInstallArgs } from "./istioInstall.ts";
export { inspectNetwork as inspectNodeNetwork, parseNetwork as parseNodeNetwork } from "./kind/nodeNetwork.ts";
export { KindCluster, type KindClusterArgs } from "./kindCluster.ts";
export { LoadBalancer, type LoadBalancerArgs } from "./loadBalancer.ts";
export { MeshTrust, type MeshTrustArgs } from "./meshTrust.ts";
export { Quarantine, type QuarantineArgs } from "./quarantine.ts";
export { SampleApplication, type SampleApplicationArgs } from "./sampleApplication.ts";
export { StrictMtls, type StrictMtlsArgs } from "./strictMtls.ts";
export { TrustAnchors, type AnchorPeer, type TrustAnchor, type TrustAnchorsArgs } from "./trustAnchors.ts";

// Types of the model that arguments and outputs of the components mention.
export type { Profile } from "../federation/cluster/profile.ts";
export type { NodeNetwork } from "../federation/cluster/meshPools.ts";
export type { SampleKind } from "../federation/cluster/sampleObjects.ts";
export type { ContractExport, ContractImport, FederationContract } from "../federation/contract/contract.ts";
export { UserError } from "../federation/errors/userError.ts";
export type { MeshDescription } from "../federation/meshes/meshDescription.ts";
export type { Retries } from "../federation/imports/routePolicy.ts";
export type { ConnectionPool, LoadBalancing, OutlierDetection } from "../federation/imports/trafficPolicy.ts";
export type { ImportWithClient } from "../federation/imports/verificationTriggers.ts";
export type { FederationObject } from "../federation/objects/federationObject.ts";
export type { CaMaterial } from "../federation/trust/caMaterial.ts";
export type { NumberedRoot } from "../federation/trust/chooseCa.ts";
export type { MeshRequests } from "../federation/trust/signRequests.ts";
