import type { MeshFacts, Fact } from "../federation/adopt/meshFacts.ts";
import { domainInValues } from "../federation/checks/liveDomains.ts";
import { istioNamespace } from "../federation/config/defaults.ts";
import { mappingIn, valueAt } from "../federation/config/values.ts";
import { revisioned } from "../federation/cluster/revisions.ts";
import type { KubeClient } from "./kubeClient.ts";
import type { KubeObject } from "./objects.ts";
import { pathSegment } from "./request.ts";
import { unlessRefused } from "./retry.ts";

/** Label of a namespace, and of the Service of a gateway. https://istio.io/latest/docs/reference/config/labels/ */
const networkLabel = "topology.istio.io/network";

interface Deployment extends KubeObject {
  spec?: {
    template?: {
      spec?: { containers?: { name: string; image?: string; env?: { name: string; value?: string }[] }[] };
    };
  };
}

/**
 * Reads what a mesh says of itself: in its istiod, its ConfigMaps and its namespace. What it does not say, or does not
 * show, is undefined. Rejects where the cluster cannot be reached.
 * @param revision of the control plane; default: the one without, or else the only one
 */
export async function readMeshFacts(client: KubeClient, revision?: string): Promise<MeshFacts> {
  const istiods = await unlessRefused(() => istiodsOf(client));
  const istiod = chosen(istiods ?? [], revision);
  const namespace = istiod?.metadata.namespace ?? istioNamespace;
  const label = istiod?.metadata.labels?.["istio.io/rev"] ?? revision;
  const names = {
    mesh: revisioned("istio", label),
    values: revisioned("istio-sidecar-injector", label),
  };
  const [mesh, values, own] = await Promise.all([
    unlessRefused(() => client.configMap(namespace, names.mesh)),
    unlessRefused(() => client.configMap(namespace, names.values)),
    unlessRefused(() => client.get(`/api/v1/namespaces/${pathSegment(namespace)}`)),
  ]);
  const meshText = mesh?.data?.["mesh"];
  const valuesText = values?.data?.["values"];
  const ofMesh = from(mappingIn(meshText), `ConfigMap ${namespace}/${names.mesh}`);
  const ofValues = from(mappingIn(valuesText), `ConfigMap ${namespace}/${names.values}`);
  const domain = domainInValues(valuesText);
  const deployment = istiod && `Deployment ${namespace}/${istiod.metadata.name}`;
  const version = istiod && versionOf(istiod);
  const network = own?.metadata.labels?.[networkLabel];
  return {
    istioNamespace: istiod && { value: namespace, from: deployment! },
    revision: label && label !== "default" ? { value: label, from: deployment ?? "the options" } : undefined,
    version: version ? { value: version, from: deployment! } : undefined,
    trustDomain: ofMesh("trustDomain"),
    meshId: ofValues("global.meshID") ?? ofMesh("defaultConfig.meshId"),
    cluster: ofValues("global.multiCluster.clusterName"),
    network: network ? { value: network, from: `Namespace ${namespace}` } : ofValues("global.network"),
    clusterDomain: domain ? { value: domain, from: `ConfigMap ${namespace}/${names.values}` } : undefined,
    rootNamespace: ofMesh("rootNamespace"),
    meshConfig: meshText,
  };
}

async function istiodsOf(client: KubeClient): Promise<Deployment[]> {
  return client.list<Deployment>("/apis/apps/v1", "deployments", undefined, { labels: { app: "istiod" } });
}

function chosen(istiods: Deployment[], revision: string | undefined): Deployment | undefined {
  const of = ({ metadata }: Deployment): string => metadata.labels?.["istio.io/rev"] ?? "default";
  return istiods.find((istiod) => of(istiod) === (revision ?? "default")) ?? (revision ? undefined : istiods[0]);
}

/** The version in the tag of istiod's image, without a variant such as `-distroless`. */
function versionOf({ spec }: Deployment): string | undefined {
  const containers = spec?.template?.spec?.containers ?? [];
  const image = (containers.find(({ name }) => name === "discovery") ?? containers[0])?.image;
  return /:v?(\d+\.\d+[^@/]*?)(-distroless|-debug)?(@.*)?$/.exec(image ?? "")?.[1];
}

function from(values: Readonly<Record<string, unknown>>, object: string): (path: string) => Fact | undefined {
  return (path) => {
    const value = valueAt(values, path);
    return typeof value === "string" && value !== "" ? { value, from: `${object}, ${path}` } : undefined;
  };
}
