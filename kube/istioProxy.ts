import {
  blocksUnknownHosts,
  clusterConfig,
  endpointsOf,
  hasListener,
  listenersOf,
  literally,
  outboundCluster,
  resourcesOf,
  routesToCluster,
  type EnvoyEndpoint,
  type HostConfig,
  type Listeners,
} from "./envoy.ts";
import { denials, endpointAddresses } from "./envoyTraffic.ts";
import type { KubeClient } from "./kubeClient.ts";
import { retry } from "./retry.ts";

/** Istio's proxy in a pod. Its agent forwards the requests, so that neither istioctl nor an open port is needed. */
export class IstioProxy {
  private readonly client: KubeClient;
  readonly namespace: string;
  readonly pod: string;

  constructor(client: KubeClient, namespace: string, pod: string) {
    this.client = client;
    this.namespace = namespace;
    this.pod = pod;
  }

  /** Endpoints of an Envoy cluster as the proxy has them now. */
  async endpoints(cluster: string): Promise<EnvoyEndpoint[]> {
    return endpointsOf(await this.get("clusters"), cluster);
  }

  /** Addresses of all its endpoints, `address:port`; also by the host names that were looked up for them. */
  async endpointAddresses(): Promise<Set<string>> {
    return endpointAddresses(await this.get("clusters"));
  }

  /** The DENY policies in force for calls that arrive; undefined for a gateway, which has no such listener. */
  async denials(): Promise<Map<string, string> | undefined> {
    const inbound = await this.resources("dynamic_listeners", "virtualInbound");
    return inbound.length > 0 ? denials(inbound) : undefined;
  }

  /** Its configuration for a port of a host. */
  async configFor(host: string, port: number): Promise<HostConfig> {
    const [clusters, listeners, routes] = await Promise.all([
      this.resources("dynamic_active_clusters", literally(outboundCluster(host, port))),
      this.resources("dynamic_listeners", `.*_${port}`),
      this.resources("dynamic_route_configs", `(.*:)?${port}`),
    ]);
    return {
      cluster: clusters[0] && clusterConfig(clusters[0]),
      listener: hasListener(listeners, port),
      route: routesToCluster(listeners, routes, host, port),
    };
  }

  /** Whether it closes connections to hosts that the mesh does not know. */
  async blocksUnknownHosts(): Promise<boolean> {
    return blocksUnknownHosts(await this.resources("dynamic_listeners", "virtualOutbound"));
  }

  /** Its listeners, also those that it has rejected. */
  async listeners(): Promise<Listeners> {
    return listenersOf(await this.get("config_dump?resource=dynamic_listeners"));
  }

  /** Resources of one kind; with `nameRegex`, those whose whole name matches it. */
  async resources(kind: string, nameRegex?: string): Promise<Record<string, any>[]> {
    const filter = nameRegex ? `&name_regex=${encodeURIComponent(nameRegex)}` : "";
    return resourcesOf(await this.get(`config_dump?resource=${kind}${filter}`));
  }

  private async get(path: string): Promise<string> {
    return retry(async () => {
      const { stdout, stderr, code } = await this.client.exec(
        { namespace: this.namespace, pod: this.pod, container: "istio-proxy" },
        ["pilot-agent", "request", "GET", path],
      );
      const lastLine = stderr.trim().split("\n").at(-1);
      if (code !== 0) throw new Error(`the proxy of ${this.namespace}/${this.pod} does not answer: ${lastLine}`);
      return stdout;
    });
  }
}
