import { listOf, mappingOf } from "../config/values.ts";
import { textOf } from "./endpoints.ts";
import type { HandMadeObject } from "./handMade.ts";

/** A server of a Gateway. */
export interface GatewayServer {
  port: number;
  /** Mode of its TLS; empty where it sets none. */
  mode: string;
  /** `host`, or `namespace/host`. */
  hosts: string[];
}

/** The servers of a Gateway of Istio. https://istio.io/latest/docs/reference/config/networking/gateway/#Server */
export function serversOf({ spec }: HandMadeObject): GatewayServer[] {
  return listOf(spec["servers"])
    .map(mappingOf)
    .map((server) => ({
      port: Number(mappingOf(server["port"])["number"] ?? 0),
      mode: textOf(mappingOf(server["tls"])["mode"]),
      hosts: listOf(server["hosts"]).filter((host): host is string => typeof host === "string"),
    }));
}

/** Whether a server passes calls of other meshes to the Services that its hosts take. */
export function isAutoPassthrough({ mode }: GatewayServer): boolean {
  return mode === "AUTO_PASSTHROUGH";
}
