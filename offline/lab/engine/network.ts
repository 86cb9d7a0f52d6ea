import { existsSync, readFileSync } from "node:fs";
import { run } from "../../../tools/run.ts";
import type { LabPaths } from "../paths.ts";
import { docker } from "./dockerApi.ts";

/**
 * The Docker network of kind's nodes. Created before the clusters with a fixed subnet, so that the pools in it are the
 * same in every run, and so that clusters created in parallel do not race to create it. Nodes get their addresses from
 * the first quarter; the rest is for pools.
 */
export const KIND_NETWORK = {
  Name: "kind",
  Driver: "bridge",
  CheckDuplicate: true,
  IPAM: { Config: [{ Subnet: "172.19.0.0/16", IPRange: "172.19.0.0/18", Gateway: "172.19.0.1" }] },
  Options: { "com.docker.network.bridge.enable_ip_masquerade": "true", "com.docker.network.driver.mtu": "1500" },
};

/** argv prefix that runs a program in the lab's network. `nsenter` and not `ip netns exec`, which hides cgroups. */
export function enterPrefix(paths: LabPaths): string[] {
  return ["nsenter", `--net=${paths.netns}`, "--"];
}

/** Whether the lab's network namespace exists. A file under /run/netns does not prove it. */
export function hasNamespace(paths: LabPaths): boolean {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[4] === paths.netns);
}

/** Creates the lab's network namespace if it is missing: with a loopback, without a route out. */
export async function ensureNamespace(paths: LabPaths): Promise<void> {
  if (!hasNamespace(paths)) {
    if (existsSync(paths.netns)) await run("ip", ["netns", "delete", paths.id]); // a name without a namespace
    await run("ip", ["netns", "add", paths.id]);
  }
  // A killed run may have ended between these commands. Both can be repeated.
  await run(enterPrefix(paths)[0]!, [
    ...enterPrefix(paths).slice(1),
    "sh",
    "-ec",
    "ip link set lo up; echo 1 >/proc/sys/net/ipv4/ip_forward",
  ]);
}

/** Creates kind's network in the engine if it is missing. */
export async function ensureKindNetwork(paths: LabPaths): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ name: ["^kind$"] }));
  const found = await docker<unknown[]>(paths.socket, "GET", `/networks?filters=${filters}`);
  if (found.length === 0) await docker(paths.socket, "POST", "/networks/create", KIND_NETWORK);
}
