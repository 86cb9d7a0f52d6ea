import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabPaths } from "../paths.ts";
import { KIND_NETWORK } from "./network.ts";

/** The fields of a container's file in the engine's data that are read or changed. */
export interface ContainerFile {
  State?: { Running?: boolean };
  NetworkSettings?: { Networks?: Record<string, { IPAddress?: string; IPAMConfig?: { IPv4Address?: string } | null }> };
}

/**
 * Makes a restarted engine give its nodes their previous addresses. By default it assigns new addresses in the order in
 * which containers start, and a cluster whose nodes swap addresses does not start. The engine's own files are changed,
 * because the engine starts nodes before it accepts calls. The engine must not run.
 */
export function keepAddresses(paths: LabPaths): void {
  const folder = join(paths.data, "containers");
  for (const id of existsSync(folder) ? readdirSync(folder) : []) {
    const file = join(folder, id, "config.v2.json");
    if (!existsSync(file)) continue; // created in part
    const container = JSON.parse(readFileSync(file, "utf8")) as ContainerFile;
    if (!requestAddress(container)) continue;
    writeFileSync(`${file}.next`, JSON.stringify(container), { mode: 0o600 });
    renameSync(`${file}.next`, file);
  }
}

/** Requests a container's current address on kind's network, if it ran without a request. Returns whether it did. */
export function requestAddress(container: ContainerFile): boolean {
  const endpoint = container.NetworkSettings?.Networks?.[KIND_NETWORK.Name];
  if (!container.State?.Running || !endpoint?.IPAddress || endpoint.IPAMConfig?.IPv4Address) return false;
  endpoint.IPAMConfig = { ...endpoint.IPAMConfig, IPv4Address: endpoint.IPAddress };
  return true;
}
