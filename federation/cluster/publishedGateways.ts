import type { MeshConfig } from "../config/readMeshConfig.ts";
import type { FederationContract } from "../contract/contract.ts";

/** The addresses of a gateway's configuration as the contract publishes them; `port` where an address has none. */
export function publishedGateways(
  addresses: NonNullable<Extract<MeshConfig["gateway"], { provider: "managed" }>["addresses"]>,
  port: number,
): FederationContract["gateways"] {
  return addresses.map(({ address, port: own = port, weight }) => ({
    address,
    port: own,
    ...(weight === undefined ? {} : { weight }),
  }));
}
