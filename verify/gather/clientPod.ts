import type { ProxyTrust } from "../../federation/trust/trustEvidence.ts";
import { errorLine } from "../../kube/errors.ts";
import type { Container } from "../../kube/exec.ts";
import { IstioProxy } from "../../kube/istioProxy.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import { readProxyTrust } from "../../kube/meshTrust.ts";
import { hasProxy, isReady, type Pod } from "../../kube/objects.ts";
import { clientLabels } from "../../federation/imports/clientLabels.ts";
import { clientPods } from "../clientSelection.ts";
import type { Client } from "../edge.ts";
import type { Failure } from "../evidence.ts";

/** A pod to call from. */
export interface ClientPod extends Container {
  proxy: IstioProxy;
  sidecar: boolean;
  /** Bundle and chain of its sidecar; undefined where they cannot be read. */
  trust: Promise<ProxyTrust | undefined>;
}

/** Label of the pods that call in a client's place. They end with the run that made them. */
export const probeLabel = "mesh-federation.dev/probe";

/** Finds a ready pod of a client, one with a sidecar where there is one. */
export async function findClientPod(cluster: KubeClient, client: Client): Promise<ClientPod | Failure> {
  const labels = clientLabels(client);
  const selection = clientPods(client);
  try {
    const pods = (await cluster.pods(client.namespace, labels ? { labels } : {})).filter(
      ({ metadata, spec }) =>
        (spec?.serviceAccountName ?? "default") === client.serviceAccount && !metadata.labels?.[probeLabel],
    );
    const ready = pods.filter(isReady);
    const pod = ready.find(hasProxy) ?? ready[0];
    if (!pod) return { failure: `no ready pod of ${selection} (${pods.length} are not ready)` };
    return clientPod(cluster, pod);
  } catch (error) {
    return { failure: `pods of ${selection} cannot be listed: ${errorLine(error)}` };
  }
}

/** A pod to call from its default container, if it declares one, else from its first container that is not Istio's. */
export function clientPod(cluster: KubeClient, pod: Pod): ClientPod {
  const { namespace, name, annotations } = pod.metadata;
  const declared = annotations?.["kubectl.kubernetes.io/default-container"];
  const names = (pod.spec?.containers ?? []).map((c) => c.name).filter((n) => n !== "istio-proxy");
  const proxy = new IstioProxy(cluster, namespace, name);
  const sidecar = hasProxy(pod);
  return {
    namespace,
    pod: name,
    container: declared && names.includes(declared) ? declared : names[0]!,
    proxy,
    sidecar,
    trust: sidecar ? readProxyTrust(proxy).catch(() => undefined) : Promise.resolve(undefined),
  };
}
