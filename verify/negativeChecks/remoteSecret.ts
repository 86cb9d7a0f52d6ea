import type { KubeClient } from "../../kube/kubeClient.ts";
import { listed } from "../listed.ts";
import type { Inspection } from "./clusterCheck.ts";

/** Secrets that are read as the control. */
const sample = 5;

/**
 * Reads the Secrets that give istiod access to another cluster's API server, their metadata alone.
 * https://istio.io/latest/docs/setup/install/multicluster/multi-primary/#enable-endpoint-discovery
 */
export async function inspectRemoteSecrets(cluster: KubeClient): Promise<Inspection> {
  const [remote, any] = await Promise.all([
    cluster.secretMetadata({ labels: { "istio/multiCluster": "true" } }),
    cluster.secretMetadata({ limit: sample }),
  ]);
  const names = listed(remote.map(({ metadata }) => `Secret ${metadata.namespace}/${metadata.name}`));
  return {
    control: `${any.length} Secrets read`,
    problem: names
      ? `${names} lets istiod read another cluster's API server; a federation needs none: delete it`
      : undefined,
    inconclusive: any.length === 0 ? "no Secret at all is visible, so the check is not conclusive" : undefined,
  };
}
