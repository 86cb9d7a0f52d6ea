/**
 * The model of a federation: what a mesh declares, what it publishes, and what follows from both. Pure functions and
 * types; nothing here needs Pulumi, reads a file or asks a cluster. Whoever asks gives the answers as arguments.
 *
 * These names are the public ones. Other files of this folder may change in any release.
 */

// Errors: what is wrong, with which object, and what to do. Code reads `code` and `details`, never the message.
export type { ErrorCode } from "./errors/catalogue/index.ts";
export { Findings, UserError, findingText, printable, type Finding, type FindingText } from "./errors/userError.ts";

// Contract: what a mesh publishes to its peers.
export {
  contractOfPeer,
  contractVersion,
  federationOutput,
  importedFrom,
  parseContract,
  type ContractExport,
  type ContractImport,
  type ContractProbe,
  type ContractQuarantine,
  type ContractRoot,
  type FederationContract,
  type PendingImport,
  type PendingReason,
  type PendingTrust,
  type ServicePort,
} from "./contract/contract.ts";
export { meshContract, type MeshFacts } from "./contract/meshContract.ts";
export { contractJsonSchema } from "./contract/jsonSchema.ts";
export { publishedTrust, type PublishedTrust } from "./contract/publishedTrust.ts";

// Configuration: what the owner of a mesh declares, and its defaults.
export { poolOf } from "./config/checkMeshConfig.ts";
export { configPrefix, type PeerSource, type SiblingMesh } from "./config/declaredMesh.ts";
export { invalidConfig, type PortProtocol } from "./config/fields.ts";
export { readMeshConfig, type MeshConfig } from "./config/readMeshConfig.ts";
export { readRootConfig, type RootConfig, type SignedMeshes, type TrustConfig } from "./config/rootConfig.ts";
export { istioCharts, type ArtifactSources } from "./config/sources.ts";
export { keyFindings, meshKeys, type Role } from "./config/stackKeys.ts";
export { mappingIn, type Values } from "./config/values.ts";
export { releaseSources, supportedIstioMinors, type IstioMinor } from "./config/versions.ts";

// Plan: every export and import of a mesh, checked against what its peers publish.
export { importsFrom, staleImports, type StaleImport } from "./checks/brokenImports.ts";
export type { MeshIdentity } from "./checks/peerMismatches.ts";
export type { Peer, ResolvedImport } from "./imports/resolveImports.ts";
export { meshObjects, type PlannedObject, type Step } from "./meshObjects.ts";
export { planFederation, type FederationPlan } from "./planFederation.ts";

// Exports: one service that peers may call, and its objects.
export { exportDestinationRule, exportGateway, exportServiceEntry } from "./exports/exportObjects.ts";
export { planExport, publishedExport, type ExportPlan } from "./exports/exportPlan.ts";
export type { ExportConfig } from "./exports/exportConfig.ts";
export type { DenyPolicy, DenyRule, DenySource } from "./exports/exportPolicy.ts";

// Imports: a service of peers, and its objects.
export { importId, isVisibleFrom, meshesOf, type ImportConfig, type Probe } from "./imports/importConfig.ts";
export {
  importDestinationRule,
  importName,
  importServiceEntry,
  importWorkloadEntries,
} from "./imports/importObjects.ts";
export { importVirtualService } from "./imports/importRoutes.ts";
export { publishedImport } from "./imports/resolveImports.ts";
export type { Retries, RoutePolicy } from "./imports/routePolicy.ts";
export type { ConnectionPool, LoadBalancing, OutlierDetection, TrafficPolicy } from "./imports/trafficPolicy.ts";
export { verificationTriggers, type ImportWithClient, type VerifyingMesh } from "./imports/verificationTriggers.ts";

// Objects: their form, their labels, and the names that Istio gives.
export type { FederationObject } from "./objects/federationObject.ts";
export { federationLabels, managedBy } from "./objects/labels.ts";
export { autoPassthroughSni, serviceHost, spiffeId } from "./objects/names.ts";
export { socketAddress } from "./objects/socketAddress.ts";

// Cluster: Istio, its gateway, load balancer and nodes.
export { autoPassthroughPort, managedGatewayLabels, type GatewaySelector } from "./cluster/gatewayObjects.ts";
export { gatewaySelector } from "./cluster/gatewaySelector.ts";
export { gatewayService, serviceOf } from "./cluster/gatewayService.ts";
export { gatewayValues, type ManagedGateway } from "./cluster/gatewayValues.ts";
export { certificateTextsInValues, rootNamespaceOf } from "./cluster/istioValueConflicts.ts";
export { baseValues, istioImages, istiodValues } from "./cluster/istioValues.ts";
export {
  controlPlaneFindings,
  controlPlanesOf,
  controlPlanesOutput,
  publishedControlPlanes,
  removedControlPlanes,
  type ProxyPod,
} from "./cluster/controlPlanes.ts";
export { checkCredentials, contextOf, withAbsolutePaths, type KubeconfigContext } from "./cluster/kubeconfig.ts";
export { poolsOnNetwork, type MeshPool, type NodeNetwork } from "./cluster/meshPools.ts";
export { meshSettingsOf, ownMeshConfig, type MeshSettings } from "./cluster/meshSettings.ts";
export { multirootFindings } from "./cluster/multirootFindings.ts";
export { nodesOf, type NodeSettings } from "./cluster/nodeImage.ts";
export type { Profile } from "./cluster/profile.ts";
export { publishedGateways } from "./cluster/publishedGateways.ts";
export { configOfCanary, revisionOf } from "./cluster/revisions.ts";
export { sampleObjects, sleepClient, type SampleClient, type SampleKind } from "./cluster/sampleObjects.ts";

// Live checks: the objects of a cluster against what the mesh declares.
export { liveFindings, servicesInvolved, type LiveFindings } from "./checks/liveChecks.ts";
export type { LiveCluster, LiveObject, LivePod, LivePort, LiveService, UnreadObject } from "./checks/liveCluster.ts";
export { meshConfigFindings, namespacesInvolved } from "./checks/meshConfigFindings.ts";

// Trust: roots, CAs, anchors and quarantine.
export {
  certificatesFor,
  certificatesOutput,
  maxRequests,
  numberedRequests,
  numberedRoots,
  pendingCertificateOutput,
  requestsOutput,
  rootsOutput,
} from "./contract/trustOutputs.ts";
export { anchorFindings } from "./trust/anchorFindings.ts";
export { bundleOf, bundleText, contractRoots, rootsInPhase, type TrustBundle } from "./trust/bundle.ts";
export { parseCaMaterial, rootFingerprints, type CaMaterial } from "./trust/caMaterial.ts";
export { requestFindings } from "./trust/certificateFindings.ts";
export {
  chooseCa,
  offeredBundle,
  type CaOffer,
  type CaWish,
  type ChosenCa,
  type NumberedRequest,
  type NumberedRoot,
  type WantedRoots,
} from "./trust/chooseCa.ts";
export {
  bundleOfIstio,
  istioNames,
  istioTrustOf,
  type ExistingIstio,
  type IstioNames,
  type IstioObjects,
  type IstioTrust,
} from "./trust/existingIstio.ts";
export { settingsOutput, settingsText } from "./trust/istioSettings.ts";
export { looseCaFindings } from "./trust/looseCa.ts";
export type { InstalledTrust } from "./trust/meshTrustOf.ts";
export { endingRootWarnings, ownRootFindings } from "./trust/ownRootFindings.ts";
export { relatedMeshes, type AnchoredPeer, type OwnTrust, type PeerTrust } from "./trust/peerTrust.ts";
export { quarantineName, quarantinePolicy, type QuarantinePolicy } from "./trust/quarantinePolicy.ts";
export { endNotice } from "./trust/renewalNotice.ts";
export type { RotationPhase } from "./trust/rotationPhases.ts";
export { sharedDomainWarnings, signableMeshes, type SignableMesh } from "./trust/signableMeshes.ts";
export { bundleInFile, chooseSigned, materialBundle } from "./trust/signedCa.ts";
export { signRequests, type MeshRequests } from "./trust/signRequests.ts";
export type { TrustDomains } from "./trust/trustDomains.ts";

// Meshes that a program describes by components.
export { importFromContracts, type ImportSettings } from "./meshes/importFromContracts.ts";
export {
  describeMesh,
  descriptionOutput,
  parseDescription,
  type MeshDescription,
  type MeshArguments,
} from "./meshes/meshDescription.ts";
export { publishedContract, type Published } from "./meshes/publishedContract.ts";
export {
  teamExportFindings,
  teamImportFindings,
  type TeamExport,
  type TeamRules,
  type Teams,
} from "./meshes/teamRules.ts";
