/**
 * The fields of a pod that are read (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/).
 */
export interface Pod {
  metadata: { namespace: string; name: string; deletionTimestamp?: string };
  spec: { nodeName?: string };
  status: { phase?: string; containerStatuses?: { ready: boolean; state?: { running?: { startedAt: string } } }[] };
}

/**
 * The pods of `nodes` that are not ready since those nodes started, as `namespace/name`. Readiness alone does not show
 * it: until the kubelet reports, the API server has the status from before the nodes stopped.
 *
 * @param since time of the nodes' start, in milliseconds since the epoch
 */
export function podsNotReady(pods: Pod[], nodes: string[], since: number): string[] {
  // Kubernetes gives times in whole seconds.
  const up = (container: NonNullable<Pod["status"]["containerStatuses"]>[number]): boolean =>
    container.ready && Date.parse(container.state?.running?.startedAt ?? "") >= Math.floor(since / 1000) * 1000;
  return pods
    .filter((pod) => nodes.includes(pod.spec.nodeName ?? "") && !pod.metadata.deletionTimestamp)
    .filter((pod) => pod.status.phase !== "Succeeded" && pod.status.phase !== "Failed")
    .filter((pod) => !pod.status.containerStatuses?.every(up))
    .map((pod) => `${pod.metadata.namespace}/${pod.metadata.name}`);
}
