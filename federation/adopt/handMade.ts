import type { LivePod, LiveService, UnreadObject } from "../checks/liveCluster.ts";

/** An object of a custom kind as the cluster has it. All of it is input. */
export interface HandMadeObject {
  /** Version by which the API server gave it, such as `networking.istio.io/v1`. */
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Who made it, as `Kind/name`; undefined where nothing owns it. */
  owner?: string | undefined;
  spec: Record<string, unknown>;
}

/** A pod, as far as it matters who may call it. */
export interface HandMadePod {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  account: string;
  proxy: LivePod["proxy"];
}

/** What is read of a mesh that federates by hand. */
export interface HandMade {
  objects: HandMadeObject[];
  services: LiveService[];
  pods: HandMadePod[];
  /** What the API server refuses to show: it counts as absent. */
  unread: UnreadObject[];
}

/** A kind of object that federations by hand consist of. */
export interface HandMadeKind {
  group: string;
  /** The first that the API server has counts. */
  versions: readonly string[];
  kind: string;
  plural: string;
}

const istioVersions = ["v1", "v1beta1", "v1alpha3"] as const;
const networking = "networking.istio.io";
/** Group of OpenShift Service Mesh 2. https://github.com/maistra/istio/tree/maistra-2.5/manifests/charts/base/crds */
export const serviceMesh2 = "federation.maistra.io";

/** The kinds that are read. A kind without a CRD has no objects. */
export const handMadeKinds: readonly HandMadeKind[] = [
  { group: networking, versions: istioVersions, kind: "ServiceEntry", plural: "serviceentries" },
  { group: networking, versions: istioVersions, kind: "WorkloadEntry", plural: "workloadentries" },
  { group: networking, versions: istioVersions, kind: "DestinationRule", plural: "destinationrules" },
  { group: networking, versions: istioVersions, kind: "Gateway", plural: "gateways" },
  { group: networking, versions: istioVersions, kind: "VirtualService", plural: "virtualservices" },
  { group: networking, versions: ["v1alpha3"], kind: "EnvoyFilter", plural: "envoyfilters" },
  {
    group: "security.istio.io",
    versions: ["v1", "v1beta1"],
    kind: "AuthorizationPolicy",
    plural: "authorizationpolicies",
  },
  { group: "gateway.networking.k8s.io", versions: ["v1", "v1beta1"], kind: "Gateway", plural: "gateways" },
  { group: serviceMesh2, versions: ["v1"], kind: "ServiceMeshPeer", plural: "servicemeshpeers" },
  { group: serviceMesh2, versions: ["v1"], kind: "ExportedServiceSet", plural: "exportedservicesets" },
  { group: serviceMesh2, versions: ["v1"], kind: "ImportedServiceSet", plural: "importedservicesets" },
];

/** Group of an object's version. */
export function groupOf({ apiVersion }: Pick<HandMadeObject, "apiVersion">): string {
  return apiVersion.split("/")[0]!;
}

/** `Kind/namespace/name`, which no other adopted object of a cluster has. Gateways of both APIs are told apart. */
export function objectId(object: HandMadeObject): string {
  const kind = groupOf(object) === "gateway.networking.k8s.io" ? "KubernetesGateway" : object.kind;
  return `${kind}/${object.namespace}/${object.name}`;
}

/** The objects of a kind of Istio's networking API, or of another group. */
export function ofKind(objects: readonly HandMadeObject[], kind: string, group = networking): HandMadeObject[] {
  return objects.filter((object) => object.kind === kind && groupOf(object) === group);
}
