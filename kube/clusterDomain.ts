import { domainInKubelet, domainInValues } from "../federation/checks/liveDomains.ts";
import type { LiveDomains, NamedDomain } from "../federation/checks/liveCluster.ts";
import { revisioned } from "../federation/cluster/revisions.ts";
import type { IstioPlace } from "./existingIstio.ts";
import type { KubeClient } from "./kubeClient.ts";
import { unlessRefused } from "./retry.ts";

/**
 * Reads which cluster domain an existing Istio and the nodes have. Not every cluster has these objects, and not every
 * user may see them: what cannot be read is left out. Rejects when the cluster cannot be reached.
 * @param istio undefined for a managed Istio, which gets its domain from the configuration
 */
export async function readDomains(client: KubeClient, istio: IstioPlace | undefined): Promise<LiveDomains> {
  const read = async (
    namespace: string,
    name: string,
    take: (data: Record<string, string | undefined>) => string | undefined,
  ): Promise<NamedDomain | undefined> => {
    const found = await unlessRefused(() => client.configMap(namespace, name));
    const domain = take(found?.data ?? {});
    return domain === undefined ? undefined : { domain, object: `ConfigMap ${namespace}/${name}` };
  };
  const [ofIstio, nodes] = await Promise.all([
    istio &&
      read(istio.namespace, revisioned("istio-sidecar-injector", istio.revision), (data) =>
        domainInValues(data["values"]),
      ),
    read("kube-system", "kubelet-config", (data) => domainInKubelet(data["kubelet"])),
  ]);
  return { istio: ofIstio, nodes };
}
