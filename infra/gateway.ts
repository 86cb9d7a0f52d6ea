import * as pulumi from "@pulumi/pulumi";
import { EastWestGateway } from "../components/index.ts";
import {
  istioCharts,
  istioImages,
  publishedGateways,
  revisionOf,
  serviceOf,
  socketAddress,
  staleImports,
  type ArtifactSources,
  type FederationContract,
  type MeshConfig,
  type Peer,
} from "../federation/index.ts";

/** Gateway addresses as the contract publishes them. */
export type GatewayAddresses = pulumi.Output<FederationContract["gateways"]>;

/** Creates the gateway of the configuration, if it is managed, and gives the addresses at which peers reach it. */
export function createGateway(
  config: MeshConfig,
  sources: ArtifactSources,
  opts: pulumi.ComponentResourceOptions,
): { addresses: GatewayAddresses; component?: EastWestGateway } {
  const { gateway, istio, mesh } = config;
  if (gateway.provider === "none") return { addresses: pulumi.output([]) };
  if (gateway.provider === "existing")
    return { addresses: pulumi.output(publishedGateways(gateway.addresses, gateway.port)) };
  const { charts, chartRepository } = istioCharts(istio.provider === "managed" ? istio : {}, sources);
  // A configuration with charts of its own and a managed gateway has that of the gateway, too (checkMeshConfig).
  const chart = charts.gateway!;
  const component = new EastWestGateway(
    "east-west-gateway",
    {
      gatewayName: gateway.name,
      namespace: gateway.namespace,
      createNamespace: gateway.createNamespace,
      network: mesh.network,
      port: gateway.port,
      profile: config.profile,
      revision: revisionOf(istio),
      proxyVersion: proxyVersion(config, sources),
      chart,
      chartRepository,
      chartVersion: config.istioVersion,
      values: gateway.values,
    },
    opts,
  );
  // Published only when a load balancer has given the gateway an address, whichever address is configured.
  const isBalanced = serviceOf(gateway.values ?? {}).type === "LoadBalancer";
  const addresses = component.addresses.apply((own) =>
    isBalanced && own.length === 0
      ? []
      : publishedGateways(gateway.addresses ?? own.map((address) => ({ address })), gateway.port),
  );
  return { addresses, component };
}

/** What the injector puts into the gateway's pods, as far as the configuration says it. */
function proxyVersion(config: MeshConfig, sources: ArtifactSources): string {
  if (config.istio.provider === "existing") return config.istioVersion;
  const { hub, tag } = istioImages(config, sources);
  return `${hub}/proxyv2:${tag}`;
}

/** Warns about imports of peers that use another address than the gateway's, and need an `up` of their mesh. */
export function warnOfStaleAddresses(
  { mesh }: MeshConfig,
  gateways: GatewayAddresses,
  peers: ReadonlyMap<string, Peer>,
): void {
  const contracts = [...peers.values()].flatMap((peer) => (peer.state === "up" ? [peer.contract] : []));
  const warn = (now: FederationContract["gateways"], change: string): void => {
    const stale = staleImports(mesh.name, now, contracts).map(
      ({ name, mesh: importer, addresses }) => `import "${name}" of mesh "${importer}" uses ${addresses.join(", ")}`,
    );
    if (stale.length > 0)
      void pulumi.log.warn(
        `the gateway of mesh "${mesh.name}" ${change}; run \`up\` of these meshes afterwards: ${stale.join("; ")}`,
      );
  };
  gateways.apply((now) => warn(now, `has the address ${now.map(socketAddress).join(", ") || "none"}`));
  // In a preview, an unknown address is one that the load balancer assigns in the update.
  void (gateways as unknown as { isKnown: Promise<boolean> }).isKnown.then(
    (known) => known || warn([], "may get another address"),
  );
}
