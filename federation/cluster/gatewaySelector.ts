import type { MeshConfig } from "../config/readMeshConfig.ts";
import { managedGatewayLabels, type GatewaySelector } from "./gatewayObjects.ts";

/** Where Istio's Gateway objects of a mesh's exports belong; undefined for a mesh without a gateway. */
export function gatewaySelector({ gateway }: Pick<MeshConfig, "gateway">): GatewaySelector | undefined {
  if (gateway.provider === "none") return undefined;
  const { namespace } = gateway;
  return { namespace, labels: gateway.provider === "managed" ? managedGatewayLabels(gateway.name) : gateway.labels };
}
