import {
  blocksUnknown,
  clusterConfig,
  endpointsOf,
  hasListener,
  leadsToCluster,
  outboundCluster,
  resourcesOf,
} from "./envoy.ts";
import type { Edge } from "../verify/edge.ts";
import type { Endpoint, SidecarConfig } from "../verify/evidence.ts";
import { onceMore } from "../verify/retry.ts";
import type { Cluster } from "./cluster.ts";

/** A proxy of Istio's, asked through its own agent, so that neither istioctl nor an open port is needed. */
export class Proxy {
  private readonly cluster: Cluster;
  readonly namespace: string;
  readonly pod: string;

  constructor(cluster: Cluster, namespace: string, pod: string) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.pod = pod;
  }

  /** Endpoints of a cluster as the proxy has them now. */
  async endpoints(cluster: string): Promise<Endpoint[]> {
    return endpointsOf(await this.ask("clusters"), cluster);
  }

  /** What it is configured with for an edge. */
  async configFor({ host, port }: Edge): Promise<SidecarConfig> {
    const any = (text: string) => text.replace(/[.|]/g, (c) => `\\${c}`);
    const [clusters, listeners, routes] = await Promise.all([
      this.resources("dynamic_active_clusters", any(outboundCluster(host, port.number))),
      this.resources("dynamic_listeners", `.*_${port.number}`),
      this.resources("dynamic_route_configs", `(.*:)?${port.number}`),
    ]);
    return {
      cluster: clusters[0] && clusterConfig(clusters[0]),
      listener: hasListener(listeners, port.number),
      route: leadsToCluster(listeners, routes, host, port.number),
    };
  }

  /** Whether it closes connections to what the mesh does not know. */
  async blocksUnknown(): Promise<boolean> {
    return blocksUnknown(await this.resources("dynamic_listeners", "virtualOutbound"));
  }

  /** Resources of one kind; with `nameRegex`, those whose whole name matches it. */
  async resources(kind: string, nameRegex?: string): Promise<Record<string, any>[]> {
    return resourcesOf(
      await this.ask(`config_dump?resource=${kind}${nameRegex ? `&name_regex=${encodeURIComponent(nameRegex)}` : ""}`),
    );
  }

  private async ask(path: string): Promise<string> {
    return onceMore(async () => {
      const { stdout, stderr, code } = await this.cluster.exec(
        { namespace: this.namespace, pod: this.pod, container: "istio-proxy" },
        ["pilot-agent", "request", "GET", path],
      );
      if (code !== 0)
        throw new Error(
          `the proxy of ${this.namespace}/${this.pod} does not answer: ${stderr.trim().split("\n").at(-1)}`,
        );
      return stdout;
    });
  }
}
