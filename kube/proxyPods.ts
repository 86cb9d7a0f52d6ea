import type { ProxyPod } from "../federation/cluster/controlPlanes.ts";
import { KubeClient } from "./kubeClient.ts";
import { isLiving, type Pod } from "./objects.ts";

/**
 * Injection sets it, as an annotation or as a label, to the revision of the control plane.
 * https://github.com/istio/istio/blob/release-1.30/manifests/charts/istio-control/istio-discovery/files/injection-template.yaml
 */
const revisionKey = "istio.io/rev";

/** By its value a pod was injected; on others `istio.io/rev` is a wish of their owners. */
const injected = "sidecar.istio.io/status";

/** Milliseconds that the API server may take for one answer. */
const timeout = 10_000;

/**
 * The pods of a cluster that a control plane has injected, without those that have ended or are about to.
 * @throws ApiError where the API server refuses, and what a connection to it fails with
 */
export async function readProxyPods(kubeconfig: string, context: string | undefined): Promise<ProxyPod[]> {
  const pods = await new KubeClient(kubeconfig, context, timeout).pods();
  return pods.filter(isLiving).flatMap((pod) => proxyPod(pod) ?? []);
}

function proxyPod({ metadata }: Pod): ProxyPod | undefined {
  const { namespace, name, annotations = {}, labels = {} } = metadata;
  const revision = annotations[revisionKey] ?? labels[revisionKey];
  return annotations[injected] === undefined || revision === undefined
    ? undefined
    : { namespace, name, revision, labels };
}
