/** What is looked at of a pod (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/). */
export interface Pod {
  metadata: { namespace: string; name: string; deletionTimestamp?: string };
  spec: { nodeName?: string };
  status: { phase?: string; containerStatuses?: { ready: boolean; state?: { running?: { startedAt: string } } }[] };
}

/**
 * The pods of `nodes` that are not up again since those nodes started, as `namespace/name`. Readiness alone does not
 * tell: until a kubelet has looked, the API server says what it knew before the nodes stopped.
 *
 * @param since when the nodes started, in milliseconds since the epoch
 */
export function podsNotUp(pods: Pod[], nodes: string[], since: number): string[] {
  // Kubernetes tells times in whole seconds.
  const up = (container: NonNullable<Pod["status"]["containerStatuses"]>[number]): boolean =>
    container.ready && Date.parse(container.state?.running?.startedAt ?? "") >= Math.floor(since / 1000) * 1000;
  return pods
    .filter((pod) => nodes.includes(pod.spec.nodeName ?? "") && !pod.metadata.deletionTimestamp)
    .filter((pod) => pod.status.phase !== "Succeeded" && pod.status.phase !== "Failed")
    .filter((pod) => !pod.status.containerStatuses?.every(up))
    .map((pod) => `${pod.metadata.namespace}/${pod.metadata.name}`);
}
