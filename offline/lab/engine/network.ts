import { existsSync, readFileSync } from "node:fs";
import { run } from "../../../tools/run.ts";
import type { Place } from "../place.ts";
import { docker } from "./dockerApi.ts";

/**
 * The docker network of kind's nodes. Made beforehand, always with this subnet, so that the load balancers' pools cut
 * from it are the same in every run, and so that clusters made side by side do not race to make it. Nodes get their
 * addresses from the first quarter; the rest is free for pools.
 */
export const KIND_NETWORK = {
  Name: "kind",
  Driver: "bridge",
  CheckDuplicate: true,
  IPAM: { Config: [{ Subnet: "172.19.0.0/16", IPRange: "172.19.0.0/18", Gateway: "172.19.0.1" }] },
  Options: { "com.docker.network.bridge.enable_ip_masquerade": "true", "com.docker.network.driver.mtu": "1500" },
};

/** argv prefix that runs a program in the lab's network. `nsenter` and not `ip netns exec`, which hides cgroups. */
export function entering(place: Place): string[] {
  return ["nsenter", `--net=${place.netns}`, "--"];
}

/** Whether the lab's network namespace is there: a name under /run/netns may also be left without one. */
export function hasNamespace(place: Place): boolean {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[4] === place.netns);
}

/** Makes the lab's network namespace, if it is missing: a loopback, and no way out. */
export async function ensureNamespace(place: Place): Promise<void> {
  if (!hasNamespace(place)) {
    if (existsSync(place.netns)) await run("ip", ["netns", "delete", place.id]); // a name that leads nowhere
    await run("ip", ["netns", "add", place.id]);
  }
  // Each is right to do again: a killed run may have ended between them.
  await run(entering(place)[0]!, [
    ...entering(place).slice(1),
    "sh",
    "-ec",
    "ip link set lo up; echo 1 >/proc/sys/net/ipv4/ip_forward",
  ]);
}

/** Makes kind's network in the engine, if it is missing. */
export async function ensureKindNetwork(place: Place): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ name: ["^kind$"] }));
  const found = await docker<unknown[]>(place.socket, "GET", `/networks?filters=${filters}`);
  if (found.length === 0) await docker(place.socket, "POST", "/networks/create", KIND_NETWORK);
}
