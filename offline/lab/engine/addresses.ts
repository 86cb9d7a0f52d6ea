import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../place.ts";
import { KIND_NETWORK } from "./network.ts";

/** What of a container's file in the engine's data is looked at or changed; everything else stays as it is. */
export interface ContainerFile {
  State?: { Running?: boolean };
  NetworkSettings?: { Networks?: Record<string, { IPAddress?: string; IPAMConfig?: { IPv4Address?: string } | null }> };
}

/**
 * Makes an engine that died give its nodes the addresses that they had. By itself it deals addresses out anew, in the
 * order in which containers happen to start, and a cluster whose nodes have each other's addresses does not come up.
 * Written into the engine's own files, because it starts nodes before it takes calls. The engine must not run.
 */
export function keepAddresses(place: Place): void {
  const folder = join(place.data, "containers");
  for (const id of existsSync(folder) ? readdirSync(folder) : []) {
    const file = join(folder, id, "config.v2.json");
    if (!existsSync(file)) continue; // half-made
    const container = JSON.parse(readFileSync(file, "utf8")) as ContainerFile;
    if (!withAddressKept(container)) continue;
    writeFileSync(`${file}.next`, JSON.stringify(container), { mode: 0o600 });
    renameSync(`${file}.next`, file);
  }
}

/** Asks for the address that a container has on kind's network, if it ran and asked for none. Returns whether it did. */
export function withAddressKept(container: ContainerFile): boolean {
  const endpoint = container.NetworkSettings?.Networks?.[KIND_NETWORK.Name];
  if (!container.State?.Running || !endpoint?.IPAddress || endpoint.IPAMConfig?.IPv4Address) return false;
  endpoint.IPAMConfig = { ...endpoint.IPAMConfig, IPv4Address: endpoint.IPAddress };
  return true;
}
